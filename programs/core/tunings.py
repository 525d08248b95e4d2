"""What a program changes in its journey template, as it is composed; journeys judge it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Plan = Mapping[str, Any]
# What the studio's form of a step says; what else a tuning holds stays as it was written.
FORMED = ("title", "action", "owner", "due", "most")


def renewed(plan: Plan, template: str) -> dict[str, Any]:
    """The plan on another template; changes of the old one's steps are gone with it."""
    if plan["journey"]["template"] == template:
        return dict(plan)
    return {**plan, "journey": {"template": template, "tune": {}}}


def retuned(plan: Plan, step: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with what a form says of one step."""
    tune = plan["journey"].get("tune", {})
    before = tune.get("steps", {})
    kept = {name: each for name, each in before.get(step, {}).items() if name not in FORMED}
    made = {**kept, **told}
    steps = {key: each for key, each in before.items() if key != step}
    return _with(plan, tune, "steps", {**steps, step: made} if made else steps)


def relimited(plan: Plan, limits: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with these limits, and no others, of when a journey is at risk."""
    return _with(plan, plan["journey"].get("tune", {}), "thresholds", dict(limits))


def skipped_when(plan: Plan, step: str, when: Mapping[str, Any], why: str) -> dict[str, Any]:
    """The plan doing without a step also when this is known."""
    return _with_skips(plan, step, [*_skips(plan, step), {"when": dict(when), "why": why}])


def skipped_no_more(plan: Plan, step: str, place: int) -> dict[str, Any]:
    """The plan without one of the reasons to do without a step."""
    return _with_skips(plan, step, [e for n, e in enumerate(_skips(plan, step)) if n != place])


def _skips(plan: Plan, step: str) -> list[Any]:
    return list(plan["journey"].get("tune", {}).get("steps", {}).get(step, {}).get("skip_when", ()))


def _with_skips(plan: Plan, step: str, skips: list[Any]) -> dict[str, Any]:
    tune = plan["journey"].get("tune", {})
    steps = tune.get("steps", {})
    others = {name: each for name, each in steps.get(step, {}).items() if name != "skip_when"}
    made = {**others, "skip_when": skips} if skips else others
    kept = {key: each for key, each in steps.items() if key != step}
    return _with(plan, tune, "steps", {**kept, step: made} if made else kept)


def left_out(plan: Plan, step: str, *, out: bool) -> dict[str, Any]:
    """The plan without a step of the template, or with it again."""
    tune = plan["journey"].get("tune", {})
    dropped = [key for key in tune.get("drop", ()) if key != step]
    steps = {key: each for key, each in tune.get("steps", {}).items() if key != step or not out}
    without = _with(plan, tune, "drop", [*dropped, step] if out else dropped)
    return _with(without, without["journey"]["tune"], "steps", steps)


def _with(plan: Plan, tune: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    others = {key: each for key, each in tune.items() if key != name}
    made = {**others, name: value} if value else others
    return {**plan, "journey": {**plan["journey"], "tune": made}}


def number(amount: Decimal) -> int | float:
    """An amount as JSON has it: whole where it is whole."""
    return int(amount) if amount == int(amount) else float(amount)
