"""Records as systems that nobody here has seen shape them: FHIR R4, valid enough. All fictional."""

from typing import Any

from tests.fakes.records import ICD10, NPI, SNOMED

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
BASE = "https://fhir.cedar.example/api/R4"
ROSA = {"reference": f"{BASE}/Patient/eAbc-123", "display": "Delgado, Rosa"}


def coded(*codes: tuple[str, str], words: str | None = None) -> dict[str, Any]:
    return {"coding": [{"system": s, "code": c, "display": None} for s, c in codes], "text": words}


def resource(kind: str, id_: str = "", **content: Any) -> dict[str, Any]:
    return {"resourceType": kind, **({"id": id_} if id_ else {}), **content}


def searchset() -> dict[str, Any]:
    """Absolute addresses, OIDs, contained patient and payer, no displays, null extensions."""
    patient = resource(
        "Patient",
        "eAbc-123",
        extension=[{"url": "https://cedar.example/race", "extension": None}],
        name=[
            {"use": "maiden", "family": "Marsh", "given": ["Rosa"]},
            {"use": "official", "family": "Delgado Jr.", "given": [None, "Rosa", "M."]},
        ],
        telecom=[
            {"system": "phone", "value": "617-555-0101", "use": "old"},
            {"system": "phone", "value": "tel:+1-617-555-0199", "use": "home", "rank": 2},
            {"system": "phone", "value": "+1 617 555 0143 ext. 22", "use": "mobile", "rank": 1},
            None,
        ],
        gender="female",
        birthDate="1984-03-27",
        address=[
            {"type": "postal", "line": ["PO Box 9"], "city": "Salem", "state": "MA"},
            {"use": "home", "line": ["14 Alder Street", " "], "state": "US-MA"},
        ],
        communication=[{"language": coded(("urn:ietf:bcp:47", "spa"))}],
    )
    plan = resource(
        "Coverage",
        "c",
        contained=[
            resource("Patient", "p", name=[{"text": "ROSA DELGADO JR"}]),
            resource("Organization", "o", name="Meridian Health"),
        ],
        beneficiary={"reference": "#p"},
        payor=[{"reference": "#o"}],
        type=coded(("https://nahdo.org/sopt", "512")),
        identifier=[{"type": coded(("", "MB")), "value": "MH900000001"}],
        **{"class": None},
    )
    icd10 = "urn:oid:2.16.840.1.113883.6.90"
    return bundled(
        plan,
        patient,
        resource("Condition", "k1", subject=ROSA, code=coded((icd10, "I10"))),
        resource(
            "Condition",
            "k2",
            subject={"reference": "Patient/eAbc-123"},
            code=coded((SNOMED, "69896004"), (icd10, "M0579")),
            onsetDateTime="2024-02-10T00:00:00Z",
        ),
        resource(
            "Condition",
            "k3",
            subject=ROSA,
            code=coded((ICD10, "C50.911")),
            verificationStatus=coded(("", "entered-in-error")),
        ),
        resource(
            "MedicationRequest",
            "m",
            contained=[resource("Medication", "med", code=coded((RXNORM, "1535219")))],
            medicationReference={"reference": "#med"},
            subject=ROSA,
            requester={"reference": f"{BASE}/PractitionerRole/r"},
            reasonReference=[{"reference": "Condition/k2"}],
        ),
        resource("PractitionerRole", "r", practitioner={"reference": "Practitioner/d2"}),
        resource("Practitioner", "d1", name=[{"family": "Care", "given": ["Primary"]}]),
        resource(
            "Practitioner",
            "d2",
            name=[{"text": "Maya Okafor, MD", "prefix": ["Dr."]}],
            identifier=[{"system": "urn:oid:2.16.840.1.113883.4.6", "value": "1679576722"}],
        ),
        weighed("2026-02-01T10:00:00-05:00", 163.14, "[lb_av]"),
        weighed("2019-01-01", 150, "[lb_av]"),
        resource("AllergyIntolerance", "a", patient=ROSA, code=coded((RXNORM, "7980"))),
    )


