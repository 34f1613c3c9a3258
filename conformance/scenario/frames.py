"""``write:`` of a frames step: literal HTTP/2 frames, one declaration for each kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import FrameKind, FramePart, Point
from conformance.model.values import Ref, Template
from conformance.scenario.keys import Key, Reading, Record, nearest
from conformance.scenario.readers import (
    DURATION,
    SIZE,
    SPAN,
    Value,
    key,
    member,
    number,
    one_or_list,
    word,
)
from conformance.syntax.h2names import ERROR_CODES, FLAGS, SETTINGS
from conformance.syntax.values import describe, read_size, read_template, scalar_text

if TYPE_CHECKING:
    from conformance.model.values import Range

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)*")
_PING: Final = 8
_TEXT: Final[dict[str, Any]] = {"type": ["string", "integer"]}
_PADDING: Final = 255

#: stands for the target's own fields, such as its credentials
OWN_FIELDS: Final = Template((Ref("target", "fields"),))

Fields = tuple[tuple[str, tuple[Template, ...]], ...]


def _read_fields(node: Node, _reading: Reading) -> Fields:
    if not isinstance(node, Mapping) or not node.entries:
        raise ScenarioError(
            f"headers must be a mapping, not {describe(node)}", node.mark, "write name: value"
        )
    read: list[tuple[str, tuple[Template, ...]]] = []
    for name, value in node.entries:
        own = read_template(name, "a field name") == OWN_FIELDS
        if own is not (value == Scalar(None)):
            hint = "write $target.fields: null" if own else "leave out the field instead"
            raise ScenarioError("only $target.fields is null, and it always is", value.mark, hint)
        if own:
            read.append((str(name.value), ()))
            continue
        values = value.items if isinstance(value, Sequence) else (value,)
        if not values:
            raise ScenarioError("a field needs a value", value.mark)
        read.append((str(name.value), tuple(read_template(each) for each in values)))
    return tuple(read)


def _write_fields(fields: Fields) -> Node:
    return Mapping(tuple((Scalar(name), _values(values)) for name, values in fields))


def _values(values: tuple[Template, ...]) -> Node:
    if not values:
        return Scalar(None)
    written = tuple(Scalar(str(value)) for value in values)
    return written[0] if len(written) == 1 else Sequence(written)


def _read_data(node: Node, reading: Reading) -> Range | None:
    if node == Scalar("nothing"):
        return None
    content: Range = SPAN.read(node, reading)
    return content


def _read_hex(node: Node, _reading: Reading) -> bytes:
    text = scalar_text(node, "octets")
    if _HEX.fullmatch(text) is None:
        raise ScenarioError(f"{text[:40]!r} is not hexadecimal", node.mark, "write 00 00 04")
    return bytes.fromhex(text)


def _read_ping(node: Node, _reading: Reading) -> bytes:
    octets = scalar_text(node, "ping").encode()
    if len(octets) != _PING:
        raise ScenarioError("a ping carries eight octets", node.mark, 'write ping: "12345678"')
    return octets


def _read_settings(node: Node, _reading: Reading) -> tuple[tuple[str, Any], ...]:
    if not isinstance(node, Mapping):
        raise ScenarioError(
            f"settings must be a mapping, not {describe(node)}", node.mark, "write NAME: value"
        )
    for name, _ in node.entries:
        if name.value not in SETTINGS:
            hint = nearest(str(name.value), SETTINGS) or f"known are {', '.join(SETTINGS)}"
            raise ScenarioError(f"there is no setting {str(name.value)[:40]!r}", name.mark, hint)
    return tuple((str(name.value), read_size(value)) for name, value in node.entries)


_FIELDS: Final = Value(
    _read_fields,
    _write_fields,
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "array", "null"]},
        "minProperties": 1,
    },
)
_DATA: Final = Value(
    _read_data, lambda given: Scalar("nothing" if given is None else str(given)), SPAN.schema
)
_OCTETS: Final = Value(_read_hex, lambda octets: Scalar(octets.hex(" ")), _TEXT)
_PING_OCTETS: Final = Value(
    _read_ping, lambda octets: Scalar(octets.decode("utf-8", "replace")), _TEXT
)
_CODE: Final = word("an error code", *ERROR_CODES)
_SETTINGS: Final = Value(
    _read_settings,
    lambda given: Mapping(tuple((Scalar(name), SIZE.write(size)) for name, size in given)),
    {
        "type": "object",
        "properties": dict.fromkeys(SETTINGS, _TEXT),
        "additionalProperties": False,
    },
)
_PLACES: Final = word("on", "connection", "stream")
_ON: Final = Value(
    lambda node, reading: _PLACES.read(node, reading) == "connection",
    lambda connection: Scalar("connection" if connection else "stream"),
    _PLACES.schema,
)
_UNTIL: Final = one_or_list(member("an event", Point), "wait")
_PAD: Final = number("pad", 0, _PADDING)


def _flags(kind: str, doc: str, example: str) -> Key:
    value = one_or_list(word("a flag", *FLAGS[kind]), "flags")
    return key("flags", value, doc, example)


def _record(kind: FrameKind, doc: str, first: Key, *others: Key) -> Record:
    return Record(kind=f"{kind} frame", doc=doc, make=FramePart, keys=(first, *others))


FRAMES: Final = {
    FrameKind.HEADERS: _record(
        FrameKind.HEADERS,
        "A field section; nothing is added to what stands here.",
        key("headers", _FIELDS,
             "Names and values as they are sent, pseudo-fields first. In a name, what a reference "
             "stands for is put in small letters. A list makes several lines; "
             "$target.fields: null puts the target's own fields there.",
             '{":method": POST, ":path": $target.path}', "fields", required=True),
        _flags("headers", "END_HEADERS by default, and then nothing else.",
               "[END_STREAM, END_HEADERS]"),
        key("pad", _PAD, "Octets of padding.", "10"),
        key("split", SIZE, "Octets of the field block before a CONTINUATION frame takes over.",
             "20 B"),
    ),
    FrameKind.DATA: _record(
        FrameKind.DATA,
        "Octets of the content in one frame.",
        key("data", _DATA, "A range of the content, or nothing.", "0..1 KiB", "content",
             required=True),
        _flags("data", "None by default.", "END_STREAM"),
        key("pad", _PAD, "Octets of padding.", "8"),
    ),
    FrameKind.CONTINUATION: _record(
        FrameKind.CONTINUATION,
        "A piece of a field block, as coded octets.",
        key("continuation", _OCTETS, "The piece, in hexadecimal.", "82 86", "octets",
             required=True),
        _flags("continuation", "None by default.", "END_HEADERS"),
    ),
    FrameKind.RST_STREAM: _record(
        FrameKind.RST_STREAM,
        "Ends the stream.",
        key("rst-stream", _CODE, "Name of the error code.", "CANCEL", "code", required=True),
    ),
    FrameKind.GOAWAY: _record(
        FrameKind.GOAWAY,
        "Says that no more streams will be opened or accepted.",
        key("goaway", _CODE, "Name of the error code.", "NO_ERROR", "code", required=True),
    ),
    FrameKind.WINDOW_UPDATE: _record(
        FrameKind.WINDOW_UPDATE,
        "Lets the server send more.",
        key("window-update", SIZE, "Octets to add to the window.", "1 KiB", "increment",
             required=True),
        key("on", _ON, "Whose window: that of the stream, or of the connection.", "connection",
             "on_connection"),
    ),
    FrameKind.PING: _record(
        FrameKind.PING,
        "Asks for an acknowledgement.",
        key("ping", _PING_OCTETS, "Eight octets of text.", '"12345678"', "octets",
             required=True),
    ),
    FrameKind.SETTINGS: _record(
        FrameKind.SETTINGS,
        "Changes settings.",
        key("settings", _SETTINGS, "Names without SETTINGS_, and values.",
             "{INITIAL_WINDOW_SIZE: 0}", required=True),
    ),
    FrameKind.RAW: _record(
        FrameKind.RAW,
        "Octets as they are, frame headers included.",
        key("raw", _OCTETS, "The octets, in hexadecimal.", "00 00 00 04 00 00 00 00 00",
             "octets", required=True),
    ),
    FrameKind.WAIT: _record(
        FrameKind.WAIT,
        "Writes nothing until something comes.",
        key("wait", _UNTIL, "Events one of which ends the waiting.", "[interim 104, final head]",
             "until", required=True),
        key("at-most", DURATION, "Bound on the waiting.", "2 s"),
    ),
}  # fmt: skip
"""Declarations of the parts by kind, in the order documents tell them."""


def read_frames(node: Node, reading: Reading) -> tuple[FramePart, ...]:
    """Read ``write:`` of a frames step."""
    if not isinstance(node, Sequence) or not node.items:
        raise ScenarioError(
            f"write must be a list of frames, not {describe(node)}",
            node.mark,
            "write - headers: {...}",
        )
    read = [_read_frame(item, reading) for item in node.items]
    return tuple(part for part in read if part is not None)


def _read_frame(node: Node, reading: Reading) -> FramePart | None:
    entries = node.entries if isinstance(node, Mapping) else ()
    if not entries:
        raise ScenarioError(f"a frame must be a mapping, not {describe(node)}", node.mark)
    name = str(entries[0][0].value)
    if name not in FRAMES:
        hint = nearest(name, FRAMES) or f"it begins with one of {', '.join(FRAMES)}"
        raise ScenarioError(f"{name[:40]!r} is no frame", entries[0][0].mark, hint)
    kind = FrameKind(name)
    part: FramePart | None = FRAMES[kind].read(node, reading, kind=kind)
    return part


def write_frames(parts: tuple[FramePart, ...]) -> Node:
    """Write ``write:`` again."""
    return Sequence(tuple(FRAMES[part.kind].write(part) for part in parts))


def frames_schema() -> dict[str, Any]:
    """Return the JSON Schema of one frame."""
    return {"anyOf": [record.schema() for record in FRAMES.values()]}
