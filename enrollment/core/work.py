"""The inputs somebody made for a form, beside what paper would have asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.core.catalogue import CATALOGUE
from programs.core.conditions import is_present
from programs.core.forms import Item

PAPER_REQUIRED = sum(field.required == "always" for field in CATALOGUE.values())
"""What a program's paper form always needs, counted on the catalogue."""
PAPER_ASKED = sum(field.paper for field in CATALOGUE.values())
"""What a typical paper form asks in all."""


@dataclass(frozen=True)
class Work:
    """Counts of one form. An input is an answer typed or picked, or a press that confirms a
    section; what came from a record, from the program or from another form is none.
    """

    answered: int
    typed: int
    confirmed: int
    programs: int = 1

    @property
    def inputs(self) -> int:
        return self.typed + self.confirmed

    @property
    def known(self) -> int:
        """Answers nobody had to give."""
        return self.answered - self.typed

    @property
    def paper_required(self) -> int:
        return PAPER_REQUIRED * self.programs

    @property
    def paper_asked(self) -> int:
        return PAPER_ASKED * self.programs


def work_of(
    shown: Sequence[Item],
    answers: Mapping[str, Any],
    changes: Mapping[str, Mapping[str, Any]],
    *,
    programs: int = 1,
) -> Work:
    """Count a form. What was typed into the patient's record for this very form (``first_use``)
    counts as typed for it; answers to hidden questions count for nothing.
    """
    told = [item for item in shown if is_present(answers.get(item.key))]
    own = {item.key: changes.get(item.key, {"source": "typed"}) for item in told}
    typed = sum(each["source"] == "typed" or each.get("first_use", False) for each in own.values())
    confirmed = {item.field.section for item in told if own[item.key].get("confirmed_by")}
    return Work(answered=len(told), typed=typed, confirmed=len(confirmed), programs=programs)
