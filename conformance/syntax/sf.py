"""Structured Fields of received messages (RFC 9651), read without ever raising.

All functions take the values of every field line with one name. Several lines are one value joined
by ``", "`` (RFC 9110 section 5.3), so that an Item sent twice is malformed. Parameters are
tolerated, as RFC 9651 section 2 asks of fields that define none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import http_sf

from conformance.model.protocols import MALFORMED, Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BareItem: TypeAlias = (
    int | Decimal | str | bytes | bool | datetime | http_sf.Token | http_sf.DisplayString
)

_SHORT = 128


@dataclass(frozen=True, slots=True)
class Item:
    """A bare item with its parameters."""

    value: BareItem
    parameters: Mapping[str, BareItem] = field(default_factory=dict)


Member: TypeAlias = Item | tuple[Item, ...]
"""A member of a dictionary: an item or the items of an inner list."""


def parse_item(values: Sequence[bytes]) -> Item | Malformed | None:
    """Parse an Item; None if there is no such field line."""
    parsed = _parse(values, "item")
    return _item(parsed) if isinstance(parsed, tuple) else parsed


def parse_integer(values: Sequence[bytes]) -> int | Malformed | None:
    """Parse an Integer (15 digits at most); None if there is no such field line."""
    item = parse_item(values)
    if not isinstance(item, Item):
        return item
    value = item.value
    return value if isinstance(value, int) and not isinstance(value, bool) else MALFORMED


def parse_boolean(values: Sequence[bytes]) -> bool | Malformed | None:
    """Parse a Boolean; None if there is no such field line."""
    item = parse_item(values)
    if not isinstance(item, Item):
        return item
    return item.value if isinstance(item.value, bool) else MALFORMED


def parse_dictionary(values: Sequence[bytes]) -> dict[str, Member] | Malformed | None:
    """Parse a Dictionary; None if there is no such field line."""
    parsed = _parse(values, "dictionary")
    if parsed is None or parsed is MALFORMED:
        return None if parsed is None else MALFORMED
    return {key: _member(member) for key, member in parsed.items()}


def _parse(values: Sequence[bytes], kind: str) -> Any:
    if not values:
        return None
    octets = b", ".join(values).strip(b" \t")
    # A run sees the same few values thousands of times; long ones would only fill the memory.
    return _known(octets, kind) if len(octets) <= _SHORT else _parse_anew(octets, kind)


def _parse_anew(octets: bytes, kind: str) -> Any:
    try:
        return http_sf.parse(octets, tltype=kind)
    except (ValueError, ArithmeticError, LookupError):
        return MALFORMED


_known = lru_cache(maxsize=2048)(_parse_anew)


def _item(parsed: tuple[Any, Any]) -> Item:
    return Item(parsed[0], parsed[1])


def _member(parsed: tuple[Any, Any]) -> Member:
    if isinstance(parsed[0], list):
        return tuple(_item(each) for each in parsed[0])
    return _item(parsed)
