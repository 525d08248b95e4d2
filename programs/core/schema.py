"""JSON Schema (2020-12) of the shapes that partners exchange, made from the shapes themselves."""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin

from programs.core.catalogue import ANSWERABLE
from programs.core.conditions import OPERATIONS
from programs.core.definition import Definition, Transport
from programs.core.fields import LISTS, SECTIONS, Field
from programs.core.union import signing, union

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_CONDITIONS = frozenset({"when", "shown_when", "required_when"})
_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean"}
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_PATTERNS: Mapping[str, str] = {
    "bin": r"^\d{6}(\d{2})?$",
    "date": _DATE,
    "dea": r"^[A-Z][A-Z9]\d{7}$",
    "icd10": r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$",
    "money": r"^\d+\.\d{2}$",
    "ndc": r"^\d{11}$",
    "npi": r"^[12]\d{9}$",
    "number": r"^-?\d*\.?\d+$",
    "phone": r"^[2-9]\d{9}$",
    "state": r"^[A-Z]{2}$",
    "tin": r"^\d{9}$",
    "zip": r"^\d{5}(-\d{4})?$",
}
Schema = dict[str, Any]


def definition_schema(address: str) -> Schema:
    """The schema of a program's definition; ``address`` is where it is published."""
    shapes: dict[str, Schema] = {"Condition": _condition()}
    whole = _object(Definition, shapes)
    head = {"$schema": DRAFT, "$id": address, "title": "A version of a program"}
    return {**head, **whole, "$defs": dict(sorted(shapes.items()))}


def _object(shape: type[Any], shapes: dict[str, Schema]) -> Schema:
    hints = typing.get_type_hints(shape)
    found = {field.name: field for field in fields(shape)}
    return {
        "type": "object",
        "properties": {
            name: {"$ref": "#/$defs/Condition"} if name in _CONDITIONS else _of(hints[name], shapes)
            for name in found
        },
        "required": [
            name
            for name, field in found.items()
            if field.default is MISSING and field.default_factory is MISSING
        ],
        "additionalProperties": False,
    }


