"""Hands one request over: at once, in pieces, with pauses, up to an interruption, or left open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.deadlines import Deadlines, scaled
from conformance.engine.lanes import CannotRun
from conformance.engine.on_path import literal, note_order, order_cut, uncut
from conformance.model.scenario import Cut, FrameKind, Point, Verb
from conformance.model.transcript import SentRange
from conformance.model.values import Duration
from conformance.wire import H1Exchange, H2Exchange

if TYPE_CHECKING:
    from conformance.engine.requests import Prepared
    from conformance.model.content import Content
    from conformance.proxy.remote import PathProxy
    from conformance.wire import WireExchange

_ANSWERS = frozenset({Point.FINAL_HEAD, Point.FINAL})
_INTERIMS = frozenset({Point.INTERIM_100, Point.INTERIM_104, Point.ANY_INTERIM})
#: more octets than a header section has
_EVERYTHING = 1 << 30
#: content that is handed over in one write with its head
_SHORT = 16_384
_BEFORE_CONTENT = _INTERIMS | {Point.HEADER_END}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Hands requests over.

    Attributes:
        content: the representation data.
        deadlines: how long to wait.
        scale: factor on every waiting.
        path: the proxy that makes the interruptions; None where we make them ourselves.
        at_once: hand a short HTTP/1.1 request over in one write, head and content together.
    """

    content: Content
    deadlines: Deadlines
    scale: float
    path: PathProxy | None = None
    at_once: bool = False

    async def deliver(self, live: WireExchange, prepared: Prepared) -> None:
        """Do everything the step says about sending; the answer is awaited by others."""
        step = prepared.planned.step
        if step.verb is Verb.OCTETS:
            await self._write(live, prepared)
        elif step.verb is Verb.FRAMES:
            await self._write_frames(live, prepared)
        else:
            await self._send(live, prepared)
            return
        if step.cut is not None:
            await self.cut(live, step.cut)

    async def _send(self, live: WireExchange, prepared: Prepared) -> None:
        cut, path = prepared.planned.step.cut, self.path
        if self.at_once and isinstance(live, H1Exchange) and _short(prepared):
            await self._write_at_once(live, prepared)
            return
        if path is None or cut is None or literal(prepared):
            await live.send_head()
            if cut is None or not await self._cut_early(live, cut, prepared):
                await self._send_content(live, prepared)
            return
        armed = await order_cut(live, prepared, path, self._scaled(cut), prepared.cut)
        await live.send_head()
        if cut.once is None:
            await self._cut_early(live, cut, prepared)
        await self._send_content(live, uncut(prepared))
        await note_order(live, armed, self._patience(cut))

    async def _write_at_once(self, live: H1Exchange, prepared: Prepared) -> None:
        await live.send_head(hold_back=_EVERYTHING)
        await self.send(live, prepared, prepared.start, prepared.end)
        await live.end_content()
        live.release_now()
        await asyncio.sleep(0)

    async def cut_under_way(self, live: WireExchange, prepared: Prepared, cut: Cut) -> None:
        """Interrupt an exchange that was left open, on the path if there is a proxy on it."""
        if self.path is None or literal(prepared):
            await self.cut(live, cut)
            return
        handed = live.record.sent.handed
        armed = await order_cut(
            live, prepared, self.path, self._scaled(cut), handed, under_way=True
        )
        await note_order(live, armed, self._patience(cut))

    def _scaled(self, cut: Cut) -> Cut:
        return replace(cut, at_most=Duration(cut.at_most.seconds * self.scale))

    def _patience(self, cut: Cut) -> float:
        """Return how long a proxy may take to tell what became of an interruption."""
        waiting = self.deadlines.final + self.deadlines.drain + cut.at_most.seconds
        return waiting * self.scale

    async def _send_content(self, live: WireExchange, prepared: Prepared) -> None:
        step = prepared.planned.step
        position = prepared.start
        if step.hold is not None and prepared.hold is not None:
            position = await self.send(live, prepared, position, prepared.start + prepared.hold)
            bound = scaled(step.hold.at_most, 0.0, self.scale)
            point = await live.wait({*step.hold.until, Point.FINAL_HEAD}, bound)
            if step.hold.then == "stop" or point in _ANSWERS:
                return
        stop = prepared.end if prepared.cut is None else prepared.start + prepared.cut
        position = await self.send(live, prepared, position, stop)
        if step.cut is not None:
            if step.cut.once is not None and position >= prepared.end:
                await live.end_content()
            await self.cut(live, step.cut)
        elif step.leave:
            await self._settle(live, prepared)
        elif position >= prepared.end:
            await live.end_content()

    async def send(self, live: WireExchange, prepared: Prepared, start: int, end: int) -> int:
        """Send representation data; returns the position reached."""
        trickle = prepared.planned.step.trickle
        pause = scaled(trickle.every, 0.0, self.scale) if trickle is not None else 0.0
        for low in range(start, end, prepared.piece):
            high = min(low + prepared.piece, end)
            octets = self.content.slice(low, high, prepared.mark)
            handed = await live.send(octets, SentRange(start=low, end=high, mark=prepared.mark))
            if handed < high - low:
                return low + handed
            if pause and high < end:
                await asyncio.sleep(pause)
        return max(start, end)

    async def withhold(self, live: WireExchange, prepared: Prepared, *, at_head: bool) -> None:
        """Send a request but for the octets whose release is to happen with that of others.

        At the head's end, the empty line is withheld; else the last octet of the request.
        """
        start, end = prepared.start, prepared.end
        if at_head or start >= end:
            await live.send_head(hold_back=2)
            return
        await live.send_head()
        last = max(start, end - prepared.piece)
        await self.send(live, prepared, start, last)
        octets = self.content.slice(last, end, prepared.mark)
        await live.send(octets, SentRange(start=last, end=end, mark=prepared.mark), hold_back=1)

    async def follow(self, live: WireExchange, prepared: Prepared, *, at_head: bool) -> None:
        """Send what follows the octets withheld."""
        if at_head:
            position = await self.send(live, prepared, prepared.start, prepared.end)
            if position < prepared.end:
                return
        await live.end_content()

    async def _write(self, live: WireExchange, prepared: Prepared) -> None:
        for part in prepared.literals:
            if isinstance(part, bytes):
                await live.send_raw(part)
            else:
                start, end = part
                sent = SentRange(start=start, end=end, mark=prepared.mark)
                await live.send(self.content.slice(start, end, prepared.mark), sent)
        step = prepared.planned.step
        if step.cut is None and not step.leave:
            await live.end_content()

    async def _write_frames(self, live: WireExchange, prepared: Prepared) -> None:
        if not isinstance(live, H2Exchange):
            raise CannotRun("literal frames can only be sent over HTTP/2")
        for part in prepared.frames:
            if part.out is None:
                bound = scaled(part.at_most, 0.0, self.scale)
                await live.wait(part.until, bound)
            elif part.out.kind is FrameKind.DATA:
                start, end = part.span
                octets = self.content.slice(start, end, prepared.mark)
                sent = SentRange(start=start, end=end, mark=prepared.mark) if octets else None
                await live.send_frame(replace(part.out, data=octets), sent)
            else:
                await live.send_frame(part.out)

    async def _cut_early(self, live: WireExchange, cut: Cut, prepared: Prepared) -> bool:
        """Give the peer a fair chance to answer first; True if that was where to cut."""
        bound = scaled(cut.at_most, 0.0, self.scale)
        if cut.once is not None:
            if cut.once not in _BEFORE_CONTENT:
                return False
            point = await live.wait({cut.once, Point.FINAL_HEAD}, bound)
            if point is not cut.once:
                return False
            await live.cut(cut.how, self.deadlines.drain)
            return True
        if cut.wait_for is not None:
            if prepared.planned.step.verb is not Verb.CREATE:
                # Only creations are announced; for others this is a moment to begin with them.
                bound = min(bound, self.deadlines.settling * self.scale)
            await live.wait({cut.wait_for, Point.FINAL_HEAD}, bound)
        return False

    async def cut(self, live: WireExchange, cut: Cut) -> None:
        """Interrupt, having waited for the event where the cut names one."""
        if cut.once is not None:
            bound = scaled(cut.at_most, 0.0, self.scale)
            if cut.once in _ANSWERS:  # an answer is due anyway, so it gets the time of one
                bound = max(bound, self.deadlines.final * self.scale)
            await live.wait({cut.once}, bound)
        await live.cut(cut.how, self.deadlines.drain)

    async def _settle(self, live: WireExchange, prepared: Prepared) -> None:
        """Give the peer the time to begin with a transfer that is left open."""
        creating = prepared.planned.step.verb is Verb.CREATE
        bound = self.deadlines.announcement if creating else self.deadlines.settling
        await live.wait({Point.INTERIM_104, Point.FINAL_HEAD}, bound * self.scale)


def _short(prepared: Prepared) -> bool:
    """Tell whether nothing is to happen while a request is sent, and its content is short."""
    step = prepared.planned.step
    eventful = step.cut or step.hold or step.trickle or step.leave
    return not eventful and prepared.end - prepared.start <= min(_SHORT, prepared.piece)
