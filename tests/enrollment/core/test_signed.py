"""A signature covers the words and the answers shown with them, and nothing else."""

from datetime import date

import pytest

from enrollment.core.signed import paragraphs, required_keys, signed_values, statement
from programs.core.consents import text
from programs.core.definition import Definition
from tests.programs.core.samples import COMPLETE, TODAY, VELTRANA


def digest(signer: str, *, language: str = "en", **changes: object) -> str:
    answers = {**COMPLETE, **changes}
    shown = statement(VELTRANA, answers, signer=signer, today=TODAY)  # type: ignore[arg-type]  # a test's own words
    return shown.digest(language)


def test_the_prescriber_signs_every_answer_that_is_shown() -> None:
    assert digest("prescriber") == digest("prescriber")
    assert digest("prescriber", F6="3") != digest("prescriber")
    assert digest("prescriber", Z9="hidden") == digest("prescriber")


@pytest.mark.parametrize(
    ("field", "value", "ends"),
    [("A3", "Ibarra", True), ("A5", "1980-01-01", True), ("C9", "1", False)],
)
def test_the_patient_signs_who_they_are_and_what_only_they_say(
    field: str, value: str, ends: bool
) -> None:
    assert (digest("patient", **{field: value}) != digest("patient")) is ends


def test_the_language_is_part_of_what_is_signed() -> None:
    assert digest("patient", language="es") != digest("patient")


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_shown_is_what_is_signed_word_for_word(language: str) -> None:
    for consent in VELTRANA.consents:
        shown = [consent.title[language]]
        for heading, words in paragraphs(consent, language):
            shown += [heading, words] if heading else [words]
        assert "\n\n".join(shown) == text(consent, language)


def test_each_agreed_text_fills_its_own_signature_fields() -> None:
    by_key = {consent.key: consent for consent in VELTRANA.consents}
    values = signed_values(
        VELTRANA,
        [by_key["authorization"], by_key["text_messages"]],
        reference="evidence-1",
        authority="",
        today=date(2026, 3, 6),
    )
    assert values == {"S1": "evidence-1", "S2": "2026-03-06", "S5": True}


def test_free_choices_are_never_required() -> None:
    assert isinstance(VELTRANA, Definition)
    assert required_keys(VELTRANA.consents) == {"authorization", "certification"}
