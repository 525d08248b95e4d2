"""The canonical fields: each fact a practice may be asked, defined once for every program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from programs.core.fields import Field
from programs.core.plain import load


@dataclass(frozen=True)
class _Catalogue:
    fields: tuple[Field, ...]


def _read() -> dict[str, Field]:
    text = files("programs.core").joinpath("catalogue.json").read_text(encoding="utf-8")
    return {field.id: field for field in load(_Catalogue, json.loads(text)).fields}


CATALOGUE: Mapping[str, Field] = MappingProxyType(_read())
"""Canonical fields by id (A1 … S10), in the order a form asks them."""

ANSWERABLE: Mapping[str, Field] = MappingProxyType(
    {part.id: part for field in CATALOGUE.values() for part in field.asked}
)
"""Everything that can hold an answer, by id: fields, and the parts of groups (E10.weight)."""
