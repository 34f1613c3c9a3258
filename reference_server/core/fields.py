"""Strict reading of Structured Fields (RFC 9651) in requests.

Parameters are accepted and ignored, leading zeros are fine, an Integer has at most 15 digits.
Several lines of an item field combine to a list and are therefore malformed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import http_sf

from conformance.profiles.rufh.drafts import DRAFTS, VERSION_FIELD, Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference_server.core.messages import Fields


class MalformedFieldError(ValueError):
    """A field whose value is not of the type its definition asks for.

    Attributes:
        name: name of the field.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is malformed")
        self.name = name


def _item(fields: Fields, name: str) -> Any:
    value = fields.get(name)
    if value is None:
        return None
    try:
        parsed: Any = http_sf.parse(value.encode("latin-1"), tltype="item")
    except (ValueError, TypeError) as error:
        raise MalformedFieldError(name) from error
    return parsed[0]


def read_boolean(fields: Fields, name: str) -> bool | None:
    """Read a Boolean item; None if there is no such field.

    Raises:
        MalformedFieldError: the value is not a Boolean item.
    """
    value = _item(fields, name)
    if value is None or isinstance(value, bool):
        return value
    raise MalformedFieldError(name)


def read_integer(fields: Fields, name: str) -> int | None:
    """Read a non-negative Integer item; None if there is no such field.

    Raises:
        MalformedFieldError: the value is not a non-negative Integer item.
    """
    value = _item(fields, name)
    if value is None:
        return None
    if type(value) is int and value >= 0:
        return value
    raise MalformedFieldError(name)


def read_dictionary(fields: Fields, name: str) -> Mapping[str, Any]:
    """Read a Dictionary as key to bare value; empty if absent or unparsable (RFC 9651, 4.2)."""
    value = fields.get(name)
    if value is None:
        return {}
    try:
        members: Any = http_sf.parse(value.encode("latin-1"), tltype="dictionary")
    except (ValueError, TypeError):
        return {}
    return {key: member[0] for key, member in members.items()}


def read_version(fields: Fields) -> Draft | None:
    """Return the draft a request names; None if it names none or none known here."""
    try:
        number = read_integer(fields, VERSION_FIELD)
    except MalformedFieldError:
        return None
    return None if number is None else DRAFTS.get(number)


def media_type(fields: Fields) -> str | None:
    """Return the media type of ``Content-Type`` in lower case, without parameters."""
    value = fields.get("Content-Type")
    return None if value is None else value.partition(";")[0].strip().lower()
