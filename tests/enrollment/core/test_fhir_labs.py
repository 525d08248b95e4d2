"""Results in a chart, for the questions of a program that ask them by LOINC code."""

from datetime import date
from typing import Any

import pytest

from enrollment.core.fhir_proposals import Proposal, propose
from enrollment.core.fhir_reading import find
from programs.core.forms import union
from programs.definitions import load_definitions
from tests.fakes.records import bundle, patient

TODAY = date(2026, 3, 6)
TB, IGE, PHE, HEIGHT, EGFR, CALCIUM = (
    "71773-6", "19113-0", "14875-9", "8302-2", "98979-8", "17861-6",
)  # fmt: skip


def result(code: str, on: str = "2026-02-11", **told: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": "http://loinc.org", "code": code, "display": "The test"}]}
    return {
        "resourceType": "Observation", "status": "final", "code": coded,
        "subject": {"reference": "urn:uuid:rosa"}, "effectiveDateTime": f"{on}T09:00:00Z", **told,
    }  # fmt: skip


def measured(value: object, unit: str, **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "unit": unit, **more}}


def proposed(*results: dict[str, Any], programs: tuple[str, ...]) -> dict[str, Proposal]:
    asked = union([load_definitions()[each] for each in programs])
    own = {item.key: item.field for item in asked if item.field.loinc}
    found = propose(find(bundle(patient(), *results)), known={}, today=TODAY, own=own)
    return {each.field: each for each in found.proposals if each.field in own}


def test_the_newest_result_is_proposed_with_its_words_and_its_day() -> None:
    """One chart answers the same question of two programs, a number with unit and day in others."""
    found = proposed(
        result(TB, "2024-01-09", valueString="Positive"), result(TB, valueString="NEGATIVE"),
        result(IGE, **measured(412, "kU/L", code="k[IU]/L")),
        result(PHE, **measured(980.4, "umol/L")), result(HEIGHT, **measured(50, "[in_i]")),
        programs=("veltrana", "corvanta", "omniveda", "enzavyr", "altivane"),
    )  # fmt: skip
    for program in ("veltrana", "corvanta"):
        told = found[f"{program}.tb_result"]
        assert (told.value, told.why) == ("negative", "")
        assert told.where == "The test, LOINC 71773-6, 02/11/2026"
        assert found[f"{program}.tb_on"].value == "2026-02-11"
    assert (found["omniveda.ige.value"].value, found["omniveda.ige.value"].why) == ("412", "")
    assert found["enzavyr.phenylalanine.unit"].value == "umol_l"
    assert found["enzavyr.phenylalanine.on"].value == "2026-02-11"
    height = found["altivane.height.value"]
    assert (height.value, height.why) == ("127", "The file says 50 [in_i].")


@pytest.mark.parametrize(
    ("program", "key", "given", "why"),
    [
        ("veltrana", "tb_result", result(TB, valueString="Positive"), "“positive”; choose."),
        ("veltrana", "tb_result", result(TB, valueCodeableConcept={"text": "Indeterminate"}),
         "“indeterminate”; choose."),
        ("ossivue", "kidney_function", result(EGFR, **measured(52, "mL/min/{1.73_m2}")),
         "52 mL/min/{1.73_m2}; choose."),
        ("omniveda", "ige.value", result(IGE, **measured(2, "kU/L", comparator="<")),
         "< 2 kU/L; write what it comes to."),
        ("omniveda", "ige.value", result(IGE, **measured(2, "ng/mL")),
         "2 ng/mL; we ask for IU/mL."),
    ],
)  # fmt: skip
def test_what_is_in_doubt_is_told_and_never_taken(
    program: str, key: str, given: dict[str, Any], why: str
) -> None:
    told = proposed(given, programs=(program,))[f"{program}.{key}"]
    assert (told.value, told.readable) == (None, False)
    assert told.why == f"The file says {why}"


def test_a_word_of_interpretation_is_a_choice_and_a_preliminary_result_says_so() -> None:
    low = {"interpretation": [{"coding": [{"code": "L"}]}], **measured(8.1, "mg/dL")}
    told = proposed(result(CALCIUM, status="preliminary", **low), programs=("ossivue",))
    calcium = told["ossivue.calcium"]
    assert (calcium.value, calcium.why) == ("low", "The file calls this result preliminary.")


def test_strange_results_of_strange_systems_are_survived() -> None:
    found = proposed(
        result(TB, valueQuantity="7"), result(TB, valueCodeableConcept=[None], interpretation="?"),
        result(IGE, **measured(None, "kU/L")), result(IGE, **measured("many", "kU/L")),
        {"resourceType": "Observation", "code": {"coding": [{"code": TB}]}, "component": [3, {}]},
        result(TB, status="entered-in-error", valueString="Negative"),
        result(HEIGHT, "2031-01-01", **measured(130, "cm")), result(PHE, "2026", valueInteger=4),
        programs=("veltrana", "omniveda", "altivane", "enzavyr"),
    )  # fmt: skip
    assert not found["veltrana.tb_result"].readable
    assert not found["omniveda.ige.value"].readable
    assert "future" in found["altivane.height.on"].why
    assert (found["enzavyr.phenylalanine.value"].value) == "4"
