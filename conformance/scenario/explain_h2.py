"""Frames of a planned exchange as text (RFC 9113 sections 6 and 8.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.node import Scalar
from conformance.model.scenario import FrameKind, FramePart
from conformance.model.transcript import CutHow, Framing
from conformance.model.values import Size
from conformance.scenario.frames import OWN_FIELDS
from conformance.syntax.values import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.plan import PlannedExchange, TargetFacts
    from conformance.model.values import Template
    from conformance.scenario.shown import Shown

#: fields that speak of a connection and have no place in HTTP/2 (RFC 9113 section 8.2.2)
_CONNECTION: Final = frozenset(
    {"connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}
)
_BY_DEFAULT: Final = {FrameKind.HEADERS: ("END_HEADERS",)}


def message_frames(planned: PlannedExchange, target: TargetFacts, shown: Shown) -> Iterator[str]:
    """Yield the frames of a request made by a verb.

    Args:
        planned: the exchange.
        target: facts of the target.
        shown: shows values.
    """
    own = planned.step.name
    bare = planned.framing is Framing.NONE
    yield from _head("HEADERS", ("END_HEADERS", *(("END_STREAM",) if bare else ())))
    lines = [(name.lower(), value) for name, value in planned.fields]
    hosts = [value for name, value in lines if name == "host"]
    yield f"  :method: {planned.method}"
    yield f"  :scheme: {target.origin.partition(':')[0]}"
    for value in hosts[:1]:
        yield f"  :authority: {_value(value, own, shown)}"
    yield f"  :path: {shown.text(planned.target, own)}"
    for name, value in lines:
        if name not in _CONNECTION:
            yield f"  {name}: {_value(value, own, shown)}"
    literal = any(name == "content-length" for name, _ in lines)
    if planned.framing is Framing.CONTENT_LENGTH and planned.declared is not None and not literal:
        yield f"  content-length: {shown.declared(planned)}"
    if not bare:
        yield _data(planned, shown)


def _value(value: Template | Size, own: str, shown: Shown) -> str:
    return shown.size(value) if isinstance(value, Size) else shown.text(value, own)


def _data(planned: PlannedExchange, shown: Shown) -> str:
    """Say which octets go out, in as many DATA frames as the peer's limits ask for."""
    content = shown.content(planned.send, planned.step.name)
    cut = planned.step.cut
    if planned.step.leave or (cut is not None and cut.how is not CutHow.HALF_CLOSE):
        return f"DATA {content}"
    return f"DATA {content} (END_STREAM)"


def literal_frames(
    parts: tuple[FramePart, ...], own: str, target: TargetFacts, shown: Shown
) -> Iterator[str]:
    """Yield the frames of a frames step.

    Args:
        parts: what is written.
        own: name of the step.
        target: facts of the target.
        shown: shows values.
    """
    for part in parts:
        yield from _part(part, own, target, shown)


def _part(part: FramePart, own: str, target: TargetFacts, shown: Shown) -> Iterator[str]:
    flags = part.flags or _BY_DEFAULT.get(part.kind, ())
    padding = f"{part.pad} octets of padding" if part.pad is not None else ""
    match part.kind:
        case FrameKind.HEADERS:
            yield from _head_frames(part, flags, padding, shown)
            yield from _lines(part, own, target, shown)
        case FrameKind.DATA:
            content = "[no content]" if part.content is None else shown.content(part.content, "")
            yield from _head(f"DATA {content}", flags, padding)
        case FrameKind.CONTINUATION:
            yield from _head(f"CONTINUATION {part.octets.hex(' ')}", flags)
        case FrameKind.RAW:
            yield f"octets {part.octets.hex(' ')}"
        case FrameKind.WAIT:
            yield f"(wait for {' or '.join(part.until)}, at most {part.at_most})"
        case _:
            yield _control(part, shown)


def _head_frames(
    part: FramePart, flags: tuple[str, ...], padding: str, shown: Shown
) -> Iterator[str]:
    if part.split is None:
        yield from _head("HEADERS", flags, padding)
    else:
        kept = tuple(flag for flag in flags if flag != "END_HEADERS")
        first = f"the first {shown.size(part.split)} octets of the block"
        yield from _head("HEADERS", kept, padding, first)
        yield from _head("CONTINUATION", ("END_HEADERS",), "the rest of it")


def _lines(part: FramePart, own: str, target: TargetFacts, shown: Shown) -> Iterator[str]:
    for text, values in part.fields:
        name = read_template(Scalar(text))
        if name == OWN_FIELDS:
            yield from (f"  {each.lower()}: {value}" for each, value in target.fields)
        for value in values:
            yield f"  {shown.name(name, own)}: {shown.text(value, own)}"


def _control(part: FramePart, shown: Shown) -> str:
    match part.kind:
        case FrameKind.WINDOW_UPDATE:
            increment = shown.size(part.increment) if part.increment is not None else "0"
            place = "the connection" if part.on_connection else "the stream"
            return f"WINDOW_UPDATE of {place} by {increment}"
        case FrameKind.SETTINGS:
            told = (f"{name}: {shown.size(value)}" for name, value in part.settings)
            return f"SETTINGS {', '.join(told)}".rstrip()
        case FrameKind.PING:
            return f"PING {part.octets.decode('utf-8', 'replace')}"
        case FrameKind.RST_STREAM:
            return f"RST_STREAM {part.code}"
        case _:
            return f"GOAWAY {part.code}"


def _head(name: str, flags: tuple[str, ...], *notes: str) -> Iterator[str]:
    told = [", ".join(sorted(flags)), *notes]
    inside = "; ".join(each for each in told if each)
    yield f"{name} ({inside})" if inside else name
