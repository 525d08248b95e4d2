"""Whole charts as generators of records write them."""

from datetime import date

from enrollment.core.fhir_proposals import propose
from enrollment.core.fhir_reading import find
from tests.fakes.records import ICD10, SNOMED, bundle, condition, coverage, patient

TODAY = date(2026, 3, 6)


def test_a_chart_as_generators_write_it_is_read_with_its_doubts() -> None:
    """Long decimals, diagnoses in words alone, a payer without a number, somebody who died."""
    ended = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    payer = [{"display": "Harborline Health"}]
    root = bundle(
        patient(deceasedDateTime="2024-05-06T07:08:09Z"),
        {**condition((SNOMED, "1"), words="Sore throat"), **ended},
        *(condition((SNOMED, str(code)), words=f"Finding {code}") for code in range(2, 9)),
        coverage(), {**coverage(payor=payer), "subscriberId": None, "identifier": None},
        {
            "resourceType": "Observation", "effectiveDateTime": "2026-02-01",
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "valueQuantity": {"value": 81.37721147681181, "unit": "kg", "code": "kg"},
        },
    )  # fmt: skip
    found = propose(find(root), known={}, today=TODAY)
    fields = {each.field: each for each in found.proposals}
    weight = fields["E10.weight"]
    assert (weight.value, weight.why) == ("81.4", "The file says 81.37721147681181 kg.")
    assert fields["E1"].why == (
        "The file says “Finding 2”, and also “Finding 3”, “Finding 4”, “Finding 5”, “Finding 6” "
        "and 2 more, without an ICD-10-CM code; choose the code."
    )
    assert fields["B13"].value == "Harborline Health"
    assert "B14" not in fields
    assert "The file says that this patient died on 2024-05-06." in found.notices


def test_another_vocabularys_code_does_not_hide_the_diagnosis() -> None:
    called = bundle(patient(), condition((ICD10, "299652006")), condition((ICD10, "Z74.09")))
    found = propose(find(called), known={}, today=TODAY)
    (diagnosis,) = [each for each in found.proposals if each.field == "E1"]
    assert diagnosis.value == "Z74.09"
    assert "also says “299652006”" in diagnosis.why
