"""Several programs' answers as one form and back: shared once, a program's own for itself."""

from typing import Any

from enrollment.core.together import (
    answers_apart,
    answers_together,
    changes_together,
    named_together,
)
from programs.core.forms import check_answers, union
from tests.programs.core.samples import COMPLETE, OSSIVUE, RIVASTET, TODAY, VELTRANA

PAIR = (VELTRANA, OSSIVUE)


def asked(definition: Any, answers: dict[str, Any]) -> dict[str, Any]:
    keys = {item.key for item in union((definition,))}
    return {key: value for key, value in answers.items() if key in keys}


def test_one_program_alone_is_its_own_form() -> None:
    assert answers_together((VELTRANA,), [COMPLETE]) == COMPLETE
    assert answers_apart((VELTRANA,), {"A1": "Rosa"}) == [{"A1": "Rosa"}]


def test_a_shared_answer_stands_once_and_a_programs_own_under_its_name() -> None:
    together = answers_together(
        PAIR, [{"A1": "Rosa", "E1": "M06.9"}, {"A1": "Rosa", "E1": "M81.0"}]
    )
    assert together == {"A1": "Rosa", "veltrana:E1": "M06.9", "ossivue:E1": "M81.0"}


def test_what_one_form_holds_goes_to_every_program_that_asks_and_to_no_other() -> None:
    form = {"A1": "Rosa", "veltrana:E1": "M06.9", "veltrana.tb_result": "negative"}
    first, second = answers_apart(PAIR, form)
    assert first == {"A1": "Rosa", "E1": "M06.9", "veltrana.tb_result": "negative"}
    assert second == {"A1": "Rosa"}


def test_going_together_and_apart_again_changes_nothing() -> None:
    programs = (VELTRANA, OSSIVUE, RIVASTET)
    each = [asked(definition, COMPLETE) for definition in programs]
    together = answers_together(programs, each)
    assert answers_apart(programs, together) == each
    unknown = [
        key
        for key, said in check_answers(programs, together, today=TODAY).items()
        if said == ["The program does not ask this question."]
    ]
    assert not unknown


def test_a_blank_goes_to_every_program_too() -> None:
    assert answers_apart(PAIR, {"A1": None}) == [{"A1": None}, {"A1": None}]


def test_of_two_changes_the_later_one_counts() -> None:
    changes = changes_together(
        PAIR, [{"A1": {"revision": 2}, "E1": {"revision": 1}}, {"A1": {"revision": 5}}]
    )
    assert changes == {"A1": {"revision": 5}, "veltrana:E1": {"revision": 1}}


def test_one_programs_own_names_are_understood_among_several() -> None:
    assert named_together(PAIR, "ossivue", {"A1": "Rosa", "E1": "M81.0", "x": 1}) == {
        "A1": "Rosa",
        "ossivue:E1": "M81.0",
        "x": 1,
    }
    assert named_together((VELTRANA,), "veltrana", {"E1": "M06.9"}) == {"E1": "M06.9"}
