"""One HTTP/2 stream on the path: what waits in either direction, and what may go now."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.codec import h2_frames as frames
from conformance.codec.h2_relay import FieldBlock, content_of, write_block, write_frame
from conformance.model.scenario import Point
from conformance.model.transcript import FieldLine
from conformance.proxy.actions import Action, ToClient, ToServer, WakeAfter
from conformance.proxy.passage import Passage, fits
from conformance.proxy.side import Clock, Told
from conformance.syntax.h2lint import VERSION, head_text

if TYPE_CHECKING:
    from conformance.codec.h2_frames import RawFrame

#: streams' windows are opened again for so many octets at most in one frame
_INCREMENT_BOUND = 2**31 - 1


@dataclass(slots=True, kw_only=True)
class _Up:
    """A DATA frame or a trailer section on its way to the server."""

    octets: bytes
    content: bytes
    ends: bool
    block: bool = False


@dataclass(slots=True, kw_only=True)
class _Down:
    """Something on its way to the client."""

    octets: bytes
    told: Told | None = None
    interim: bool = False
    content: bytes = b""
    flow: int = 0
    ends: bool = False
    due: float = 0.0
    lost: bool = False
    again: bool = False


class H2Stream:
    """A stream; see the module.

    Attributes:
        number: stream identifier.
        passage: the exchange on it.
        gone: it was reset; nothing goes on it any more.
        silenced: the server has been told that the request ends here.
    """

    __slots__ = ("_clock", "_down", "_up", "gone", "number", "passage", "silenced")

    def __init__(self, number: int, passage: Passage, clock: Clock) -> None:
        self.number = number
        self.passage = passage
        self.gone = False
        self.silenced = False
        self._clock = clock
        self._up: deque[_Up] = deque()
        self._down: deque[_Down] = deque()

    @property
    def done(self) -> bool:
        """Tell whether both sides have ended and nothing waits."""
        passage = self.passage
        asked = passage.ended_at is not None or self.silenced
        return asked and passage.final_ended is not None and not (self._up or self._down)

    # What came

    def asked(self, *, end_stream: bool) -> None:
        """Note that the request's header section went on to the server."""
        moment, passage = self._clock.moment(), self.passage
        passage.head_at = passage.client.head_at = passage.server.head_at = moment
        if end_stream:
            passage.ended_at = passage.client.ended_at = passage.server.ended_at = moment

    def client_data(self, frame: RawFrame) -> None:
        """Take a DATA frame of the client."""
        content, moment = content_of(frame), self._clock.moment()
        ends = bool(frame.flags & frames.END_STREAM)
        self.passage.client.content(content, moment)
        if ends:
            self.passage.client.ended_at = moment
        self._up.append(_Up(octets=frame.octets, content=content, ends=ends))

    def client_trailers(self, block: FieldBlock) -> None:
        """Take the client's trailer section."""
        if block.end_stream:
            self.passage.client.ended_at = self._clock.moment()
        octets = write_block(block)
        self._up.append(_Up(octets=octets, content=b"", ends=block.end_stream, block=True))

    def server_data(self, frame: RawFrame) -> None:
        """Take a DATA frame of the server."""
        content = content_of(frame)
        self.passage.server.final_content(content)
        ends = bool(frame.flags & frames.END_STREAM)
        lost = self.passage.chosen.lose
        down = _Down(octets=frame.octets, content=content, flow=frame.length, ends=ends, lost=lost)
        self._answer(down)

    def server_block(self, block: FieldBlock) -> None:
        """Take a header or trailer section of the server."""
        chosen, moment = self.passage.chosen, self._clock.moment()
        status = _status(block)
        if self.passage.final_at is not None or not status:  # trailers, or nothing we know
            down = _Down(octets=write_block(block), ends=block.end_stream, lost=chosen.lose)
            self._answer(down)
            return
        interim = status < 200
        kept = self._kept(block, status, interim=interim)
        down = _Down(
            octets=write_block(block, kept),
            told=_told(status, kept),
            interim=interim,
            ends=block.end_stream,
        )
        told = _told(status, block.fields)
        if interim:
            self.passage.first_interims.setdefault(status, moment)
            self.passage.server.interim(told, moment)
            down.lost = fits(chosen.drop, status)
            down.again = fits(chosen.duplicate, status)
            if chosen.delay is not None and fits(chosen.delay.what, status):
                down.due = self._clock.now() + chosen.delay.by.seconds
        else:
            self.passage.final_at = moment
            self.passage.server.final_head(told, moment)
            down.lost = chosen.lose
        self._answer(down)

    def _answer(self, down: _Down) -> None:
        if down.ends:
            moment = self._clock.moment()
            self.passage.final_ended = moment
            self.passage.server.final_end(moment)
        self._down.append(down)

    def _kept(
        self, block: FieldBlock, status: int, *, interim: bool
    ) -> tuple[tuple[bytes, bytes], ...]:
        strip = self.passage.chosen.strip
        if strip is None:
            return block.fields
        meant = fits(strip.what, status) if interim else Point.FINAL_HEAD in strip.what
        if not meant:
            return block.fields
        names = {name.lower().encode("latin-1", "replace") for name in strip.fields}
        return tuple(line for line in block.fields if line[0].lower() not in names)

    # What goes on

    def step(self, actions: list[Action]) -> bool:
        """Pass on one thing in either direction; False if nothing may go."""
        return self._step_down(actions) or self._step_up(actions)

    def _step_down(self, actions: list[Action]) -> bool:
        if not self._down:
            return False
        item = self._down[0]
        wait = item.due - self._clock.now()
        if wait > 0:
            actions.append(WakeAfter(wait))
            return False
        self._down.popleft()
        if item.lost:
            actions.extend(self._credit(item.flow, to_server=True))
            return True
        actions.append(ToClient(item.octets * (2 if item.again else 1)))
        moment, client = self._clock.moment(), self.passage.client
        if item.told is not None and item.interim:
            for _ in range(2 if item.again else 1):
                client.interim(item.told, moment)
        elif item.told is not None:
            client.final_head(item.told, moment)
        if item.content:
            client.final_content(item.content)
        if item.ends:
            client.final_end(moment)
        return True

    def _step_up(self, actions: list[Action]) -> bool:
        if not self._up:
            return False
        if self.silenced or self.passage.stopped:
            if self.silenced:
                self._forget_up(actions)
            return False
        allowed, item = self.passage.allowance(), self._up[0]
        if allowed == 0:
            return False
        if allowed is not None and allowed < len(item.content):
            self._split(item, allowed)
        item = self._up.popleft()
        moment = self._clock.moment()
        actions.append(ToServer(item.octets))
        if item.content:
            self.passage.passed(item.content, moment)
        if item.ends:
            self.passage.ended_at = self.passage.server.ended_at = moment
        return True

    def _split(self, item: _Up, at: int) -> None:
        """Replace a DATA frame by two; padding stays with neither, so it goes uncredited here."""
        self._up.popleft()
        for content, ends in ((item.content[at:], item.ends), (item.content[:at], False)):
            flags = frames.END_STREAM if ends else 0
            octets = write_frame(frames.DATA, flags, self.number, content)
            self._up.appendleft(_Up(octets=octets, content=content, ends=ends))

    # What gets lost

    def forget_rest(self, actions: list[Action]) -> None:
        """Drop what waits; the windows it took are opened again."""
        self._forget_up(actions)
        flow = sum(item.flow for item in self._down)
        self._down.clear()
        actions.extend(self._credit(flow, to_server=True))

    def _forget_up(self, actions: list[Action]) -> None:
        flow = sum(len(item.octets) - frames.FRAME_HEADER for item in self._up if not item.block)
        self._up.clear()
        actions.extend(self._credit(flow, to_server=False))

    def _credit(self, flow: int, *, to_server: bool) -> list[Action]:
        if not flow:
            return []
        increment = min(flow, _INCREMENT_BOUND).to_bytes(4, "big")
        octets = write_frame(frames.WINDOW_UPDATE, 0, 0, increment)
        if not self.gone:
            octets += write_frame(frames.WINDOW_UPDATE, 0, self.number, increment)
        return [ToServer(octets) if to_server else ToClient(octets)]


def _status(block: FieldBlock) -> int:
    value = dict(block.fields).get(b":status", b"")
    return int(value) if value.isdigit() and len(value) == 3 else 0


def _told(status: int, fields: tuple[tuple[bytes, bytes], ...]) -> Told:
    return Told(
        status=status,
        reason=b"",
        version=VERSION,
        fields=tuple(FieldLine(name, value) for name, value in fields),
        head=head_text(list(fields)),
    )
