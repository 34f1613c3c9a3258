"""One exchange: the operations a runner is made of.

Every operation ends by itself: when it is done, when the peer has ended the exchange, or when its
bound has passed. None raises because of what the peer does; the record tells.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.codec import h1_write
from conformance.model.transcript import CutHow, FieldLine, Framing, SentRange
from conformance.wire.cuts import make_cut
from conformance.wire.live import Live
from conformance.wire.outbox import Kind, Piece
from conformance.wire.sent import OutgoingRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.connection import H1Connection

__all__ = ["H1Exchange", "OutgoingRequest"]

#: seconds a peer may refuse to read before an operation gives up handing over
_PATIENCE = 10.0


class H1Exchange(Live):
    """An exchange on an HTTP/1 connection; made by ``H1Connection.begin``."""

    __slots__ = ("_held",)

    def __init__(self, connection: H1Connection, record: ExchangeRecord) -> None:
        super().__init__(connection, record)
        self._held: list[Piece] | None = None

    async def send_head(self, hold_back: int = 0, *, at_most: float = _PATIENCE) -> None:
        """Send the header section.

        Args:
            hold_back: octets at its end to keep until :meth:`release_now`, together with
                everything given to be sent in the meantime.
            at_most: seconds the peer may refuse to read.
        """
        request = self.record.sent.request
        if request.framing is Framing.RAW:
            return
        head = h1_write.request_head(
            request.method, request.target, request.version, request.fields
        )
        self.record.sent.plan_head(head)
        piece = Piece(record=self.record.sent, kind=Kind.HEAD, octets=head)
        await self._hand_over(piece, len(head) - hold_back, at_most, hold=hold_back > 0)

    async def send(
        self,
        data: bytes,
        sent: SentRange | None = None,
        *,
        hold_back: int = 0,
        at_most: float = _PATIENCE,
    ) -> int:
        """Send content, framed as the request says; in chunked framing one chunk.

        Args:
            data: content octets.
            sent: the range of representation data they are.
            hold_back: content octets at the end to keep until :meth:`release_now`.
            at_most: seconds the peer may refuse to read.

        Returns:
            Content octets handed over by now; fewer than given if some are held back, the peer
            has ended the exchange, or it did not read.
        """
        lead, framed = 0, data
        if self.record.sent.request.framing is Framing.CHUNKED:
            lead, framed = len(h1_write.chunk_lead(len(data))), h1_write.chunk(data)
        before = self.record.sent.handed
        piece = Piece(
            record=self.record.sent,
            kind=Kind.CONTENT,
            octets=framed,
            lead=lead,
            content=len(data),
            sent=sent,
        )
        keep_from = lead + len(data) - hold_back if hold_back else len(framed)
        await self._hand_over(piece, keep_from, at_most, hold=hold_back > 0)
        return self.record.sent.handed - before

    async def send_raw(self, octets: bytes, *, at_most: float = _PATIENCE) -> None:
        """Send octets as they are; they count neither as header section nor as content."""
        piece = Piece(record=self.record.sent, kind=Kind.RAW, octets=octets)
        await self._hand_over(piece, len(octets), at_most)

    async def end_content(
        self, trailers: Iterable[FieldLine] = (), *, at_most: float = _PATIENCE
    ) -> None:
        """Tell the end of the content in the way of the framing; nothing may follow."""
        sent = self.record.sent
        sent.end_asked = True
        if sent.request.framing is Framing.CHUNKED:
            octets = h1_write.last_chunk(trailers)
            piece = Piece(record=sent, kind=Kind.END, octets=octets)
            await self._hand_over(piece, len(octets), at_most)
            return
        link = self._connection.link
        if sent.request.framing is Framing.CLOSE and link is not None and not sent.owed:
            link.finish_sending()
            sent.end_told = True
        sent.look_for_end(self._connection.recorder.moment())

    def stage(self) -> None:
        """Queue what is held back; it goes out with the next :meth:`flush`."""
        outbox, held = self._connection.outbox, self._held
        self._held = None
        if outbox is not None and held and self._may_send():
            outbox.put(held)

    async def cut(self, how: CutHow, drain_at_most: float) -> None:
        """Interrupt the exchange so that exactly the octets handed over reach the peer.

        Args:
            how: kind of interruption; what was really made is recorded.
            drain_at_most: seconds to wait for the peer's kernel to acknowledge what was sent, and
                as many for the peer to close its side after a FIN.
        """
        self._held = None
        await make_cut(self._connection, self.record, how, drain_at_most)

    def _may_send(self) -> bool:
        return self._connection.usable

    async def _hand_over(
        self, piece: Piece, keep_from: int, at_most: float, *, hold: bool = False
    ) -> None:
        connection, sent = self._connection, self.record.sent
        outbox = connection.outbox
        if outbox is None or not piece.octets or not self._may_send():
            return
        sent.owed += len(piece.octets)
        if self._held is not None:
            self._held.append(piece)
            return
        if hold:
            piece, kept = piece.split(max(0, keep_from))
            self._held = [kept]
        if piece.octets:
            outbox.put((piece,))
            outbox.pump()
        # What has arrived is noticed between two calls even while the kernel takes everything.
        await asyncio.sleep(0)
        if not outbox.empty:
            link = connection.link
            await connection.pulse.until(
                lambda: outbox.empty or self.ended or link is None or bool(link.broken),
                at_most,
            )
            outbox.withdraw(sent)
