"""The scenarios by name; each one's first line says what it is about."""

from collections.abc import Callable, Mapping

from enrollment.management.scenarios import access, arriving
from enrollment.management.scenarios.stage import Stage

Scenario = Callable[[Stage], None]
SCENARIOS: Mapping[str, Scenario] = {
    play.__name__.replace("_", "-"): play
    for play in (
        access.copay_at_once,
        access.disagreement,
        arriving.duplicate,
        arriving.missing_signature,
        access.plan_change,
        access.denial_appeal_bridge,
        access.side_effect,
        arriving.two_therapies,
        arriving.hub_outage,
        arriving.wrong_npi,
    )
}


def about(name: str) -> str:
    """One line of what happens."""
    return (SCENARIOS[name].__doc__ or "").strip().splitlines()[0]