def _of(hint: Any, shapes: dict[str, Schema]) -> Schema:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return {}
    if origin in (types.UnionType, typing.Union):
        inner = next(part for part in parts if part is not type(None))
        return {"anyOf": [_of(inner, shapes), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _of(parts[0], shapes)}
    if is_dataclass(hint):
        return _named(typing.cast("type[Any]", hint), shapes)
    return {"enum": list(parts)} if origin is Literal else _leaf(hint, shapes)


def _leaf(hint: Any, shapes: dict[str, Schema]) -> Schema:
    origin, parts = get_origin(hint), get_args(hint)
    if issubclass(origin or hint, Mapping):
        return {"type": "object", "additionalProperties": _of(parts[1], shapes)}
    return {"type": _PLAIN[hint]}


def _named(shape: type[Any], shapes: dict[str, Schema]) -> Schema:
    if shape.__name__ not in shapes:
        # Its place is taken first: a field has parts that are fields.
        shapes[shape.__name__] = {}
        shapes[shape.__name__] = _object(shape, shapes)
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _condition() -> Schema:
    again = {"$ref": "#/$defs/Condition"}
    several = {"type": "array", "items": again, "minItems": 1}
    compared = {
        "type": "object",
        "properties": {
            "field": {"type": "string"},
            "op": {"enum": sorted(OPERATIONS)},
            "value": {},
        },
        "required": ["field", "op"],
        "additionalProperties": False,
    }
    combined = [
        {
            "type": "object",
            "properties": {word: inside},
            "required": [word],
            "additionalProperties": False,
        }
        for word, inside in (("all", several), ("any", several), ("not", again))
    ]
    return {"anyOf": [compared, *combined, {"type": "null"}]}


def answers_schema(definition: Definition, address: str) -> Schema:
    """The schema of one program's answers: what may stand under which key, and nothing else.

    What must be answered depends on other answers, so nothing is required here.
    """
    items = (*union((definition,)), *signing((definition,)))
    named = {item.key: _answer(item.field) for item in items}
    return {**_answers_head(address, f"Answers for {definition.name}"), "properties": named}


def canonical_schema(address: str) -> Schema:
    """The schema of answers to the canonical fields, the same in every program."""
    named = {key: _answer(field) for key, field in ANSWERABLE.items()}
    return {**_answers_head(address, "Answers to canonical fields"), "properties": named}


def _answers_head(address: str, title: str) -> Schema:
    return {
        "$schema": DRAFT,
        "$id": address,
        "title": title,
        "type": "object",
        "additionalProperties": False,
    }


def _answer(field: Field) -> Schema:
    told: Schema = {"title": field.label, **_value(field)}
    if field.hint:
        told["description"] = field.hint
    return told


def _value(field: Field) -> Schema:
    codes = [choice.code for choice in field.choices]
    if field.type in ("boolean", "agreement"):
        return {"const": True} if field.type == "agreement" else {"type": "boolean"}
    if field.type in LISTS:
        return {"type": "array", "items": {"enum": codes}, "uniqueItems": True}
    if field.type == "pick" and codes:
        return {"enum": codes}
    told: Schema = {"type": "string"}
    if field.type in _PATTERNS:
        told["pattern"] = _PATTERNS[field.type]
    if field.max_length:
        told["maxLength"] = field.max_length
    return told


def packet_schema(address: str) -> Schema:
    """The schema of a packet: what is handed to a hub when an enrollment is sent."""
    text: Schema = {"type": "string"}
    return {
        "$schema": DRAFT,
        "$id": address,
        "title": "An enrollment as it is handed over",
        **_exactly(
            {
                "schema": {"const": "throughline.packet/1"},
                "program": _exactly(
                    dict.fromkeys(("key", "version", "name", "manufacturer", "medicine"), text)
                ),
                "route": _exactly({"hub": text, "transport": {"enum": list(get_args(Transport))}}),
                "submitted_at": {"type": "string", "format": "date-time"},
                "business_associate": {
                    "type": "boolean",
                    "description": "The hub acts for the practice under an agreement with it, "
                    "so it may begin before the patient has signed.",
                },
                "services": {"type": "array", "items": text},
                "sections": {
                    "type": "array",
                    "items": _section(),
                },
                "documents": {"type": "array", "items": _document()},
                "signatures": {"type": "array", "items": {"type": "object"}},
            }
        ),
    }


def _section() -> Schema:
    """Answers under one heading. The insurance may have changed since it was signed: then the
    section tells the one that counts, from which day, and what was signed.
    """
    fields = {"type": "array", "items": _told()}
    return {
        "type": "object",
        "properties": {
            "name": {"enum": list(SECTIONS)},
            "fields": fields,
            "counts_from": {"type": "string", "format": "date"},
            "signed": fields,
        },
        "required": ["name", "fields"],
        "additionalProperties": False,
    }


def _document() -> Schema:
    """A file that goes with the packet; the answer it gives names it by its digest."""
    text: Schema = {"type": "string"}
    return _exactly(
        {
            **dict.fromkeys(("field", "title", "content_type", "sha256"), text),
            "size": {"type": "integer"},
            "pages": {"type": "integer"},
        }
    )


def _told() -> Schema:
    """One answer of a packet. `group` are the words over it, where it stands with others."""
    always = ("id", "name", "label", "type", "display")
    value = {"type": ["string", "boolean", "array", "number"]}
    return {
        "type": "object",
        "properties": {
            **{key: {"type": "string"} for key in always},
            "value": value,
            "group": {"type": "string"},
            "follows_from": {"type": "object", "required": ["id", "value"]},
            "recurs": {"type": "object", "required": ["when", "every_days"]},
        },
        "required": [*always, "value"],
        "additionalProperties": False,
    }


def _exactly(properties: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
