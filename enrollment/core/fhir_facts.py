"""What a FHIR file says of one patient's form: read, not yet believed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from enrollment.core.fhir_clinical import allergies, conditions, observations, requests
from enrollment.core.fhir_insurance import coverages
from enrollment.core.fhir_labs import results
from enrollment.core.fhir_people import alike, organizations, patients, practitioners
from enrollment.core.fhir_reading import Fact, Found, Resource, got, many, text
from programs.core.fields import Field

UNSURE = "The file does not hold the patient whom this is about."
WRONG = frozenset({"entered-in-error", "refuted"})
Reader = Callable[[Found, list[Resource]], Iterator[Fact]]


def facts_of(found: Found, patient: Resource | None, asked: Mapping[str, Field]) -> Iterator[Fact]:
    """Everything the file says of one patient; without one, of whom it is not about. Results
    of tests answer those questions of ``asked`` that name them.

    What its sender took back is left out, and so is what it says of other patients. What refers
    to a patient who is not in the file counts only where nothing else tells.
    """
    for kind, reader in READERS.items():
        about, doubt = _of_patient(found, kind, patient)
        yield from _doubted(reader(found, about), doubt)
    if any(field.loinc for field in asked.values()):
        about, doubt = _of_patient(found, "Observation", patient)
        yield from _doubted(results(about, asked), doubt)


def _of_patient(found: Found, kind: str, patient: Resource | None) -> tuple[list[Resource], str]:
    """What a file has of one kind about this patient, and why that is in doubt."""
    sure: list[Resource] = []
    perhaps: list[Resource] = []
    for each in found.of(kind):
        if not _is_wrong(each) and (about := _about(found, each, patient)) is not False:
            (sure if about else perhaps).append(each)
    return sure or perhaps, "" if sure else UNSURE


def _doubted(facts: Iterator[Fact], doubt: str) -> Iterator[Fact]:
    for fact in facts:
        if fact.value or fact.why:
            yield replace(fact, why=f"{doubt} {fact.why}".strip())


def _is_wrong(it: Resource) -> bool:
    said = {text(it.get("status"))}
    for each in many(it.get("verificationStatus"), "coding"):
        said.add(text(got(each, "code")))
    return bool(said & WRONG)


def _about(found: Found, it: Resource, patient: Resource | None) -> bool | None:
    """Whether it is about this patient; None when it names one whom the file does not hold."""
    if it.get("resourceType") == "Patient":
        return it is patient
    for name in ("subject", "patient", "beneficiary"):
        reference = got(it, name)
        whose = found.resolve(reference, it)
        if whose is not None and whose.get("resourceType") == "Patient":
            return _is(found, whose, patient)
        if whose is None and text(got(reference, "reference")) and patient is not None:
            # A patient without an id cannot be referred to, so this is as good as none.
            return None if text(patient.get("id")) else True
    return True


def _is(found: Found, whose: Resource, patient: Resource | None) -> bool | None:
    if whose is patient or patient is None:
        return whose is patient
    same = alike(whose, patient)
    if same is None and not found.is_contained(whose):
        return text(whose.get("id")) == text(patient.get("id"))
    return same


# What the medicine is asked for stands before the other diagnoses.
READERS: Mapping[str, Reader] = {
    "MedicationRequest": requests,
    "AllergyIntolerance": allergies,
    "Condition": conditions,
    "Coverage": coverages,
    "Observation": observations,
    "Organization": organizations,
    "Patient": patients,
    "Practitioner": practitioners,
}
