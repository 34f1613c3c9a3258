"""One exchange on a stream: the operations a runner is made of, as HTTP/2 has them.

They do what their namesakes for HTTP/1 do and end like them. Content goes out as fast as the
peer's flow-control windows admit; frames are made only when the kernel has taken what was made
before, so that an interruption never has to take one back.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from conformance.model.scenario import FrameKind
from conformance.model.transcript import CutHow, End, FieldLine, Framing, SentRange
from conformance.syntax.h2lint import head_text
from conformance.wire.h2_cuts import make_cut
from conformance.wire.h2_pieces import content_piece, part_of, request_note, written_piece
from conformance.wire.h2_request import pairs
from conformance.wire.live import Live
from conformance.wire.outbox import Kind, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.codec.h2_write import OutFrame
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.h2_connection import H2Connection
    from conformance.wire.pulse import Condition

#: seconds a peer may refuse to read before an operation gives up handing over
_PATIENCE = 10.0
#: content that is framed before the kernel is asked whether it took the last
_BATCH = 65_536


class H2Exchange(Live):
    """An exchange on an HTTP/2 connection; made by ``H2Connection.begin``."""

    __slots__ = ("_held", "_left", "_on")

    def __init__(self, connection: H2Connection, record: ExchangeRecord) -> None:
        super().__init__(connection, record)
        self._on = connection
        # Content held back, or None for the header section; nothing is framed before its release.
        self._held: list[tuple[bytes, SentRange | None] | None] | None = None
        # Content that was to be released when the peer's windows did not admit it.
        self._left: list[tuple[bytes, SentRange | None]] = []

    async def send_head(self, hold_back: int = 0, *, at_most: float = _PATIENCE) -> None:
        """Send the header section; if anything of it is to be held back, hold all of it back.

        A stream whose request is known to have no content ends with it.
        """
        if hold_back:
            self._held = [None]
            return
        on = self._on
        await self._ready(lambda: on.writer.may_open, at_most)
        if not self._may_send():
            return
        if not on.writer.may_open:
            detail = "the peer allows no further stream (SETTINGS_MAX_CONCURRENT_STREAMS)"
            self.record.finish(End.DEADLINE, on.recorder.moment(), detail)
            on.forget(self.record)
            return
        self._put_head()
        await self._settle(at_most)

    async def send(
        self,
        data: bytes,
        sent: SentRange | None = None,
        *,
        hold_back: int = 0,
        at_most: float = _PATIENCE,
    ) -> int:
        """Send content in DATA frames; the stream ends with the last octet that was declared.

        With something to hold back, what the peer's windows do not admit is held back with it.

        Args:
            data: content octets.
            sent: the range of representation data they are.
            hold_back: content octets at the end to keep until released.
            at_most: seconds the peer may refuse to read, its windows included.

        Returns:
            Content octets handed over by now; fewer than given if some are held back, the peer
            has ended the exchange, or its windows did not admit them.
        """
        before = self.record.sent.handed
        if self._held is not None:
            self._held.append((data, sent))
            return 0
        now = len(data) - hold_back
        loop = asyncio.get_running_loop()
        deadline, position = loop.time() + at_most, 0
        while position < now:
            await self._ready(lambda: self._room() > 0, deadline - loop.time())
            if not self._may_write() or not self._on_idle() or not self._room():
                break
            batch = min(position + _BATCH, now)
            position = self._put_data(data, sent, position, batch)
            await self._settle(deadline - loop.time())
        if hold_back:
            self._held = [(data[position:], part_of(sent, position, len(data)))]
        return self.record.sent.handed - before

    async def send_raw(self, octets: bytes, *, at_most: float = _PATIENCE) -> None:
        """Send octets as they are, frames or not; they count neither as head nor as content."""
        if self._may_send():
            self._put(Piece(record=self.record.sent, kind=Kind.RAW, octets=octets))
            await self._settle(at_most)

    async def send_frame(
        self, out: OutFrame, sent: SentRange | None = None, *, at_most: float = _PATIENCE
    ) -> None:
        """Send a frame exactly as it is said, whatever the peer's windows or rules are.

        Args:
            out: the frame.
            sent: for DATA: the range of representation data in it.
            at_most: seconds the peer may refuse to read.
        """
        if self._may_send():
            self._put_frame(out, sent)
            await self._settle(at_most)

    async def end_content(
        self, trailers: Iterable[FieldLine] = (), *, at_most: float = _PATIENCE
    ) -> None:
        """End our side of the stream, if it has not ended with the last of the content.

        Content whose release the peer's windows did not admit is sent first; if they still do not
        admit it, the stream is not ended.
        """
        sent, on = self.record.sent, self._on
        sent.end_asked = True
        if self._held is not None:
            return
        left, self._left = self._left, []
        for data, span in left:
            if await self.send(data, span, at_most=at_most) < len(data):
                return
        if not self._may_write():
            return
        lines = pairs(tuple(trailers))
        stream = self.record.stream
        octets = on.writer.trailers(stream, lines) if lines else on.writer.end(stream)
        if octets:
            self._put_end(octets)
            await self._settle(at_most)

    def stage(self) -> None:
        """Queue what is held back; it goes out with the next :meth:`flush`.

        What the peer's windows do not admit now goes out with :meth:`end_content`.
        """
        held, self._held = self._held, None
        if held is None or not self._may_send():
            return
        for item in held:
            if item is None:
                if not self._on.writer.may_open:
                    return
                self._put_head()
                continue
            data, sent = item
            position = self._put_data(data, sent, 0, len(data)) if self._may_write() else 0
            if position < len(data):
                self._left.append((data[position:], part_of(sent, position, len(data))))

    async def cut(self, how: CutHow, drain_at_most: float) -> None:
        """Interrupt the exchange so that exactly the octets handed over reach the peer.

        Args:
            how: a reset ends the stream alone (CANCEL), a half-close ends our side of it before
                the declared length; otherwise the connection is lost, and with it every exchange.
            drain_at_most: seconds to wait for the peer's kernel to acknowledge what was sent.
        """
        self._held = None
        await make_cut(self._on, self.record, how, drain_at_most)

    def open_window(self, increment: int | None = None) -> None:
        """Let the peer go on with a response that our window had stopped."""
        if increment is None:
            self._on.session.reopen(self.record.stream)
        else:
            self._on.session.reopen(self.record.stream, increment)
        self._on.flush()

    def _put_head(self) -> None:
        on, request = self._on, self.record.sent.request
        fields = pairs(request.fields)
        ends = request.framing is Framing.NONE or request.declared == 0
        stream, octets = on.writer.open(fields, end_stream=ends)
        on.adopt(self.record, stream)
        self.record.sent.plan_head(head_text(fields), len(octets))
        piece = Piece(record=self.record.sent, kind=Kind.HEAD, octets=octets, ends=ends)
        self._put(piece, request_note(self.record.sent))

    def _put_data(self, data: bytes, sent: SentRange | None, start: int, stop: int) -> int:
        """Frame content up to a position, as far as there is room; return how far that was."""
        record, writer = self.record.sent, self._on.writer
        planned = record.handed + self._queued()
        while start < stop:
            room = self._room()
            if not room:
                break
            end = min(start + room, stop)
            planned += end - start
            ends = planned == record.request.declared and end == len(data)
            octets = writer.data(self.record.stream, data[start:end], end_stream=ends)
            self._put(content_piece(record, octets, part_of(sent, start, end), ends=ends))
            start = end
        return start

    def _put_frame(self, out: OutFrame, sent: SentRange | None) -> None:
        on, record = self._on, self.record
        opened = on.session.reader(record.stream) is not None
        if not opened:
            on.adopt(record, on.writer.next_stream)
        octets = on.writer.write(record.stream, out)
        piece, note = written_piece(record.sent, out, octets, sent)
        self._put(piece, note)
        if out.kind is FrameKind.RST_STREAM:
            record.finish(End.CUT, on.recorder.moment(), "we reset the stream")
            on.forget(record)

    def _put_end(self, octets: bytes) -> None:
        self._put(Piece(record=self.record.sent, kind=Kind.END, octets=octets, ends=True))

    def _put(self, piece: Piece, note: str = "") -> None:
        piece.done = partial(self._on.note_sent, piece.octets, note)
        self.record.sent.owed += len(piece.octets)
        if self._on.outbox is not None:
            self._on.put_own(self._on.session.take_pending())
            self._on.outbox.put((piece,))

    def _queued(self) -> int:
        """Return content octets that are framed and not handed over."""
        return 0 if self._on.outbox is None else self._on.outbox.content_of(self.record.sent)

    def _room(self) -> int:
        return self._on.writer.room(self.record.stream)

    def _may_send(self) -> bool:
        return self._on.usable and not self._on.session.broken and not self._refused()

    def _refused(self) -> bool:
        return self.ended and not self.record.stream

    def _may_write(self) -> bool:
        """Tell whether our side of the stream is open."""
        reader = self._on.session.reader(self.record.stream)
        return self._may_send() and reader is not None and not reader.abandoned

    def _on_idle(self) -> bool:
        return self._on.outbox is not None and self._on.outbox.empty

    async def _ready(self, more: Condition, at_most: float) -> None:
        """Wait until everything was handed over and something else holds, or nothing helps."""
        await self._on.pulse.until(
            lambda: not self._may_send() or self.ended or (self._on_idle() and more()), at_most
        )

    async def _settle(self, at_most: float) -> None:
        """Hand over what is queued, and wait for it as long as the peer may refuse to read."""
        self._on.flush()
        # What has arrived is noticed between two calls even while the kernel takes everything.
        await asyncio.sleep(0)
        if not self._on_idle():
            await self._on.pulse.until(
                lambda: self._on_idle() or not self._may_send() or self.ended, at_most
            )