def weighed(when: str, value: float, unit: str) -> dict[str, Any]:
    """A weight as a component of the vital signs, with the height in centimeters."""
    weight = {"value": value, "unit": "lbs", "code": unit}
    height = {"value": 170.2, "unit": "cm"}
    parts = [
        {"code": coded(("http://loinc.org", loinc)), "valueQuantity": quantity}
        for loinc, quantity in (("29463-7", weight), ("8302-2", height))
    ]
    vitals = coded(("http://loinc.org", "85353-1"))
    return resource(
        "Observation", when[:4], subject=ROSA, code=vitals, effectiveDateTime=when, component=parts
    )


def bundled(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def transaction() -> dict[str, Any]:
    """urn:uuid references, four insurances, and a patient written in whole sentences."""
    names = {each: f"urn:uuid:0000000{each}-aaaa-4bbb-8ccc-000000000000" for each in range(9)}
    rosa = {"reference": names[0]}

    def plan(payer: str, number: str, **content: Any) -> dict[str, Any]:
        payor = [{"display": payer}]
        return resource(
            "Coverage", beneficiary=rosa, payor=payor, subscriberId=number, status="active"
        ) | dict(content)

    def classes(**values: str) -> list[dict[str, Any]]:
        return [{"type": coded(("", kind)), "value": value} for kind, value in values.items()]

    resources = [
        resource(
            "Patient",
            name=[{"text": "Delgado, Rosa M"}],
            birthDate="1984-03",
            gender="F",
            address=[{"text": "14 Alder Street\nBoston, MA"}],
            communication=[{"language": {"text": "Spanish; Castilian"}}],
        ),
        plan("Summit State Plan", "SECOND-1", order=2, type={"text": "Medicaid"}),
        plan(
            "Meridian Health",
            "FIRST-1",
            order=1,
            type={"text": "Commercial PPO"},
            relationship=coded(("", "child")),
            subscriber={"reference": names[5]},
            period={"start": "2026", "end": "2026-12-31T23:59:59Z"},
        ),
        plan(
            "MeridianRx",
            "RX-1",
            type=coded(("http://terminology.hl7.org/CodeSystem/v3-ActCode", "DRUGPOL")),
            **{"class": classes(rxbin="610014", group="RXGRP")},
        ),
        plan("Old Plan", "OLD-1", status="cancelled"),
        resource("RelatedPerson", name=[{"family": "Delgado", "given": ["Luis"]}]),
        resource("Condition", subject=rosa, code=coded((SNOMED, "69896004"))),
    ]
    entries = [
        {"fullUrl": names[rank], "resource": each, "request": {"method": "POST", "url": "x"}}
        for rank, each in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def answered_in_parts() -> dict[str, Any]:
    """A Specialty Rx answer whose searches are parts of its Parameters, about one of twins."""
    found = bundled(
        resource(
            "Condition", "k", subject={"reference": "Patient/t2"}, code=coded((ICD10, "L40.0"))
        ),
        resource("Condition", "l", subject={"reference": "Patient/t1"}, code=coded((ICD10, "I10"))),
        resource("OperationOutcome", "o", issue=[{"diagnostics": "Coverage cannot be searched"}]),
    )
    parts = [{"name": "query", "valueString": "Condition"}, {"name": "results", "resource": found}]
    request = resource(
        "MedicationRequest",
        "m",
        subject={"reference": "Patient/t2"},
        reasonCode=[coded((ICD10, "L40.50"))],
        requester={"reference": "Practitioner/d"},
    )
    npi = [{"system": NPI, "value": "1679576723"}]
    return bundled(
        resource("MessageHeader", "h", eventCoding={"code": "query-response"}),
        resource("Parameters", "q", parameter=[{"name": "search", "part": parts}]),
        *(
            resource(
                "Patient",
                id_,
                birthDate="1984-03-27",
                name=[{"family": "Delgado", "given": [name]}],
            )
            for id_, name in (("t1", "Ana"), ("t2", "Rosa"))
        ),
        request,
        resource("Practitioner", "d", name=[{"family": "Okafor"}], identifier=npi),
    )
