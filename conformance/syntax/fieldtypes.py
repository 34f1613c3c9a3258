"""What kind of value a field has, for comparing meanings instead of spellings.

Only the syntax is told here (RFC 9110, RFC 9530 and the drafts of Resumable Uploads); what a
field means in which draft is the profile's business.
"""

from __future__ import annotations

import re
from enum import StrEnum

from conformance.model.protocols import MALFORMED, Malformed
from conformance.syntax import sf


class FieldKind(StrEnum):
    """How the value of a field is read."""

    SF_INTEGER = "sf-integer"
    SF_BOOLEAN = "sf-boolean"
    SF_DICTIONARY = "sf-dictionary"
    DIGITS = "digits"
    URI_REFERENCE = "uri-reference"
    TEXT = "text"


_KINDS = {
    "upload-offset": FieldKind.SF_INTEGER,
    "upload-length": FieldKind.SF_INTEGER,
    "upload-draft-interop-version": FieldKind.SF_INTEGER,
    "upload-complete": FieldKind.SF_BOOLEAN,
    "upload-incomplete": FieldKind.SF_BOOLEAN,
    "upload-limit": FieldKind.SF_DICTIONARY,
    "repr-digest": FieldKind.SF_DICTIONARY,
    "content-digest": FieldKind.SF_DICTIONARY,
    "want-repr-digest": FieldKind.SF_DICTIONARY,
    "want-content-digest": FieldKind.SF_DICTIONARY,
    "content-length": FieldKind.DIGITS,
    "retry-after": FieldKind.DIGITS,
    "age": FieldKind.DIGITS,
    "location": FieldKind.URI_REFERENCE,
    "content-location": FieldKind.URI_REFERENCE,
}

#: fields that are a single item, so that a second field line is an error (RFC 9110 section 5.3)
SINGLE_FIELDS = (
    "Upload-Offset",
    "Upload-Length",
    "Upload-Complete",
    "Upload-Incomplete",
    "Upload-Draft-Interop-Version",
    "Location",
    "Content-Location",
    "Content-Type",
)

_DIGITS = re.compile(rb"\d{1,18}")
_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PARAMETER = rb"[ \t]*;[ \t]*(?:" + _TOKEN + rb"=(?:" + _TOKEN + rb'|"(?:[^"\\]|\\.)*"))?'
_MEDIA_TYPE = re.compile(_TOKEN + rb"/" + _TOKEN + rb"(?:" + _PARAMETER + rb")*[ \t]*")


def field_kind(name: str) -> FieldKind:
    """Return how a field's value is read; text if nothing better is known."""
    return _KINDS.get(name.lower(), FieldKind.TEXT)


def read_number(name: str, values: tuple[bytes, ...]) -> int | Malformed | None:
    """Read a field as a number, by the field's own syntax; None if absent."""
    if not values:
        return None
    if field_kind(name) is FieldKind.SF_INTEGER:
        return sf.parse_integer(values)
    joined = b", ".join(values).strip()
    return int(joined) if _DIGITS.fullmatch(joined) else MALFORMED


def is_http_date(value: bytes) -> bool:
    """Tell whether a value is a date in the form senders must use (RFC 9110 section 5.6.7)."""
    return _DATE.fullmatch(value) is not None


def is_media_type(value: bytes) -> bool:
    """Tell whether a value is a media type (RFC 9110 section 8.3.1)."""
    return _MEDIA_TYPE.fullmatch(value) is not None


def split_list(value: bytes) -> tuple[str, ...]:
    """Split a list-based field into its members, without parameters and arguments.

    ``no-store, max-age=0`` gives ``no-store`` and ``max-age``; commas in quoted strings do not
    count. Names come out in lower case.
    """
    members, current, quoted, skip = [], bytearray(), False, False
    for octet in value:
        if skip or (quoted and octet == 0x5C):
            skip = not skip
        elif octet == 0x22:
            quoted = not quoted
        elif octet == 0x2C and not quoted:
            members.append(bytes(current))
            current.clear()
            continue
        current.append(octet)
    members.append(bytes(current))
    names = (re.split(rb"[;=]", member, maxsplit=1)[0].strip() for member in members)
    return tuple(name.decode("latin-1").lower() for name in names if name)
