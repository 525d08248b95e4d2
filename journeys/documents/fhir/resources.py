"""What an enrollment says, as FHIR R4 resources that refer to each other.

Plain dictionaries in, plain dictionaries out: a packet as its recipient may have it
(`journeys.domain.disclosing`), and a bundle's entries. What the packet does not say is left out.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Resource = dict[str, Any]
SYSTEM = "https://throughline.example/fhir"
NPI = "http://hl7.org/fhir/sid/us-npi"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NDC = "http://hl7.org/fhir/sid/ndc"
GENDERS = {"M": "male", "F": "female", "U": "unknown"}
# Which class of a coverage each field is: code system of Coverage.class.
COVERAGE_CLASSES = {"B8": "group", "B19": "rxbin", "B20": "rxpcn", "B21": "rxgroup"}
CLASS_SYSTEM = "http://terminology.hl7.org/CodeSystem/coverage-class"


class Enrollment:
    """The fields of one packet by their ids, and the stable addresses of its resources."""

    def __init__(self, body: Mapping[str, Any], *, recipient: str, pdf: bytes) -> None:
        self.packet: Mapping[str, Any] = body["packet"]
        self.journey: str = body.get("journey", "")
        self.recipient, self.pdf = recipient, pdf
        self.space: UUID = uuid5(NAMESPACE_URL, f"{SYSTEM}/{body['delivery']}")
        sections = self.packet["sections"]
        self.fields = {each["id"]: each for section in sections for each in section["fields"]}

    def value(self, field_id: str) -> Any:
        """A field's value, or None where the packet does not have it."""
        return self.fields.get(field_id, {}).get("value")

    def text(self, *field_ids: str) -> str:
        """What the fields say as people read it, with spaces between."""
        said = (str(self.fields[each]["display"]) for each in field_ids if each in self.fields)
        return " ".join(said).strip()

    def url(self, name: str) -> str:
        """The address of one resource within its bundle."""
        return f"urn:uuid:{uuid5(self.space, name)}"

    def to(self, name: str) -> dict[str, str]:
        """A reference to it."""
        return {"reference": self.url(name)}

    def entry(self, name: str, resource: Resource) -> Resource:
        """A bundle's entry: the resource under its address, without what is empty."""
        said = {key: value for key, value in resource.items() if value not in (None, "", [], {})}
        return {"fullUrl": self.url(name), "resource": said}


def patient(of: Enrollment) -> Resource:
    """The patient (US Core 3.1.1): identifier, name and gender are always there."""
    given = [str(name) for name in (of.value("A1"), of.value("A2")) if name]
    name = {
        "family": of.value("A3") or "unknown",
        "given": given,
        "suffix": listed(of.value("A4")),
    }
    gender = GENDERS.get(str(of.value("A6"))[:1].upper(), "unknown")
    return of.entry(
        "patient",
        {
            "resourceType": "Patient",
            "identifier": [{"system": f"{SYSTEM}/journey", "value": of.journey}],
            "name": [{key: value for key, value in name.items() if value}],
            "telecom": _telecom(phone=of.text("A13"), email=of.text("A17")),
            "gender": gender,
            "birthDate": of.value("A5"),
            "address": _address(of, "A8", "A9", "A10", "A11", "A12"),
        },
    )


def prescriber(of: Enrollment) -> Resource:
    """The prescriber, by NPI; a title before the name is no given name."""
    words = of.text("D1").split()
    titles = [word for word in words[:1] if word.rstrip(".").casefold() == "dr"]
    names = words[len(titles) :]
    name = {
        "text": of.text("D1"),
        "family": names[-1] if names else "unknown",
        "given": names[:-1],
        "prefix": titles,
        "suffix": listed(of.text("D2")),
    }
    return of.entry(
        "prescriber",
        {
            "resourceType": "Practitioner",
            "identifier": _npi(of.text("D4")),
            "name": [{key: value for key, value in name.items() if value}],
        },
    )


def practice(of: Enrollment) -> Resource:
    """The practice that sends it."""
    return of.entry(
        "practice",
        {
            "resourceType": "Organization",
            "identifier": _npi(of.text("C2")),
            "active": True,
            "name": of.text("C1") or "Practice",
            "telecom": _telecom(phone=of.text("C8"), email=of.text("C12")),
            "address": _address(of, "C4", "", "C5", "C6", "C7"),
        },
    )


def recipient(of: Enrollment) -> Resource:
    """Whom it goes to; without a chosen pharmacy the hub stands in its place."""
    resource = {"resourceType": "Organization", "active": True, "name": of.recipient}
    return of.entry("recipient", resource)


def pharmacy(of: Enrollment) -> Resource:
    """The pharmacy the patient chose, else the recipient."""
    name = of.text("G2.pharmacy") or of.recipient
    return of.entry("pharmacy", {"resourceType": "Organization", "active": True, "name": name})


