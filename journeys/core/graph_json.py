"""A graph as JSON data and back, exactly: a journey keeps the graph it began with."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from journeys.core.graph import Graph

# Raised when a field's meaning changes, so that what was kept before can still be read.
FORMAT = 1


class UnknownFormat(ValueError):
    """What was kept is no graph, or one that this version does not know how to read."""


def to_json(graph: Graph) -> dict[str, Any]:
    """The graph as JSON data; only what is empty by default, and here, is left out.

    A usual value is written too: who changes it later must not change begun journeys.
    """
    return {"format": FORMAT, **_written(graph)}


def from_json(data: Mapping[str, Any]) -> Graph:
    """The graph that `to_json` wrote, equal to it. Raises UnknownFormat."""
    if data.get("format") != FORMAT:
        raise UnknownFormat(f"Format {data.get('format')!r} is not known.")
    try:
        graph: Graph = _read(Graph, {key: value for key, value in data.items() if key != "format"})
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UnknownFormat(f"This is no graph: {error}") from error
    return graph


def _written(value: Any) -> Any:
    if isinstance(value, _BARE):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        told = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: _written(item) for each, item in told if not _is_empty(each, item)}
    if isinstance(value, tuple | list):
        return [_written(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    return value


_BARE = (str, int, float, type(None))


def _is_empty(each: Field[Any], value: Any) -> bool:
    """Whether a field may be given nothing, and has nothing."""
    usual = each.default_factory() if each.default_factory is not MISSING else each.default
    return not usual and value == usual


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...], dict[str, Any] | None]:
    """A type's origin and parts, and a dataclass's own types of its fields."""
    whole = isinstance(kind, type) and is_dataclass(kind)
    return get_origin(kind), get_args(kind), get_type_hints(kind) if whole else None


def _read(kind: Any, value: Any) -> Any:
    """A value as its type says: dataclasses from objects, tuples from lists, the rest as is."""
    origin, parts, hints = _shape(kind)
    if origin in (Union, types.UnionType):
        return (
            None if value is None else _read(next(p for p in parts if p is not type(None)), value)
        )
    if hints is not None:
        return kind(**{key: _read(hints[key], item) for key, item in value.items()})
    if origin is tuple:
        kinds = parts[:1] * len(value) if parts[-1] is Ellipsis else parts
        return tuple(_read(each, item) for each, item in zip(kinds, value, strict=True))
    if origin is Literal and value not in parts:
        raise ValueError(f"{value!r} is not one of {parts}")
    return value
