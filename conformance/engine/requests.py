"""Turns a planned exchange into the request that goes out: captures filled in, offsets computed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.frame_parts import ready_frames
from conformance.engine.reckoning import Scope, relative, size_of, span_of, wire_text
from conformance.engine.uploads import origin_of, path_of
from conformance.model.scenario import OctetPart, Verb
from conformance.model.transcript import FieldLine, Framing
from conformance.model.values import Ref, Size, Template
from conformance.wire import OutgoingRequest

if TYPE_CHECKING:
    from conformance.engine.frame_parts import ReadyFrame
    from conformance.engine.reckoning import Values
    from conformance.engine.uploads import Trust
    from conformance.model.content import Content
    from conformance.model.plan import PlannedExchange, TargetFacts

_FRAMING = frozenset({"content-length", "transfer-encoding"})
_PIECE = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request ready to go out, with the octets it hands over and where it pauses.

    Attributes:
        planned: what it came from.
        request: start line, fields and framing.
        url: where it goes.
        at: position of the content in the representation.
        start, end: the representation data handed over.
        mark: the mark its octets carry.
        piece: octets per write, which is also a chunk where chunks are used.
        hold: octets handed over before a pause; None without one.
        cut: octets handed over before an interruption; None without one.
        literals: for literal octets, what to write, in order.
        frames: for literal frames, what to write, in order.
        window: octets of response content the peer may send until the window is reopened; None for
            a window that never matters.
    """

    planned: PlannedExchange
    request: OutgoingRequest
    url: str
    at: int
    start: int
    end: int
    mark: int
    piece: int
    hold: int | None = None
    cut: int | None = None
    literals: tuple[bytes | tuple[int, int], ...] = ()
    frames: tuple[ReadyFrame, ...] = ()
    window: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What replaces a plan's own offset and octets in another try.

    Attributes:
        at: offset.
        span: representation data; None for what the plan says.
    """

    at: int
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a request is made.

    Attributes:
        target: facts of the target.
        content: the representation data.
        trust: who may be sent credentials.
        upload: URL of the upload resource addressed; None if there is none.
        moved: where a redirect has pinned the creation target; empty if nowhere.
        cookies: value of the Cookie field kept from earlier responses; empty for none.
    """

    target: TargetFacts
    content: Content
    trust: Trust
    upload: str | None = None
    moved: str = ""
    cookies: str = ""


def prepare(
    planned: PlannedExchange, values: Values, setting: Setting, again: Again | None = None
) -> Prepared:
    """Fill in what was open in a planned exchange.

    Raises:
        MissingCapture: a value is not there, because the exchange that should have told it did
            not.
    """
    step, content = planned.step, setting.content
    at = again.at if again is not None else size_of(planned.at, values, {})
    own: dict[str, int] = {"at": at}
    if again is not None and again.span is not None:
        start, end = again.span
    else:
        start, end = span_of(planned.send, values, content, {(step.name, "at"): at})
    own |= {"sent": end - start, "end": at + end - start}
    scope = Scope(step.name, own, _digest(planned, content, start, end))
    frames = ready_frames(step.frames, values, scope, content, setting.target)
    target, url, home = _destination(planned, values, scope, setting)
    declared = _declared(planned, values, content, at, end - start)
    overridden = {name.lower() for name, _ in step.fields} & _FRAMING
    fields = _fields(planned, values, scope, setting, home, again)
    if step.verb not in {Verb.OCTETS, Verb.FRAMES}:
        fields += _framing_fields(planned.framing, declared, overridden)
    if overridden and planned.framing is not Framing.CHUNKED:
        declared = _literal_length(fields, declared)
    sent = end - start
    literals = _literals(step.octets, values, scope, content)
    request = OutgoingRequest(
        method=_raw_method(literals) if step.verb is Verb.OCTETS else planned.method,
        target=target,
        url=url,
        version=f"HTTP/{step.http}",
        fields=tuple(fields),
        framing=planned.framing,
        declared=declared,
        at_offset=at,
    )
    return Prepared(
        planned=planned,
        request=_as_framed(request, frames) if step.verb is Verb.FRAMES else request,
        url=home,
        at=at,
        start=start,
        end=end,
        mark=planned.mark,
        piece=_piece(planned, values, sent),
        hold=relative(step.hold.at, sent, values) if step.hold is not None else None,
        cut=_cut(planned, values, sent),
        literals=literals,
        frames=frames,
        window=values.size(step.window) if step.window is not None else None,
    )


def _as_framed(request: OutgoingRequest, frames: tuple[ReadyFrame, ...]) -> OutgoingRequest:
    """Return the request that literal frames make, as their first field block tells it."""
    blocks = (part.out.fields for part in frames if part.out is not None and part.out.fields)
    lines = tuple(FieldLine(name, value) for name, value in next(blocks, ()))
    pseudo = {line.name: line.value.decode("latin-1") for line in lines}
    target = pseudo.get(b":path", request.target)
    url = origin_of(request.url) + target if target.startswith("/") else request.url
    method = pseudo.get(b":method", "")
    return replace(request, method=method, target=target, url=url, fields=lines)


