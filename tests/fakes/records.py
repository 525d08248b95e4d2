"""Records as a practice's system exports them: FHIR R4 Bundles, tidy and dirty. All fictional."""

from typing import Any

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
NPI = "http://hl7.org/fhir/sid/us-npi"


def patient(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "rosa",
        "name": [{"use": "official", "family": "Delgado", "given": ["Rosa", "Maria"]}],
        "birthDate": "1984-03-27",
        "gender": "female",
        "communication": [{"language": {"coding": [{"code": "es-US"}]}, "preferred": True}],
        "address": [
            {"use": "old", "line": ["1 Elsewhere"], "city": "Salem", "state": "MA"},
            {
                "line": ["14 Alder Street", "Unit 3"],
                "city": "Boston",
                "state": "MA",
                "postalCode": "02118",
            },
        ],
        "telecom": [
            {"system": "phone", "value": "617-555-0143", "use": "mobile"},
            {"system": "email", "value": "rosa.delgado@patient.example"},
        ],
        **changes,
    }


def coverage(**changes: Any) -> dict[str, Any]:
    def part(kind: str, value: str) -> dict[str, Any]:
        return {"type": {"coding": [{"code": kind}]}, "value": value}

    return {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": {"reference": "Patient/rosa"},
        "subscriberId": "MH900000001",
        "relationship": {"coding": [{"code": "self"}]},
        "payor": [{"reference": "#payer"}],
        "contained": [{"resourceType": "Organization", "id": "payer", "name": "Meridian Health"}],
        "class": [part("group", "GRP-1"), part("rxbin", "610014"), part("rxpcn", "MRX")],
        **changes,
    }


def condition(*codes: tuple[str, str], words: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": "urn:uuid:rosa"},
        "code": {"coding": [{"system": s, "code": c} for s, c in codes], "text": words},
    }


def prescriber(npi: str = "1679576722") -> dict[str, Any]:
    return {
        "resourceType": "Practitioner",
        "name": [{"family": "Okafor", "given": ["Maya"]}],
        "identifier": [{"system": NPI, "value": npi}],
    }


def bundle(*resources: Any, kind: str = "collection") -> dict[str, Any]:
    entries = [{"resource": each} for each in resources]
    for entry in entries:
        if isinstance(entry["resource"], dict) and entry["resource"].get("id") == "rosa":
            entry["fullUrl"] = "urn:uuid:rosa"
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def query_response() -> dict[str, Any]:
    """A Specialty Rx query response: a message with a searchset for each thing asked."""
    return bundle(
        {"resourceType": "MessageHeader", "eventCoding": {"code": "query-response"}},
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "prescription", "resource": {"resourceType": "Basic"}}],
        },
        patient(),
        prescriber(),
        bundle(coverage(), kind="searchset"),
        bundle(condition((ICD10, "M05.79"), words="Rheumatoid arthritis"), kind="searchset"),
        kind="message",
    )
