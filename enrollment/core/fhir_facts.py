"""What each FHIR resource says of our fields, as written there: read, not yet believed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from enrollment.core.fhir_reading import Found, Resource, codings, got, many, text, words_of

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"
GENDERS = {"male": "M", "female": "F", "other": "U", "unknown": "U"}
RELATIONS = {"self": "18", "spouse": "01", "child": "19", "other": "G8", "parent": "G8"}
PHONES = {"home": "home", "mobile": "mobile", "work": "work"}
CLASSES = {
    "group": "B8", "plan": "B4", "rxbin": "B19", "rxpcn": "B20", "rxgroup": "B21", "rxid": "B22",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One value for one field as the file writes it; ``why`` says what to look at."""

    field: str
    value: str
    where: str
    why: str = ""


def facts_of(found: Found, patient: Resource | None) -> Iterator[Fact]:
    """Everything the file says of one patient; without one, of whom it is not about."""
    for resource in found.resources:
        reader = READERS.get(text(resource.get("resourceType")))
        if reader is None or not _is_about(found, resource, patient):
            continue
        for fact in reader(found, resource):
            if fact.value or fact.why:
                yield fact


def _is_about(found: Found, resource: Resource, patient: Resource | None) -> bool:
    if resource.get("resourceType") == "Patient":
        return resource is patient
    for name in ("subject", "patient", "beneficiary"):
        whose = found.resolve(got(resource, name), resource)
        if whose is not None and whose.get("resourceType") == "Patient":
            return whose is patient
    return True


def _patient(found: Found, it: Resource) -> Iterator[Fact]:
    where = "Patient"
    names = many(it, "name")
    name = next((one for one in names if got(one, "use") == "official"), got(names, 0))
    given = [text(one) for one in many(name, "given")]
    suffix = text(got(many(name, "suffix"), 0)).rstrip(".")
    yield Fact("A1", next(iter(given), ""), f"{where} name")
    yield Fact("A2", given[1][:1] if len(given) > 1 else "", f"{where} name")
    yield Fact("A3", text(got(name, "family")), f"{where} name")
    yield Fact("A4", suffix, f"{where} name")
    yield Fact("A5", text(got(it, "birthDate")), f"{where} birthDate")
    gender = text(got(it, "gender")).lower()
    yield Fact("A6", GENDERS.get(gender, gender), f"{where} gender")
    for each in sorted(
        many(it, "communication"), key=lambda one: got(one, "preferred") is not True
    ):
        code = next((code for _, code, _ in codings(got(each, "language")) if code), "")
        yield Fact("A7", code.partition("-")[0].lower(), f"{where} language")
        break
    yield from _address(many(it, "address"), ("A8", "A9", "A10", "A11", "A12"), where)
    yield from _reached(it)


def _address(addresses: list[object], fields: tuple[str, ...], where: str) -> Iterator[Fact]:
    current = [one for one in addresses if got(one, "use") not in ("old", "temp")]
    one = got(current or addresses, 0)
    lines = [text(line) for line in many(one, "line")]
    values = (
        next(iter(lines), ""),
        ", ".join(lines[1:]),
        *(text(got(one, name)) for name in ("city", "state", "postalCode")),
    )
    for field, value in zip(fields, values, strict=True):
        yield Fact(field, value, f"{where} address")


def _reached(it: Resource) -> Iterator[Fact]:
    phones = [each for each in many(it, "telecom") if got(each, "system") == "phone"]
    mails = [each for each in many(it, "telecom") if got(each, "system") == "email"]
    for field, each in zip(("A13", "A15"), phones, strict=False):
        yield Fact(field, text(got(each, "value")), "Patient telecom")
    yield Fact("A14", PHONES.get(text(got(phones, 0, "use")), ""), "Patient telecom")
    yield Fact("A17", text(got(mails, 0, "value")), "Patient telecom")


def _coverage(found: Found, it: Resource) -> Iterator[Fact]:
    where = "Coverage"
    status = text(got(it, "status"))
    old = "" if status in ("active", "") else f"The file calls this insurance {status}."
    payor = got(many(it, "payor"), 0)
    payer = found.resolve(payor, it)
    yield Fact("B1", "true", where, old)
    name = text(got(payer, "name")) or text(got(payor, "display"))
    yield Fact("B3", name, f"{where} payor", old)
    yield Fact("B7", text(got(it, "subscriberId")), f"{where} subscriberId", old)
    relation = next((code for _, code, _ in codings(got(it, "relationship")) if code), "")
    yield Fact("B11", RELATIONS.get(relation.lower(), ""), f"{where} relationship", old)
    yield Fact("B25.from", text(got(it, "period", "start"))[:10], f"{where} period", old)
    yield Fact("B25.until", text(got(it, "period", "end"))[:10], f"{where} period", old)
    for each in many(it, "class"):
        yield from _class(each, old)