def _digest(planned: PlannedExchange, content: Content, start: int, end: int) -> str:
    """Return the digest of a request's own content if any of its values speaks of it."""
    wanted = any(
        isinstance(part, Ref) and part.name == "self" and part.attribute == "sha-256"
        for template in _templates(planned)
        for part in template.parts
    )
    return base64.b64encode(content.sha256(start, end, planned.mark)).decode() if wanted else ""


def _templates(planned: PlannedExchange) -> list[Template]:
    templates = [value for _, value in planned.fields if isinstance(value, Template)]
    templates += [part.text for part in planned.step.octets if part.text is not None]
    return [planned.target, *templates]


def _destination(
    planned: PlannedExchange, values: Values, scope: Scope, setting: Setting
) -> tuple[str, str, str]:
    """Return the request target, the URL it stands for, and the URL of the peer to connect to."""
    text, facts = scope.fill(planned.target, values), setting.target
    home, upload = facts.url, setting.upload
    if upload is not None and text == path_of(upload):
        home = upload
    elif setting.moved and text == facts.path:
        home = setting.moved
        text = setting.moved.removeprefix(origin_of(home)) or "/"
    if text.startswith("/"):
        return text, origin_of(home) + text, home
    if "://" in text:
        return text, text, home
    return text, origin_of(home) + "/", home


def _fields(
    planned: PlannedExchange,
    values: Values,
    scope: Scope,
    setting: Setting,
    home: str,
    again: Again | None,
) -> list[FieldLine]:
    facts = setting.target
    foreign = origin_of(home) != origin_of(facts.origin)
    lines: list[FieldLine] = []
    for name, value in planned.fields:
        if foreign and not setting.trust.allowed(name, home):
            continue
        if isinstance(value, Size):
            moved = again is not None and value == planned.at
            text = str(again.at if moved and again is not None else values.size(value))
        else:
            text = scope.fill(value, values)
        if foreign and name.lower() == "host" and text == facts.authority:
            text = origin_of(home).partition("://")[2]
        lines.append(FieldLine(wire_text(name), wire_text(text)))
    own_cookie = any(line.name.lower() == b"cookie" for line in lines)
    if setting.cookies and not own_cookie and setting.trust.allowed("Cookie", home):
        lines.append(FieldLine(b"Cookie", wire_text(setting.cookies)))
    return lines


def _framing_fields(
    framing: Framing, declared: int | None, overridden: set[str]
) -> list[FieldLine]:
    """Return what the framing needs; the length yields to any literal framing field.

    Chunked framing yields only to a literal Transfer-Encoding, so that it can be sent beside a
    literal Content-Length.
    """
    if framing is Framing.CHUNKED and "transfer-encoding" not in overridden:
        return [FieldLine(b"Transfer-Encoding", b"chunked")]
    if framing is Framing.CONTENT_LENGTH and declared is not None and not overridden:
        return [FieldLine(b"Content-Length", str(declared).encode())]
    return []


def _literal_length(fields: list[FieldLine], declared: int | None) -> int | None:
    """Return the length promised by the field lines as they stand."""
    for line in fields:
        if line.name.lower() == b"content-length" and line.value.isdigit():
            return int(line.value[:18])
    return declared


def _declared(
    planned: PlannedExchange, values: Values, content: Content, at: int, sent: int
) -> int | None:
    match planned.declared:
        case None:
            return None
        case "sent":
            return sent
        case "whole":
            return max(0, content.size - at)
        case Size() as size:
            return max(0, values.size(size))
        case _:
            return None


def _piece(planned: PlannedExchange, values: Values, sent: int) -> int:
    step = planned.step
    if step.trickle is not None:
        return max(1, relative(step.trickle.piece, sent, values))
    if step.chunk is not None:
        return max(1, relative(step.chunk, sent, values))
    return _PIECE


def _cut(planned: PlannedExchange, values: Values, sent: int) -> int | None:
    cut = planned.step.cut
    if cut is None or cut.once is not None or cut.after is None:
        return None
    return relative(cut.after, sent, values)


def _literals(
    parts: tuple[OctetPart, ...], values: Values, scope: Scope, content: Content
) -> tuple[bytes | tuple[int, int], ...]:
    written: list[bytes | tuple[int, int]] = []
    for part in parts:
        if part.text is not None:
            written.append(wire_text(scope.fill(part.text, values)))
        elif part.content is not None:
            written.append(span_of(part.content, values, content, {}))
        else:
            written.append(part.octets)
    return tuple(written)


def _raw_method(literals: tuple[bytes | tuple[int, int], ...]) -> str:
    """Return the method the octets seem to start with, as their reader will take it."""
    first = next((part for part in literals if isinstance(part, bytes)), b"")
    token = first.lstrip(b"\r\n").split(b" ", 1)[0].split(b"\r", 1)[0]
    return token[:32].decode("latin-1")
