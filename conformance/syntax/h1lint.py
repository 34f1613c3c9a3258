"""A strict reading of HTTP/1 response heads (RFC 9112), made on the raw octets.

Parsers forgive: they accept bare LF, folded lines or a Content-Length on an interim response and
leave no trace of it. This module forgives nothing, but it never fails either: whatever it is given,
it returns what can be read and a list of deviations, each rule at most once per head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model.transcript import FieldLine, Lint

_NAME = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TEXT = rb"[\t\x20-\x7e\x80-\xff]*"
_CLEAN = re.compile(
    rb"HTTP/1\.[01] [1-5][0-9][0-9] " + _TEXT + rb"\r\n(?:" + _NAME + rb":" + _TEXT + rb"\r\n)*\r\n"
)
_STATUS_LINE = re.compile(rb"(HTTP/[0-9]\.[0-9]) ([0-9]{3})(?: (.*))?", re.DOTALL)
_CODE = re.compile(rb"\S* +(\S*)")
_TOKEN = re.compile(_NAME)
_VALUE = re.compile(_TEXT)
_DIGITS = re.compile(rb"[0-9]+")
_SHOWN = 80
_BLANKS = b" \t"
_SYNTAX = "RFC 9112 section 2.2"
_STATUS = "RFC 9112 section 4"
_LENGTH = "RFC 9110 section 8.6"
_CODING = "RFC 9112 section 6.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a response as far as it can be read.

    Attributes:
        version: ``HTTP/1.1`` or what stands in its place; empty if there is no status line.
        status: status code; 0 if there is none.
        reason: reason phrase, empty if there is none.
        fields: field lines in order; folded lines are joined by one space.
        lints: deviations, at most one for each rule.
    """

    version: str
    status: int
    reason: bytes
    fields: tuple[FieldLine, ...]
    lints: tuple[Lint, ...]


def lint_head(octets: bytes) -> tuple[Lint, ...]:
    """Return the deviations of a response head, empty line included (RFC 9112, RFC 9110)."""
    return read_head(octets).lints


def read_head(octets: bytes) -> Head:
    """Read the head of a response: everything up to and including the empty line.

    Never raises, whatever the octets are.
    """
    notes = Notes()
    lines = _lines(octets, notes, clean=_CLEAN.fullmatch(octets) is not None)
    version, status, reason = _status_line(lines[0], notes)
    fields = _fields(lines[1:], notes)
    _framing(version, status, fields, notes)
    return Head(
        version=version,
        status=status,
        reason=reason,
        fields=tuple(fields),
        lints=tuple(notes.found.values()),
    )


class Notes:
    """Collects lints; the first of each rule counts."""

    __slots__ = ("clean", "found")

    def __init__(self) -> None:
        self.found: dict[str, Lint] = {}
        self.clean = False

    def add(self, rule: str, source: str, detail: str, octets: bytes = b"") -> None:
        """Note a deviation."""
        if rule not in self.found:
            self.found[rule] = Lint(rule=rule, source=source, detail=detail, octets=octets[:_SHOWN])


def _lines(octets: bytes, notes: Notes, *, clean: bool) -> list[bytes]:
    notes.clean = clean
    if clean:
        return octets[:-4].split(b"\r\n")
    lines = []
    for line in octets.split(b"\n")[:-1] or [octets]:
        if line.endswith(b"\r"):
            bare = line[:-1]
        else:
            bare = line
            notes.add("bare-lf", _SYNTAX, "a line ends in LF without CR", line)
        if b"\r" in bare:
            notes.add("bare-cr", _SYNTAX, "a CR is not followed by LF", bare)
        lines.append(bare)
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _status_line(line: bytes, notes: Notes) -> tuple[str, int, bytes]:
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        code = _CODE.match(line)
        if line.startswith(b"HTTP/") and code is not None and not _is_code(code[1]):
            detail = "the status code is not made of three digits"
            notes.add("status-code-digits", _STATUS, detail, line)
        else:
            notes.add("bad-status-line", _STATUS, "the first line is not a status line", line)
        return "", 0, b""
    version, status, reason = match[1].decode("ascii"), int(match[2]), match[3]
    if reason is None:
        detail = "no space between the status code and the reason phrase"
        notes.add("status-line-missing-space", _STATUS, detail, line)
    elif not notes.clean and _VALUE.fullmatch(reason) is None:
        detail = "the reason phrase has octets that are not allowed"
        notes.add("invalid-reason-phrase", _STATUS, detail, reason)
    if not 100 <= status <= 599:
        detail = f"status code {status} is outside 100 to 599"
        notes.add("status-code-range", "RFC 9110 section 15", detail, line)
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        detail = f"the version is {version}"
        notes.add("http-version", "RFC 9112 section 2.3", detail, line)
    return version, status, reason or b""


