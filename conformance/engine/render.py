"""An exchange as text: what was sent, what came back, and what else happened."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from conformance.engine.escape import shorten
from conformance.model.result import ExchangeText
from conformance.model.transcript import CutHow, End, Framing
from conformance.syntax.h2names import code_name
from conformance.syntax.wording import answer, octets, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.model.transcript import (
        Connection,
        CutMade,
        Exchange,
        Frame,
        Message,
        ReceivedContent,
        SentRequest,
    )

_HEAD = 4096
_CONTENT = 1024
#: frames shown of one direction, and those whose notes say more than heads and content do
_FRAMES = 40
_TELLING = frozenset({"RST_STREAM", "GOAWAY", "WINDOW_UPDATE"})
#: interim responses shown at the beginning and at the end of many
_FIRST, _LAST = 12, 4

_CUTS = {
    CutHow.CLOSE: "closed the connection",
    CutHow.RESET: "reset the connection",
    CutHow.HALF_CLOSE: "closed our sending side",
    CutHow.TLS_TRUNCATE: "ended the connection without a TLS close alert",
}
_STREAM_CUTS = {CutHow.RESET: "reset the stream", CutHow.HALF_CLOSE: "ended our side of the stream"}


def render(exchange: Exchange, step: str, connection: Connection | None = None) -> ExchangeText:
    """Render one exchange; secrets are still in it (see ``redact``).

    Args:
        exchange: what happened.
        step: who made it.
        connection: where it happened, for the frames of HTTP/2.
    """
    frames = connection.frames if connection is not None and exchange.stream else ()
    return ExchangeText(
        step=step,
        connection=exchange.connection,
        sent=_sent(exchange.request) + frames_text(frames, exchange.stream, "sent"),
        received=_received(exchange) + frames_text(frames, exchange.stream, "received"),
        note=_note(exchange),
    )


def frames_text(frames: Iterable[Frame], stream: int, direction: str) -> str:
    """Return the frames of one direction on a stream as a line of its own; empty if none are."""
    wanted = (
        frame
        for frame in frames
        if frame.direction == direction and (frame.stream == stream or frame.type == "GOAWAY")
    )
    words: list[str] = []
    for name, run in groupby(wanted, key=_frame_name):
        alike = list(run)
        count = f"{len(alike)} x " if len(alike) > 1 else ""
        words.append(f"{count}{name} ({sum(frame.length for frame in alike)})")
    if not words:
        return ""
    left_out = len(words) - _FRAMES
    if left_out > 0:
        words[_FRAMES // 2 : -_FRAMES // 2] = [f"{left_out} more"]
    return f"\n[frames on stream {stream}, octets in brackets: {', '.join(words)}]"


def _frame_name(frame: Frame) -> str:
    told = frame.note if frame.type in _TELLING else ""
    return " ".join(filter(None, (frame.type, *frame.flags, told)))


def _sent(request: SentRequest) -> str:
    parts = [shorten(request.head, _HEAD)]
    if request.framing is not Framing.RAW:
        for run in request.ranges:
            count = octets(run.end - run.start)
            parts.append(f"[{count} of content: {run.start}..{run.end}]")
        if request.declared is not None and request.declared != request.handed:
            parts.append(f"[{request.handed} of {octets(request.declared)} declared were sent]")
    if request.head_at is None:
        parts = ["[nothing was sent]"]
    return "\n".join(part.rstrip("\n") for part in parts)


def _received(exchange: Exchange) -> str:
    parts = list(_interims(exchange))
    if exchange.final is not None:
        parts.append(_message(exchange.final, exchange))
    if exchange.stray:
        parts.append(f"[octets that belong to no response]\n{shorten(exchange.stray, _CONTENT)}")
    return "\n".join(parts) or "[nothing]"


def _interims(exchange: Exchange) -> Iterator[str]:
    kept = exchange.interims
    if exchange.interims_seen <= _FIRST + _LAST or len(kept) <= _FIRST + _LAST:
        shown, left_out = kept, max(0, exchange.interims_seen - len(kept))
    else:
        shown, left_out = kept[:_FIRST], exchange.interims_seen - _FIRST - _LAST
    for message in shown:
        yield _message(message, exchange)
    if left_out:
        yield f"[{left_out} more interim responses]"
    if shown is not kept:
        for message in kept[-_LAST:]:
            yield _message(message, exchange)


def _message(message: Message, exchange: Exchange) -> str:
    when = ""
    if exchange.request.head_at is not None:
        waited = seconds(max(0.0, message.at.at - exchange.request.head_at.at))
        when = f"[after {waited}, {octets(message.sent_before)} of content sent]\n"
    head = shorten(message.head, _HEAD).rstrip("\n")
    return f"{when}{head}{_content(message.content)}"


def _content(content: ReceivedContent | None) -> str:
    if content is None or content.length == 0:
        return ""
    told = "" if content.complete else ", not received to its end"
    head = shorten(content.octets[:_CONTENT], _CONTENT)
    rest = content.length - min(content.length, _CONTENT)
    more = f"\n[{rest} more octets]" if rest else ""
    return f"\n[{octets(content.length)} of content{told}]\n{head}{more}"


def _note(exchange: Exchange) -> str:
    request, words = exchange.request, []
    if request.cut is not None:
        deeds = _CUTS | (_STREAM_CUTS if exchange.stream else {})
        words.append(_cut(request.cut, deeds[request.cut.how]))
    if exchange.reset_code is not None and exchange.end is not End.RESET:
        words.append(f"the target reset the stream with {code_name(exchange.reset_code)}")
    words.append(f"end: {answer(exchange)}")
    if request.head_at is not None and exchange.ended is not None:
        words.append(f"took {seconds(max(0.0, exchange.ended.at - request.head_at.at))}")
    return "; ".join(words)


def _cut(cut: CutMade, deed: str) -> str:
    known = f", {cut.acknowledged} acknowledged" if cut.acknowledged is not None else ""
    note = f" ({cut.note})" if cut.note else ""
    return f"we {deed} after {octets(cut.content_handed)} of content{known}{note}"
