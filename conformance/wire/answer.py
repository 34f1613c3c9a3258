"""The record of one exchange: what was sent, what came back, how it ended."""

from __future__ import annotations

from conformance.codec.h1_read import (
    BoundReached,
    ContentPiece,
    FinalHead,
    InterimHead,
    Malformed,
    MessageEnd,
    ReadEvent,
)
from conformance.codec.received import ContentKeeper
from conformance.model.transcript import End, Exchange, FieldLine, Lint, Message, Moment
from conformance.wire.sent import OutgoingRequest, SentRecord

_INTERIMS_KEPT = 1000
_STRAY_KEPT = 4096


class ExchangeRecord:
    """Mutable record of an exchange; see :class:`conformance.model.transcript.Exchange`.

    It satisfies :class:`conformance.faults.points.Facts`.
    """

    __slots__ = (
        "_content", "_final", "_final_sent_before", "_interims", "_late_lints", "_trailers",
        "connection", "detail", "end", "ended", "final_ended", "first_interims", "id",
        "interims_seen", "reset_code", "sent", "stray", "stream",
    )  # fmt: skip

    def __init__(self, number: int, connection: int, request: OutgoingRequest) -> None:
        self.id = number
        self.connection = connection
        self.sent = SentRecord(request)
        self.end = End.OPEN
        self.ended: Moment | None = None
        self.detail = ""
        self.stray = b""
        self.interims_seen = 0
        self.first_interims: dict[int, Moment] = {}
        self.final_ended: Moment | None = None
        self._interims: list[Message] = []
        self._final: FinalHead | None = None
        self._final_sent_before = 0
        self._content = ContentKeeper()
        self.stream = 0
        self.reset_code: int | None = None
        self._trailers: tuple[FieldLine, ...] = ()
        self._late_lints: tuple[Lint, ...] = ()

    @property
    def final_at(self) -> Moment | None:
        """When the head of the final response was complete."""
        return None if self._final is None else self._final.at

    @property
    def head_at(self) -> Moment | None:
        """When the request's header section was handed over."""
        return self.sent.head_at

    @property
    def ended_at(self) -> Moment | None:
        """When everything the request's framing promised was handed over."""
        return self.sent.ended_at

    @property
    def final(self) -> FinalHead | None:
        """The head of the final response."""
        return self._final

    def finish(self, end: End, moment: Moment, detail: str = "") -> None:
        """Note how it ended; the first end counts."""
        if self.end is End.OPEN:
            self.end, self.ended, self.detail = end, moment, detail

    def end_by_peer(self, moment: Moment, *, reset: bool, awaited: str, detail: str) -> None:
        """Note that the peer ended the connection, unless it had ended before.

        After a half-close of ours in the middle of the request it is the end we asked for.
        """
        cut = self.sent.cut
        if cut is not None and self.sent.ended_at is None:
            self.finish(End.CUT, moment, f"the peer ended the connection after our {cut.how}")
            return
        deed = "reset" if reset else "closed"
        note = f" ({detail})" if detail else ""
        end = End.RESET if reset else End.CLOSED
        self.finish(end, moment, f"the peer {deed} the connection instead of {awaited}{note}")

    def end_by_reset(self, moment: Moment, code: int, name: str, awaited: str) -> None:
        """Note that the peer reset the stream, after the end of the exchange or instead of it."""
        if self.reset_code is None:  # later ones answer what was still on its way
            self.reset_code = code
        cut = self.sent.cut
        if cut is not None and self.sent.ended_at is None:
            self.finish(End.CUT, moment, f"the peer reset the stream after our {cut.how}")
        else:
            detail = f"the peer reset the stream with {name} instead of {awaited}"
            self.finish(End.RESET, moment, detail)

    @property
    def persists(self) -> bool:
        """Tell whether the connection may live on after it (RFC 9112 section 9.3)."""
        final, request = self._final, self.sent.request
        if final is None or final.head.status == 101:
            return False
        options = {
            option.strip().lower()
            for line in (*final.head.fields, *request.fields)
            if line.name.lower() == b"connection"
            for option in line.value.split(b",")
        }
        if b"close" in options:
            return False
        old = "HTTP/1.0" in (final.head.version, request.version)
        return not old or b"keep-alive" in options

    def keep_stray(self, octets: bytes) -> None:
        """Note octets that belong to no response."""
        self.stray += octets[: _STRAY_KEPT - len(self.stray)]

    def apply(self, event: ReadEvent, moment: Moment) -> None:
        """Note what arrived. After the deadline nothing counts any more: heads become stray."""
        if self.end is End.DEADLINE:
            if isinstance(event, InterimHead | FinalHead):
                self.keep_stray(event.octets)
            return
        match event:
            case InterimHead():
                self._interim(event)
            case FinalHead():
                self._final = event
                self._final_sent_before = self.sent.handed
            case ContentPiece():
                self._content.add(event.data)
            case MessageEnd():
                self._trailers = event.trailers
                self._late_lints += event.lints
                self.final_ended = moment
                self.finish(End.FINAL, moment)
            case Malformed():
                self._late_lints += event.lints
                self.finish(End.MALFORMED, moment, event.detail)
            case BoundReached():
                self.finish(End.BOUND, moment, event.detail)

    def _interim(self, event: InterimHead) -> None:
        self.interims_seen += 1
        self.first_interims.setdefault(event.head.status, event.at)
        if len(self._interims) < _INTERIMS_KEPT:
            self._interims.append(_message(event, ended=event.at, sent_before=self.sent.handed))

    def _final_message(self) -> Message | None:
        if self._final is None:
            return None
        return _message(
            self._final,
            ended=self.final_ended,
            sent_before=self._final_sent_before,
            content=self._content,
            trailers=self._trailers,
            late_lints=self._late_lints,
        )

    def freeze(self) -> Exchange:
        """Return the record as it is now."""
        return Exchange(
            id=self.id,
            connection=self.connection,
            request=self.sent.freeze(),
            interims=tuple(self._interims),
            interims_seen=self.interims_seen,
            final=self._final_message(),
            end=self.end,
            ended=self.ended,
            detail=self.detail,
            stray=self.stray,
            stream=self.stream,
            reset_code=self.reset_code,
        )


def _message(
    event: InterimHead | FinalHead,
    *,
    ended: Moment | None,
    sent_before: int,
    content: ContentKeeper | None = None,
    trailers: tuple[FieldLine, ...] = (),
    late_lints: tuple[Lint, ...] = (),
) -> Message:
    head = event.head
    return Message(
        status=head.status,
        reason=head.reason,
        version=head.version,
        fields=head.fields,
        head=event.octets,
        began=event.began,
        at=event.at,
        ended=ended,
        content=None if content is None else content.received(complete=ended is not None),
        trailers=trailers,
        lints=head.lints + late_lints,
        sent_before=sent_before,
    )
