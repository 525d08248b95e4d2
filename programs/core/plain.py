"""Frozen dataclasses to JSON and back, every fault named with its place.

What equals its default is left out of the JSON, so one definition has one written form.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

Shape = TypeVar("Shape")


class ShapeError(ValueError):
    """JSON that is not the shape asked for; ``problems`` has one sentence per fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def load(shape: type[Shape], data: object) -> Shape:
    """Build the dataclass ``shape`` from JSON; raises ShapeError naming every fault at once."""
    problems: list[str] = []
    loaded = _object(shape, data, "", problems)
    if problems or not isinstance(loaded, shape):
        raise ShapeError(problems)
    return loaded


def dump(value: Any) -> Any:
    """Turn dataclasses into JSON: defaults left out, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: dump(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Mapping):
        return {key: dump(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [dump(each) for each in value]
    return value


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _object(shape: Any, data: object, where: str, problems: list[str]) -> Any:
    if not isinstance(data, Mapping):
        problems.append(f"{where or 'This'} is an object; {_told(data)} was found.")
        return None
    known = {field.name: field for field in fields(shape)}
    start = len(problems)
    problems += [f"{_at(where, str(key))} is not known here." for key in data if key not in known]
    problems += [
        f"{_at(where, name)} is missing."
        for name, field in known.items()
        if name not in data and _default(field) is MISSING
    ]
    hints = _hints(shape)
    values = {
        name: _value(hints[name], data[name], _at(where, name), problems)
        for name in known
        if name in data
    }
    return shape(**values) if len(problems) == start else None


@cache
def _kind(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """A hint's origin and parts, and whether it is a dataclass."""
    return get_origin(hint), get_args(hint), is_dataclass(hint)


@cache
def _hints(shape: type) -> dict[str, Any]:
    # Worked out once for each shape: it takes longer than reading all its values.
    return typing.get_type_hints(shape)


def _value(hint: Any, data: Any, where: str, problems: list[str]) -> Any:
    if hint is Any:
        return data
    origin, parts, whole = _kind(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(part for part in parts if part is not type(None))
        return None if data is None else _value(inner, data, where, problems)
    if origin is tuple:
        return _each(parts[0], data, where, problems)
    if whole:
        return _object(hint, data, where, problems)
    return _leaf(hint, data, where, problems)


def _each(hint: Any, data: Any, where: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(data, list):
        problems.append(f"{where} is a list; {_told(data)} was found.")
        return ()
    return tuple(
        _value(hint, each, f"{where}[{place}]", problems) for place, each in enumerate(data)
    )


def _leaf(hint: Any, data: Any, where: str, problems: list[str]) -> Any:
    origin, parts, _ = _kind(hint)
    if origin is Literal:
        if data not in parts:
            problems.append(f"{where} is one of {', '.join(parts)}; {_told(data)} was found.")
        return data
    if issubclass(origin or hint, Mapping):
        if not isinstance(data, Mapping):
            problems.append(f"{where} is an object; {_told(data)} was found.")
            return {}
        return {
            str(key): _value(parts[1], each, _at(where, str(key)), problems)
            for key, each in data.items()
        }
    if type(data) is not hint:
        words = {str: "text", int: "a whole number", bool: "true or false"}
        problems.append(f"{where} is {words[hint]}; {_told(data)} was found.")
    return data


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _told(data: object) -> str:
    written = repr(data)
    return written if len(written) <= 40 else f"{written[:40]}…"