def prescription(of: Enrollment) -> Resource:
    """The prescription's information; it is no electronic prescription."""
    quantity, refills, product = number(of.value("F5")), number(of.value("F6")), of.value("F1")
    dispense = {
        "quantity": {"value": quantity} if quantity is not None else None,
        "numberOfRepeatsAllowed": refills if isinstance(refills, int) else None,
    }
    medicine: Resource = {"text": of.text("F1") or of.packet["program"]["medicine"]}
    if product and of.fields["F1"]["type"] == "ndc":
        medicine = {"coding": [{"system": NDC, "code": product}], **medicine}
    return of.entry(
        "prescription",
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": medicine,
            "subject": of.to("patient"),
            "authoredOn": of.value("F8"),
            "requester": of.to("prescriber"),
            "reasonReference": [of.to(f"condition:{code}") for code, _ in _diagnoses(of)],
            "dosageInstruction": [{"text": said}] if (said := of.text("F2", "F3")) else None,
            "dispenseRequest": {key: value for key, value in dispense.items() if value is not None},
        },
    )


def conditions(of: Enrollment) -> Iterator[Resource]:
    """One condition per diagnosis, in ICD-10-CM."""
    clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    for code, text in _diagnoses(of):
        yield of.entry(
            f"condition:{code}",
            {
                "resourceType": "Condition",
                "clinicalStatus": {"coding": [{"system": clinical, "code": "active"}]},
                "code": {"coding": [{"system": ICD10, "code": code}], "text": text},
                "subject": of.to("patient"),
                "onsetDateTime": of.value("E3"),
            },
        )


def coverages(of: Enrollment) -> Iterator[Resource]:
    """The coverage and its payer."""
    if not (of.text("B3") or of.text("B18")):
        return
    classes = [
        {"type": {"coding": [{"system": CLASS_SYSTEM, "code": code}]}, "value": of.text(field)}
        for field, code in COVERAGE_CLASSES.items()
        if of.text(field)
    ]
    yield of.entry(
        "coverage",
        {
            "resourceType": "Coverage",
            "status": "active",
            "subscriberId": of.text("B7") or of.text("B22"),
            "beneficiary": of.to("patient"),
            "payor": [of.to("payer")],
            "class": classes,
        },
    )
    name = of.text("B3") or of.text("B18")
    yield of.entry("payer", {"resourceType": "Organization", "active": True, "name": name})


def consents(of: Enrollment) -> Iterator[Resource]:
    """One consent per signed document; its source is the packet that holds text and signature."""
    scope = "http://terminology.hl7.org/CodeSystem/consentscope"
    for number, signature in enumerate(of.packet["signatures"]):
        if signature["kind"] != "patient":
            continue
        source = {
            "contentType": "application/pdf",
            "title": f"{of.journey}, signed",
            "creation": signature["signed_at"],
            "data": base64.b64encode(of.pdf).decode(),
        }
        yield of.entry(
            f"consent:{number}",
            {
                "resourceType": "Consent",
                "status": "active",
                "scope": {"coding": [{"system": scope, "code": "patient-privacy"}]},
                "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
                "patient": of.to("patient"),
                "dateTime": signature["signed_at"],
                "organization": [of.to("practice")],
                "sourceAttachment": source,
                "policyRule": {"text": "45 CFR 164.508"},
            },
        )


def _diagnoses(of: Enrollment) -> list[tuple[str, str]]:
    """Code and text of each diagnosis, once."""
    found: dict[str, str] = {}
    for field in ("E1", "E2"):
        for told in listed(of.value(field)):
            code = str(told.get("code", "")) if isinstance(told, Mapping) else str(told)
            if code:
                found.setdefault(code, of.text(field))
    return list(found.items())


def listed(value: Any) -> list[Any]:
    """What an answer holds, one by one."""
    if value in (None, ""):
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def number(value: Any) -> int | float | None:
    """A number of the packet, which writes it as text; None for anything else."""
    try:
        told = Decimal(str(value))
    except InvalidOperation:
        return None
    if not told.is_finite():
        return None
    return int(told) if told == told.to_integral_value() else float(told)


def _npi(number: str) -> list[Resource] | None:
    return [{"system": NPI, "value": number}] if number else None


def _telecom(**by_system: str) -> list[Resource]:
    return [{"system": system, "value": value} for system, value in by_system.items() if value]


def _address(of: Enrollment, *fields: str) -> list[Resource] | None:
    street, unit, city, state, postal = (of.text(field) for field in fields)
    lines: Iterable[str] = [line for line in (street, unit) if line]
    code = str(of.value(fields[3]) or state)
    told = {"line": lines, "city": city, "state": code, "postalCode": postal, "country": "US"}
    return [{key: value for key, value in told.items() if value}] if lines or city else None
