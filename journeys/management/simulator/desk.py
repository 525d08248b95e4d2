"""What partners have on their desks, in a file of their own: a restart goes on where they stood.

A line for each case that was taken and for each report that is told. Of the patient nothing is
kept: what a partner will say follows from the seed and from how many cases it had before.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One case: what came and when, how many this partner had before, reports told so far."""

    message_id: str
    partner: str
    kind: str
    journey: str
    version: int
    program: str
    taken_on: str
    before: int
    told: int = 0


@dataclass
class Desk:
    """All cases in the order in which they came; without a file they live in memory alone."""

    file: Path | None = None
    cases: dict[str, Taken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in _lines(self.file):
            if "told" in line and "partner" not in line:
                self._note(line["message_id"], line["told"])
            else:
                self.cases[line["message_id"]] = Taken(**line)
        if self.file:
            # One line for each case from now on.
            self.file.write_text("".join(map(_line, map(asdict, self.cases.values()))))

    def seen(self, partner: str) -> int:
        """How many cases this partner was given."""
        return sum(case.partner == partner for case in self.cases.values())

    def take(self, case: Taken) -> None:
        self.cases[case.message_id] = case
        self._write(asdict(case))

    def tell(self, message_id: str, told: int) -> None:
        """So many reports of the case were taken by the site."""
        self._note(message_id, told)
        self._write({"message_id": message_id, "told": told})

    def _note(self, message_id: str, told: int) -> None:
        self.cases[message_id] = replace(self.cases[message_id], told=told)

    def _write(self, content: dict[str, Any]) -> None:
        if self.file:
            with self.file.open("a") as opened:
                opened.write(_line(content))


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content) + "\n"


def _lines(file: Path | None) -> Iterator[dict[str, Any]]:
    """What was written whole; the last line of a process that was killed may not be."""
    for text in file.read_text().splitlines() if file and file.exists() else ():
        try:
            yield json.loads(text)
        except json.JSONDecodeError:
            continue
