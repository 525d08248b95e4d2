"""To which pharmacies a hub routes, and why: so that steering shows, were there any."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

NO_REASON = "not_told"


@dataclass(frozen=True)
class Routing:
    """One routing as it was told: the pharmacies of the program in their neutral order, the one
    it went to, why, and on which days the patient was asked and it was sent.
    """

    eligible: Sequence[str]
    chosen: str
    reason: str
    choice: str
    asked_on: date | None
    sent_on: date

    @property
    def asked_first(self) -> bool:
        """Whether the patient's choice was asked before it was sent."""
        return self.asked_on is not None and self.asked_on <= self.sent_on

    @property
    def suggested(self) -> str:
        """Whose turn it was: the first in order, where the patient had no choice of their own."""
        return self.eligible[0] if self.eligible and not self.choice else ""

    @property
    def out_of_turn(self) -> bool:
        """Whether it went elsewhere though nothing but the turn was to decide."""
        return self.reason == "no_preference" and not same(self.chosen, self.suggested)


@dataclass(frozen=True)
class Share:
    """One pharmacy's part in the routings; `reasons` counts why it was chosen, by key."""

    pharmacy: str
    eligible: int
    suggested: int
    chosen: int
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Steering:
    """All routings together, and each pharmacy's part, the most chosen first."""

    routings: int
    asked_first: int
    out_of_turn: int
    shares: Sequence[Share]


def same(one: str, other: str) -> bool:
    """Whether two names are written for one pharmacy."""
    return bool(one) and one.strip().casefold() == other.strip().casefold()


def steering(routings: Iterable[Routing]) -> Steering:
    """Count who was eligible, whose turn it was, who was chosen and why."""
    found = list(routings)
    eligible: Counter[str] = Counter()
    suggested: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {}
    for each in found:
        eligible.update(each.eligible)
        suggested.update([each.suggested] if each.suggested else [])
        chosen = _listed(each)
        reasons.setdefault(chosen, Counter())[each.reason or NO_REASON] += 1
    shares = [
        Share(
            name,
            eligible[name],
            suggested[name],
            sum(reasons.get(name, {}).values()),
            dict(reasons.get(name, {})),
        )
        for name in {*eligible, *reasons}
    ]
    return Steering(
        routings=len(found),
        asked_first=sum(each.asked_first for each in found),
        out_of_turn=sum(each.out_of_turn for each in found),
        shares=sorted(shares, key=lambda each: (-each.chosen, each.pharmacy)),
    )


def _listed(routing: Routing) -> str:
    """The chosen pharmacy under the program's own name for it; another under what was written."""
    named = (name for name in routing.eligible if same(name, routing.chosen))
    return next(named, routing.chosen.strip() or "Not told")
