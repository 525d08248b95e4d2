"""The inputs that were made, counted as paper's are."""

from typing import Any

from enrollment.core.work import PAPER_ASKED, PAPER_REQUIRED, work_of
from programs.core.forms import Item, sheet
from tests.programs.core.samples import COMPLETE, TODAY, VELTRANA


def shown() -> tuple[Item, ...]:
    return sheet((VELTRANA,), COMPLETE, today=TODAY).shown


def test_paper_asks_what_the_catalogue_says() -> None:
    assert (PAPER_REQUIRED, PAPER_ASKED) == (49, 104)


def test_what_came_from_a_record_is_no_input() -> None:
    known = {key: {"source": "patient record"} for key in COMPLETE}
    work = work_of(shown(), COMPLETE, known)
    assert work.inputs == 0
    assert work.known == work.answered > 30


def test_typed_and_picked_answers_and_confirmed_sections_are_inputs() -> None:
    known = {key: {"source": "patient record"} for key in COMPLETE}
    changes: dict[str, dict[str, Any]] = {
        **known,
        "E5": {"source": "typed"},
        "A1": {"source": "patient record", "confirmed_by": "Ana"},
        "A3": {"source": "patient record", "confirmed_by": "Ana"},
        "A5": {"source": "patient record", "first_use": True},
    }
    work = work_of(shown(), COMPLETE, changes)
    assert (work.typed, work.confirmed, work.inputs) == (2, 1, 3)


def test_an_answer_to_a_hidden_question_counts_for_nothing() -> None:
    some = [item for item in shown() if item.key != "A1"]
    assert work_of(some, COMPLETE, {}).answered == work_of(shown(), COMPLETE, {}).answered - 1