def _class(each: object, old: str) -> Iterator[Fact]:
    kind = got(each, "type")
    coded = next((code.lower() for _, code, _ in codings(kind) if code), "")
    said = words_of(kind).lower().replace(" ", "")
    field = CLASSES.get(coded) or CLASSES.get(said)
    value, name = text(got(each, "value")), text(got(each, "name"))
    why = old
    if field and not coded:
        why = "The class has no code; its kind was taken from its words."
    if field:
        yield Fact(field, name or value if field == "B4" else value, "Coverage class", why)


def _practitioner(found: Found, it: Resource) -> Iterator[Fact]:
    name = got(many(it, "name"), 0)
    parts = [*(text(one) for one in many(name, "given")), text(got(name, "family"))]
    full = " ".join(part for part in parts if part) or text(got(name, "text"))
    yield Fact("D1", full, "Practitioner name")
    yield from _npi(it, "D4", "Practitioner identifier")


def _organization(found: Found, it: Resource) -> Iterator[Fact]:
    """Only one that provides care: a payer is an Organization too."""
    kinds = {code for each in many(it, "type") for _, code, _ in codings(each)}
    if "prov" not in kinds:
        return
    yield Fact("C1", text(got(it, "name")), "Organization name")
    yield from _npi(it, "C2", "Organization identifier")
    yield from _address(many(it, "address"), ("C4", "", "C5", "C6", "C7"), "Organization")
    for each in many(it, "telecom"):
        field = {"phone": "C8", "fax": "C9"}.get(text(got(each, "system")), "")
        yield Fact(field, text(got(each, "value")), "Organization telecom")


def _npi(it: Resource, field: str, where: str) -> Iterator[Fact]:
    for each in many(it, "identifier"):
        if text(got(each, "system")) == NPI:
            yield Fact(field, text(got(each, "value")), where)


def _condition(found: Found, it: Resource) -> Iterator[Fact]:
    concept = got(it, "code")
    known = [code for system, code, _ in codings(concept) if system == ICD10 and code]
    state = {code for _, code, _ in codings(got(it, "clinicalStatus"))}
    past = state & {"inactive", "remission", "resolved"}
    why = f"The file calls this diagnosis {sorted(past)[0]}." if past else ""
    if known:
        yield Fact("E1", known[0], "Condition code", why)
    elif said := words_of(concept):
        why = f"The file says “{said[:120]}” without an ICD-10-CM code; choose the code."
        yield Fact("E1", "", "Condition code", why)


def _allergy(found: Found, it: Resource) -> Iterator[Fact]:
    yield Fact("E12", words_of(got(it, "code")), "AllergyIntolerance code")


def _observation(found: Found, it: Resource) -> Iterator[Fact]:
    codes = {code for _, code, _ in codings(got(it, "code"))}
    value, unit = got(it, "valueQuantity", "value"), text(got(it, "valueQuantity", "code"))
    unit = unit or text(got(it, "valueQuantity", "unit"))
    if "29463-7" in codes:
        yield Fact("E10.weight", text(value), "Observation weight")
        yield Fact("E10.unit", {"[lb_av]": "lb", "lbs": "lb"}.get(unit, unit), "Observation weight")
        yield Fact("E10.on", text(got(it, "effectiveDateTime"))[:10], "Observation weight")
    if "8302-2" in codes:
        inches = unit in ("[in_i]", "in")
        why = "" if inches else f"The height is in {unit or 'no unit'}; we ask for inches."
        yield Fact("E11", text(value) if inches else "", "Observation height", why)


def _request(found: Found, it: Resource) -> Iterator[Fact]:
    medication = found.resolve(got(it, "medicationReference"), it)
    concept = got(it, "medicationCodeableConcept") or got(medication, "code")
    codes = [code for system, code, _ in codings(concept) if system == NDC and code]
    if codes:
        yield Fact("F1", codes[0], "MedicationRequest medication")
    elif said := words_of(concept):
        why = f"The file asks for “{said[:120]}” without an NDC; choose the product."
        yield Fact("F1", "", "MedicationRequest medication", why)


READERS: Mapping[str, Callable[[Found, Resource], Iterator[Fact]]] = {
    "AllergyIntolerance": _allergy,
    "Condition": _condition,
    "Coverage": _coverage,
    "MedicationRequest": _request,
    "Observation": _observation,
    "Organization": _organization,
    "Patient": _patient,
    "Practitioner": _practitioner,
}
