"""A FHIR R4 file as a flat list of resources, whatever it is wrapped in and however broken."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_RESOURCES = 5_000
DEEPEST = 40
LARGEST_BYTES = 5_000_000
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
# The same code systems as older exports name them.
OIDS = {
    "2.16.840.1.113883.6.90": ICD10,
    "2.16.840.1.113883.4.6": NPI,
    "2.16.840.1.113883.6.69": NDC,
    "2.16.840.1.113883.6.88": RXNORM,
    "2.16.840.1.113883.6.96": SNOMED,
}

Resource = Mapping[str, Any]


# In the place of an address: what is contained is known to the resource around it alone.
INSIDE = "#"


class NotFhir(ValueError):
    """The file cannot be read as FHIR; the message is a sentence for whoever chose it."""


@dataclass(frozen=True)
class Found:
    """The resources of a file in their order, and by every name they can be referred to."""

    resources: tuple[Resource, ...]
    named: Mapping[str, Resource] = field(repr=False)
    # By identity: of no other use than to ask whether a resource is one of these.
    contained: frozenset[int] = field(default=frozenset(), repr=False)

    def of(self, kind: str) -> list[Resource]:
        return [each for each in self.resources if each.get("resourceType") == kind]

    def is_contained(self, resource: Resource) -> bool:
        return id(resource) in self.contained

    def resolve(self, reference: Any, within: Resource | None = None) -> Resource | None:
        """What a Reference points at: contained, absolute, relative or urn; None when nowhere."""
        target = text(got(reference, "reference"))
        if target.startswith("#") and within is not None:
            # What is itself contained refers to its siblings.
            if self.is_contained(within):
                return self.named.get(target)
            inside = [each for each in many(within, "contained") if isinstance(each, Mapping)]
            return next((each for each in inside if each.get("id") == target[1:]), None)
        for name in (target, "/".join(target.split("/_history")[0].split("/")[-2:])):
            if name in self.named:
                return self.named[name]
        return None


@dataclass(frozen=True)
class Fact:
    """One value for one field as the file writes it; ``why`` says what to look at."""

    field: str
    value: str
    where: str
    why: str = ""


def read_file(body: bytes) -> Found:
    """Read an uploaded file. Raises NotFhir."""
    if len(body) > LARGEST_BYTES:
        raise NotFhir(f"This file is larger than {LARGEST_BYTES // 1_000_000} MB; export less.")
    try:
        written = body.decode("utf-8-sig")
        try:
            root = json.loads(written)
        except json.JSONDecodeError:
            # A bulk export: one resource to a line.
            root = [json.loads(line) for line in written.strip().splitlines() or [""]]
        return find(root)
    except RecursionError:
        raise NotFhir("This file is nested too deeply to be read.") from None
    except ValueError as error:
        if isinstance(error, NotFhir):
            raise
        raise NotFhir("This is not JSON; export the record as FHIR R4 in JSON.") from None


def find(root: Any) -> Found:
    """Every resource, bundled, in Parameters, listed or alone. Raises NotFhir without any."""
    resources: list[Resource] = []
    contained: set[int] = set()
    named: dict[str, Resource] = {}
    for resource, address in _walk(root):
        if len(resources) >= MOST_RESOURCES:
            raise NotFhir(f"This file has more than {MOST_RESOURCES:,} resources; export less.")
        resources.append(resource)
        kind, own = text(resource.get("resourceType")), text(resource.get("id"))
        names = [address, f"{kind}/{own}", f"urn:uuid:{own}"]
        if address == INSIDE:
            contained.add(id(resource))
            names = [f"#{own}"]
        for name in names:
            if name and (own or name == address):
                named.setdefault(name, resource)
    if not resources:
        raise NotFhir("Nothing in this file is a FHIR resource.")
    return Found(tuple(resources), named, frozenset(contained))


def _walk(root: Any) -> Iterator[tuple[Resource, str]]:
    """Resources with the address their Bundle gives them, or INSIDE, without recursion."""
    roots = root if isinstance(root, list) else [root]
    ahead: list[tuple[Any, str, int]] = [(each, "", 0) for each in reversed(roots)]
    while ahead:
        node, address, depth = ahead.pop()
        if not isinstance(node, Mapping) or depth > DEEPEST:
            continue
        if isinstance(node.get("resourceType"), str):
            if node["resourceType"] not in ("Bundle", "Parameters"):
                yield node, address
            inside = [(each, INSIDE) for each in many(node, "contained")]
            inside += [
                (got(each, "resource"), text(got(each, "fullUrl"))) for each in many(node, "entry")
            ]
            inside += [(each, "") for each in _parameters(node)]
            ahead += [(each, named, depth + 1) for each, named in reversed(inside)]


def _parameters(node: Resource) -> Iterator[Any]:
    """The resources of Parameters, those of their parts too."""
    ahead = many(node, "parameter")
    for each in ahead:
        yield got(each, "resource")
        for part in many(each, "part"):
            yield got(part, "resource")
            yield from (got(inner, "resource") for inner in many(part, "part"))


def got(node: Any, *path: str | int) -> Any:
    """What stands at a path, or None as soon as anything on it is not what it should be."""
    for step in path:
        if isinstance(step, str) and isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(step, int) and isinstance(node, list) and -len(node) <= step < len(node):
            node = node[step]
        else:
            return None
    return node


def many(node: Any, name: str) -> list[Any]:
    """A list that may be missing, or one thing where a list should be."""
    value = got(node, name)
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def text(value: Any) -> str:
    """A string, or the text of a number; anything else is empty."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def codings(concept: Any) -> list[tuple[str, str, str]]:
    """System, code and display of each coding of a CodeableConcept."""
    return [
        (system_of(each), text(got(each, "code")), text(got(each, "display")))
        for each in many(concept, "coding")
    ]


def system_of(node: Any) -> str:
    """The code system of a Coding or Identifier, by its address however it is written."""
    written = text(got(node, "system")).rstrip("/")
    return OIDS.get(written.lower().removeprefix("urn:oid:"), written)


def texts(node: Any, name: str) -> list[str]:
    """The strings of a list, without what is empty or none."""
    return [said for said in (text(each) for each in many(node, name)) if said]


def day_of(value: Any) -> str:
    """The day of a dateTime; a partial date stays as it is."""
    return text(value)[:10]


def words_of(concept: Any) -> str:
    """A CodeableConcept in words: its text, else the first display."""
    displays = [display for _, _, display in codings(concept) if display]
    return text(got(concept, "text")) or next(iter(displays), "")
