"""A FHIR R4 file as a flat list of resources, whatever it is wrapped in and however broken."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_RESOURCES = 5_000
DEEPEST = 40
LARGEST_BYTES = 5_000_000

Resource = Mapping[str, Any]


class NotFhir(ValueError):
    """The file cannot be read as FHIR; the message is a sentence for whoever chose it."""


@dataclass(frozen=True)
class Found:
    """The resources of a file in their order, and by every name they can be referred to."""

    resources: tuple[Resource, ...]
    named: Mapping[str, Resource] = field(repr=False)

    def of(self, kind: str) -> list[Resource]:
        return [each for each in self.resources if each.get("resourceType") == kind]

    def resolve(self, reference: Any, within: Resource | None = None) -> Resource | None:
        """What a Reference points at: contained, absolute, relative or urn; None when nowhere."""
        target = text(got(reference, "reference"))
        if target.startswith("#") and within is not None:
            inside = [each for each in many(within, "contained") if isinstance(each, Mapping)]
            return next((each for each in inside if each.get("id") == target[1:]), None)
        for name in (target, "/".join(target.split("/_history")[0].split("/")[-2:])):
            if name in self.named:
                return self.named[name]
        return None


def read_file(body: bytes) -> Found:
    """Read an uploaded file. Raises NotFhir."""
    if len(body) > LARGEST_BYTES:
        raise NotFhir(f"This file is larger than {LARGEST_BYTES // 1_000_000} MB; export less.")
    try:
        return find(json.loads(body.decode("utf-8-sig")))
    except RecursionError:
        raise NotFhir("This file is nested too deeply to be read.") from None
    except ValueError as error:
        if isinstance(error, NotFhir):
            raise
        raise NotFhir("This is not JSON; export the record as FHIR R4 in JSON.") from None


def find(root: Any) -> Found:
    """Every resource in a Bundle, message, Parameters or alone. Raises NotFhir without any."""
    resources: list[Resource] = []
    named: dict[str, Resource] = {}
    for resource, address in _walk(root):
        if len(resources) >= MOST_RESOURCES:
            raise NotFhir(f"This file has more than {MOST_RESOURCES:,} resources; export less.")
        resources.append(resource)
        kind, own = text(resource.get("resourceType")), text(resource.get("id"))
        for name in (address, f"{kind}/{own}" if own else ""):
            if name:
                named.setdefault(name, resource)
    if not resources:
        raise NotFhir("Nothing in this file is a FHIR resource.")
    return Found(tuple(resources), named)


def _walk(root: Any) -> Iterator[tuple[Resource, str]]:
    """Resources with the address their Bundle gives them, without recursion."""
    ahead: list[tuple[Any, str, int]] = [(root, "", 0)]
    while ahead:
        node, address, depth = ahead.pop()
        if not isinstance(node, Mapping) or depth > DEEPEST:
            continue
        if isinstance(node.get("resourceType"), str):
            if node["resourceType"] not in ("Bundle", "Parameters"):
                yield node, address
            inside = [(each, "") for each in many(node, "contained")]
            inside += [
                (got(each, "resource"), text(got(each, "fullUrl"))) for each in many(node, "entry")
            ]
            inside += [
                (got(each, "resource"), "")
                for name in ("parameter", "part")
                for each in many(node, name)
            ]
            ahead += [(each, named, depth + 1) for each, named in reversed(inside)]


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
        (text(got(each, "system")), text(got(each, "code")), text(got(each, "display")))
        for each in many(concept, "coding")
    ]


def words_of(concept: Any) -> str:
    """A CodeableConcept in words: its text, else the first display."""
    displays = [display for _, _, display in codings(concept) if display]
    return text(got(concept, "text")) or next(iter(displays), "")
