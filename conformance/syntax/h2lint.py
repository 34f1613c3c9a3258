"""A strict reading of HTTP/2 response fields (RFC 9113 section 8), made on the decoded field block.

Like its sister for HTTP/1 it forgives nothing and never fails: whatever it is given, it returns
what can be read and a list of deviations, each rule at most once per head.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.model.transcript import FieldLine, Lint
from conformance.syntax.h1lint import Head, Notes, note_lengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION = "HTTP/2"

_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UPPER = re.compile(rb"[A-Z]")
_BAD_VALUE = re.compile(rb"[\x00\r\n]")
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CODE = re.compile(rb"[0-9]{3}")
_CONNECTION_SPECIFIC = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}
)
_LENGTH = b"content-length"
_FIELDS = "RFC 9113 section 8.2.1"
_PSEUDO = "RFC 9113 section 8.3"
_STATUS = "RFC 9113 section 8.3.2"
_MESSAGE = "RFC 9113 section 8.1"
_MALFORMED = "RFC 9113 section 8.1.1"


def read_head(fields: Sequence[tuple[bytes, bytes]], *, end_stream: bool) -> Head:
    """Read the field block of a response.

    Args:
        fields: names and values in order, pseudo-fields included.
        end_stream: the frame it came in ended the stream.
    """
    notes = Notes()
    _order(fields, notes)
    status = _status([value for name, value in fields if name == b":status"], notes)
    lines = _lines(fields, notes)
    _semantics(status, lines, notes, end_stream=end_stream)
    return Head(
        version=VERSION,
        status=status,
        reason=b"",
        fields=lines,
        lints=tuple(notes.found.values()),
    )


def read_trailers(
    fields: Sequence[tuple[bytes, bytes]], *, end_stream: bool
) -> tuple[tuple[FieldLine, ...], tuple[Lint, ...]]:
    """Read the field block of a trailer section; return its field lines and deviations."""
    notes = Notes()
    for name, _ in fields:
        if name.startswith(b":"):
            detail = "a pseudo-field stands in the trailer section"
            notes.add("pseudo-field-in-trailers", _PSEUDO, detail, name)
    if not end_stream:
        detail = "a trailer section does not end the stream"
        notes.add("trailers-without-end-stream", _MESSAGE, detail)
    return _lines(fields, notes), tuple(notes.found.values())


def head_text(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a field block as text for people, a line for each field line."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in fields)


def lint_content(head: Head, method: str, received: int) -> tuple[Lint, ...]:
    """Return what is wrong with the content that a complete response had.

    Args:
        head: its head.
        method: method of the request.
        received: octets in its DATA frames.
    """
    if method == "HEAD" or head.status in (204, 304):
        if not received:
            return ()
        what = "HEAD" if method == "HEAD" else str(head.status)
        detail = f"{received} octets of content in a response to HEAD"
        if what != "HEAD":
            detail = f"{received} octets of content in a {what} response"
        return (Lint(rule=f"content-after-{what.lower()}", source=_MALFORMED, detail=detail),)
    declared = declared_length(head)
    if declared is None or declared == received:
        return ()
    detail = f"the DATA frames have {received} octets, Content-Length says {declared}"
    return (Lint(rule="content-length-mismatch", source=_MALFORMED, detail=detail),)


def declared_length(head: Head) -> int | None:
    """Return the length a head declares; None if it declares none that can be understood."""
    values = {line.value for line in head.fields if line.name.lower() == _LENGTH}
    if len(values) != 1:
        return None
    (value,) = values
    return int(value) if value.isdigit() and len(value) < 19 else None


def _order(fields: Sequence[tuple[bytes, bytes]], notes: Notes) -> None:
    ordinary = False
    for name, _ in fields:
        if not name.startswith(b":"):
            ordinary = True
            continue
        if ordinary:
            detail = "a pseudo-field stands after an ordinary field"
            notes.add("pseudo-field-after-field", _PSEUDO, detail, name)
        if name != b":status":
            detail = "a pseudo-field that responses do not have"
            notes.add("unknown-pseudo-field", _PSEUDO, detail, name)


def _status(values: list[bytes], notes: Notes) -> int:
    if not values:
        notes.add("missing-status", _STATUS, "the response has no :status")
        return 0
    if len(values) > 1:
        notes.add("duplicate-status", _STATUS, ":status is given twice", b", ".join(values))
    if _CODE.fullmatch(values[0]) is None:
        detail = "the status code is not made of three digits"
        notes.add("status-code-digits", _STATUS, detail, values[0])
        return 0
    status = int(values[0])
    if not 100 <= status <= 599:
        detail = f"status code {status} is outside 100 to 599"
        notes.add("status-code-range", "RFC 9110 section 15", detail, values[0])
    return status


def _lines(fields: Sequence[tuple[bytes, bytes]], notes: Notes) -> tuple[FieldLine, ...]:
    lines = []
    for name, value in fields:
        if name.startswith(b":"):
            continue
        _field(name, value, notes)
        lines.append(FieldLine(name, value.strip(b" \t")))
    return tuple(lines)


def _field(name: bytes, value: bytes, notes: Notes) -> None:
    whole = name + b": " + value
    if _NAME.fullmatch(name) is None:
        notes.add("invalid-field-name", _FIELDS, "a field name is not a token", whole)
    elif _UPPER.search(name):
        notes.add("uppercase-field-name", _FIELDS, "a field name has uppercase letters", whole)
    if _BAD_VALUE.search(value):
        detail = "a field value has NUL, CR or LF"
        notes.add("invalid-field-value", _FIELDS, detail, whole)
    elif _CONTROL.search(value):
        detail = "a field value has octets that are not allowed"
        notes.add("invalid-field-value", "RFC 9110 section 5.5", detail, whole)
    if value != value.strip(b" \t"):
        detail = "a field value begins or ends with whitespace"
        notes.add("whitespace-around-field-value", _FIELDS, detail, whole)
    lower = name.lower()
    if lower in _CONNECTION_SPECIFIC or (lower == b"te" and value.lower() != b"trailers"):
        detail = "a field that is about connections of HTTP/1"
        notes.add("connection-specific-field", "RFC 9113 section 8.2.2", detail, whole)


def _semantics(
    status: int, lines: tuple[FieldLine, ...], notes: Notes, *, end_stream: bool
) -> None:
    lengths = [line.value for line in lines if line.name.lower() == _LENGTH]
    if lengths:
        note_lengths(lengths, notes)
    interim = 100 <= status <= 199
    if lengths and (interim or status == 204):
        rule = "content-length-on-1xx" if interim else "content-length-on-204"
        detail = f"Content-Length in a {status} response"
        notes.add(rule, "RFC 9110 section 8.6", detail, lengths[0])
    if interim and end_stream:
        detail = f"the {status} response ends the stream"
        notes.add("interim-ends-stream", _MESSAGE, detail)
    if status == 101:
        detail = "status 101, which HTTP/2 does not have"
        notes.add("status-101-in-http-2", "RFC 9113 section 8.6", detail)
