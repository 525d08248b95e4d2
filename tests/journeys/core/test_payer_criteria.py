"""What a payer decides by: the sheet that counts, and every criterion with what shows it."""

from datetime import date

import pytest

from journeys.core.access_papers import Line, criteria_section
from journeys.core.payer_criteria import (
    Asked,
    Sheet,
    answered,
    as_fact,
    in_force,
    usual,
    words_of,
)

TODAY = date(2026, 3, 6)
TRIED = Asked("Methotrexate was tried for 3 months", ("E6",))
SCREENED = Asked("TB screening is negative", ("veltrana.tb_result",))
UNSHOWN = Asked("A specialist agrees")
ANSWERS = {"E6": "Methotrexate", "E15": "12"}
LABELS = {"E6": "Earlier therapy"}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"step_therapy_required": True}, "Another medicine was tried first"),
        ({"quantity_limit": "2 a month"}, "Quantity is within the limit: 2 a month"),
        ({"therapy_stage": "continuing"}, "The therapy goes on without a gap"),
    ],
)
def test_without_a_sheet_verification_adds_to_what_payers_usually_decide_by(
    known: dict[str, object], words: str
) -> None:
    assert words not in [each.words for each in usual({})]
    assert words in [each.words for each in usual(known)]


def test_the_most_exact_sheet_that_has_begun_counts_in_its_newest_version() -> None:
    every = Sheet(from_on=date(2025, 1, 1))
    line = Sheet(line="commercial", from_on=date(2025, 1, 1))
    first = Sheet(payer="Meridian Health", from_on=date(2026, 1, 1), version=1)
    second = Sheet(payer="Meridian Health", from_on=date(2026, 3, 1), version=2)
    later = Sheet(payer="Meridian Health", from_on=date(2026, 4, 1), version=3)
    kept = [later, every, first, second, line]
    for payer, kind, on, counts in (
        ("meridian  health", "commercial", TODAY, second),
        ("Meridian Health", "commercial", date(2026, 2, 1), first),
        ("Meridian Health", "commercial", date(2025, 6, 1), line),
        ("Summit Mutual", "medicaid", TODAY, every),
        ("Summit Mutual", "medicaid", date(2024, 6, 1), None),
    ):
        assert in_force(kept, payer=payer, line=kind, on=on) == counts


def test_the_form_answers_until_a_person_does_and_each_answer_keeps_its_source() -> None:
    asked = [TRIED, SCREENED, UNSHOWN]
    before = answered(asked, ANSWERS, LABELS, None)
    assert [each.met for each in before] == ["yes", "", ""]
    assert (before[0].known, before[0].source) == ("Methotrexate", "Earlier therapy")
    said = {TRIED.words: "yes", SCREENED.words: "no", UNSHOWN.words: ""}
    kept = as_fact(before, said, by="Ana Torres")
    assert words_of(kept) == [TRIED.words, SCREENED.words]
    after = answered(asked, ANSWERS, LABELS, kept)
    assert [each.met for each in after] == ["yes", "no", ""]
    assert [each.source for each in after] == ["Earlier therapy", "Ana Torres", ""]
    assert criteria_section(after).lines == (
        Line(TRIED.words, "Yes (Earlier therapy, Methotrexate)"),
        Line(SCREENED.words, "No (Ana Torres)"),
        Line(UNSHOWN.words, ""),
    )


def test_an_answer_of_before_stands_though_the_sheet_changed() -> None:
    kept = as_fact(answered([TRIED], {}, {}, None), {TRIED.words: "no"}, by="Ana Torres")
    assert [each.met for each in answered([SCREENED, TRIED], {}, {}, kept)] == ["", "no"]
