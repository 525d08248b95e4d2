"""Pages of a fax: which belong to nobody yet, and what is read off those of one patient."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from journeys.core.sameness import Traits


@dataclass(frozen=True, kw_only=True)
class About:
    """What stands on the pages about their patient, as it is written there."""

    name: str
    born_on: date
    phone: str = ""
    member_id: str = ""

    def to_json(self) -> dict[str, str]:
        """As it is kept."""
        return {**asdict(self), "born_on": self.born_on.isoformat()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "About":
        """What `to_json` kept."""
        return cls(**{**kept, "born_on": date.fromisoformat(kept["born_on"])})

    @property
    def traits(self) -> Traits:
        """Whom to look for; "Delgado, Rosa" is Rosa Delgado."""
        last, comma, first = (each.strip() for each in self.name.partition(","))
        given, _, surname = self.name.strip().partition(" ")
        if comma:
            given, surname = first, last
        member, _, suffix = self.member_id.partition("-")
        return Traits(
            # One name alone is both.
            given=given or surname,
            surname=surname.strip() or given,
            born_on=self.born_on,
            phones=(self.phone,) if self.phone else (),
            member_id=member,
            member_suffix=suffix,
        )


def free_pages(pages: int, parts: Iterable[Sequence[int]]) -> list[int]:
    """The pages that are in no part yet."""
    taken = {number for part in parts for number in part}
    return [number for number in range(1, pages + 1) if number not in taken]


def why_not_these(wanted: Sequence[int], *, free: Sequence[int], pages: int) -> str:
    """Why no part can be made of these pages, in a sentence; empty when one can."""
    if not wanted:
        return "Choose the pages first."
    if not all(1 <= number <= pages for number in wanted):
        return f"This fax has {pages} pages." if pages > 1 else "This fax has one page."
    taken = [str(number) for number in wanted if number not in free]
    if taken:
        return f"Already in another part: {', '.join(taken)}. Take that part back first."
    return ""


def pages_in_words(numbers: Sequence[int]) -> str:
    """Pages as people write them, runs drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [str(run[0]) if len(run) == 1 else f"{run[0]}\u2013{run[-1]}" for run in runs]
    return ", ".join(told)
