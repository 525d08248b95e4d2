"""Who at the hub answers for a journey, and whom to call while they are away."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person at the hub, as the other parties reach them."""

    name: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class CaseOwner:
    """The owner of a case, who covers for them from one day to another, both included.

    Without a name nobody has the case. `after_hours` is the hub's, whoever has it.
    """

    person: Colleague = field(default_factory=Colleague)
    away_from: date | None = None
    away_until: date | None = None
    cover: Colleague = field(default_factory=Colleague)
    after_hours: str = ""

    def is_away(self, *, on: date) -> bool:
        """Whether the owner is away on a day at the hub."""
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= on <= self.away_until

    def reached(self, *, on: date) -> Colleague:
        """Whom to call on a day; without a name the hub's own line."""
        return self.cover if self.is_away(on=on) else self.person
