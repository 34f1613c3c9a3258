"""From parsed JSON back to the dataclasses of a result, with the place of every mistake.

The types of the model are the only description: a field added there is read here without a
change. Keys that are not in the model are left alone, so that an older suite can read a file to
which a newer one added something.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from enum import Enum
from typing import Any, TypeVar

_T = TypeVar("_T")
_NAMES: dict[type, str] = {str: "a text", int: "an integer", bool: "true or false"}


class ResultFileError(ValueError):
    """A file of results cannot be read; the message names the place and what is wrong."""


def decode(kind: type[_T], value: Any, place: str) -> _T:
    """Build a value of the given type from parsed JSON.

    Args:
        kind: ``str``, ``int``, ``float``, ``bool``, an enumeration, a dataclass, ``X | None``,
            ``tuple[X, ...]`` or ``dict[str | int, X]``.
        value: what the JSON parser returned.
        place: where it stands, such as ``results[3].checks``; empty for the whole file.

    Raises:
        ResultFileError: the value is not of that type.
    """
    return typing.cast("_T", _decode(kind, value, place))


def _decode(kind: Any, value: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is tuple:
        (item, _) = typing.get_args(kind)
        return _items(item, value, place)
    if origin is dict:
        return _mapping(typing.get_args(kind), value, place)
    if origin in {types.UnionType, typing.Union}:
        inner = next(each for each in typing.get_args(kind) if each is not type(None))
        return None if value is None else _decode(inner, value, place)
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast("type", kind), value, place)
    if issubclass(kind, Enum):
        return _enum(kind, value, place)
    return _scalar(kind, value, place)


def _scalar(kind: type, value: Any, place: str) -> Any:
    if kind is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                raise ResultFileError(f"{place}: the number is too large") from None
        raise ResultFileError(f"{place}: expected a number, found {_told(value)}")
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise ResultFileError(f"{place}: expected {_NAMES[kind]}, found {_told(value)}")


def _enum(kind: type[Enum], value: Any, place: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(each.value) for each in kind)
        message = f"{place}: expected one of {known}; found {_told(value)}"
        raise ResultFileError(message) from None


def _items(item: Any, value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ResultFileError(f"{place}: expected a list, found {_told(value)}")
    return tuple(_decode(item, each, f"{place}[{index}]") for index, each in enumerate(value))


def _mapping(kinds: tuple[Any, ...], value: Any, place: str) -> dict[Any, Any]:
    key_kind, item = kinds
    decoded: dict[Any, Any] = {}
    for name, each in as_object(value, place).items():
        key: Any = name
        if key_kind is int:
            if not (name.isascii() and name.removeprefix("-").isdigit() and len(name) < 20):
                raise ResultFileError(f"{place}: expected integers as keys, found {_told(name)}")
            key = int(name)
        decoded[key] = _decode(item, each, f"{place}.{name}")
    return decoded


def _record(kind: type, value: Any, place: str) -> Any:
    found = as_object(value, place)
    arguments = {}
    for name, field_kind in field_types(kind).items():
        if name not in found:
            raise ResultFileError(f"{place or 'the file'}: the key {name!r} is missing")
        arguments[name] = _decode(field_kind, found[name], f"{place}.{name}".lstrip("."))
    return kind(**arguments)


def as_object(value: Any, place: str) -> dict[str, Any]:
    """Return a JSON object, or say that there is none.

    Raises:
        ResultFileError: it is something else.
    """
    if not isinstance(value, dict):
        raise ResultFileError(f"{place or 'the file'}: expected an object, found {_told(value)}")
    return value


@functools.cache
def field_types(kind: type) -> dict[str, Any]:
    """Return the fields of a dataclass that go to files, with their resolved types, in order."""
    hints = typing.get_type_hints(kind)
    return {
        field.name: hints[field.name]
        for field in dataclasses.fields(kind)
        if not field.metadata.get("passing")
    }


def _told(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