def _is_code(octets: bytes) -> bool:
    return len(octets) == 3 and octets.isdigit()


def _fields(lines: list[bytes], notes: Notes) -> list[FieldLine]:
    fields: list[FieldLine] = []
    for line in lines:
        if not notes.clean and line[:1] in (b" ", b"\t"):
            _fold(line, fields, notes)
            continue
        name, colon, value = line.partition(b":")
        if not notes.clean:
            _field_line(line, name, colon, value, notes)
        if colon:
            fields.append(FieldLine(name.rstrip(_BLANKS), value.strip(_BLANKS)))
    return fields


def _fold(line: bytes, fields: list[FieldLine], notes: Notes) -> None:
    if not fields:
        detail = "whitespace stands before the first field line"
        notes.add("whitespace-before-first-field", _SYNTAX, detail, line)
        return
    detail = f"the value of {_shown(fields[-1].name)} is folded over several lines"
    notes.add("obs-fold", "RFC 9112 section 5.2", detail, line)
    last = fields[-1]
    fields[-1] = FieldLine(last.name, (last.value + b" " + line.strip(_BLANKS)).strip(_BLANKS))


def _field_line(line: bytes, name: bytes, colon: bytes, value: bytes, notes: Notes) -> None:
    if not colon:
        notes.add("missing-colon", "RFC 9112 section 5", "a field line has no colon", line)
        return
    bare = name.rstrip(_BLANKS)
    if bare != name:
        detail = f"whitespace stands between {_shown(bare)} and its colon"
        notes.add("whitespace-before-colon", "RFC 9112 section 5.1", detail, line)
    if _TOKEN.fullmatch(bare) is None:
        detail = "a field name is not a token"
        notes.add("invalid-field-name", "RFC 9110 section 5.1", detail, line)
    if _VALUE.fullmatch(value) is None:
        detail = f"the value of {_shown(bare)} has octets that are not allowed"
        notes.add("invalid-field-value", "RFC 9110 section 5.5", detail, line)


def _shown(name: bytes) -> str:
    return name[:_SHOWN].decode("ascii", "backslashreplace")


def _framing(version: str, status: int, fields: list[FieldLine], notes: Notes) -> None:
    lengths = [line.value for line in fields if line.name.lower() == b"content-length"]
    codings = [line.value for line in fields if line.name.lower() == b"transfer-encoding"]
    if lengths:
        note_lengths(lengths, notes)
    without = "1xx" if 100 <= status <= 199 else "204" if status == 204 else ""
    if without and lengths:
        detail = f"Content-Length in a {status} response"
        notes.add(f"content-length-on-{without}", _LENGTH, detail, lengths[0])
    if without and codings:
        detail = f"Transfer-Encoding in a {status} response"
        notes.add(f"transfer-encoding-on-{without}", _CODING, detail, codings[0])
    if lengths and codings:
        detail = "both Transfer-Encoding and Content-Length"
        source = "RFC 9112 section 6.2"
        notes.add("transfer-encoding-with-content-length", source, detail, codings[0])
    if codings and version == "HTTP/1.0":
        detail = "Transfer-Encoding in an HTTP/1.0 response"
        notes.add("transfer-encoding-in-http-1.0", _CODING, detail, codings[0])
    if without == "1xx" and version == "HTTP/1.0":
        detail = f"status {status} under HTTP/1.0, which knows no interim responses"
        notes.add("interim-in-http-1.0", "RFC 9110 section 15.2", detail)


def note_lengths(lengths: list[bytes], notes: Notes) -> None:
    """Note what is wrong with the values of Content-Length (RFC 9110 section 8.6)."""
    told = b", ".join(lengths)
    members = [member.strip(_BLANKS) for member in told.split(b",")]
    if any(_DIGITS.fullmatch(member) is None for member in members):
        detail = "Content-Length is not a decimal number"
        notes.add("invalid-content-length", _LENGTH, detail, told)
    elif len({int(member[-4000:]) for member in members}) > 1:
        notes.add("differing-content-length", _LENGTH, "Content-Length values differ", told)
    elif len(members) > 1:
        notes.add("duplicate-content-length", _LENGTH, "Content-Length is given twice", told)
