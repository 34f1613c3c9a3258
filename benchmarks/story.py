"""What one case does on its connections, in the words of a tape."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from benchmarks.h2_octets import Arrived, Frames, Sent
from benchmarks.tape import Authority, Deed, Event, Offset, Part, Tally, Upload

if TYPE_CHECKING:
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.link import Sink

#: seconds without any event that cannot have been waiting for the processor only
_DELIBERATE = 0.5
_OURS = frozenset({Deed.CONNECT, Deed.SEND, Deed.FIN, Deed.RESET, Deed.RESTART})
#: saying these again says nothing
_ONCE = frozenset({Deed.SEEN, Deed.DRAIN, Deed.CLOSE})
_LOCATION = re.compile(rb"\r\nlocation: *([^\r\n]*)\r\n", re.IGNORECASE)
_OFFSET_TOLD = re.compile(rb"\r\nupload-offset: *(\d+)\r\n", re.IGNORECASE)
_OFFSET_SENT = re.compile(rb"(?<=\r\nUpload-Offset: )\d+(?=\r\n)")
_NAME = re.compile(rb"[A-Za-z0-9_-]{16,}$")


class Story:
    """The events of one case."""

    def __init__(self, names: dict[int, str]) -> None:
        self.events: list[Event] = []
        self.connections = 0
        self._names = names
        self._uploads: dict[bytes, int] = {}
        self._offset = b""
        self._last = time.monotonic()

    def note(self, deed: Deed, number: int, value: object = None) -> None:
        """Add an event, and before it the pause somebody made on purpose."""
        now = time.monotonic()
        if deed in _OURS and now - self._last > _DELIBERATE:
            self.events.append((Deed.PAUSE, number, round(now - self._last, 2)))
        self._last = now
        event = (deed, number, value)
        if deed not in _ONCE or not self.events or self.events[-1] != event:
            self.events.append(event)

    def learn(self, received: bytes) -> None:
        """Take from a response what later requests may repeat."""
        for found in _LOCATION.finditer(received):
            name = _NAME.search(found[1])
            if name is not None:
                self._uploads.setdefault(name[0], len(self._uploads))
        for found in _OFFSET_TOLD.finditer(received):
            self._offset = found[1]

    def parts(self, octets: bytes) -> tuple[Part, ...]:
        """Return octets with placeholders for what the server had chosen."""
        known: dict[bytes, Part] = {
            f"127.0.0.1:{port}".encode(): Authority(name) for port, name in self._names.items()
        }
        known |= {name: Upload(number) for name, number in self._uploads.items()}
        parts: list[Part] = []
        for piece in re.split(b"(" + b"|".join(map(re.escape, known)) + b")", octets):
            if piece in known:
                parts.append(known[piece])
            elif piece:
                parts += self._with_offset(piece)
        return tuple(parts)

    def _with_offset(self, piece: bytes) -> list[Part]:
        found = _OFFSET_SENT.search(piece)
        if found is None or found[0] != self._offset:
            return [piece]
        return [piece[: found.start()], Offset(), piece[found.end() :]]

    def value(self, name: bytes, value: bytes) -> tuple[Part, ...]:
        """Return a field's value as HTTP/2 has it with placeholders in it."""
        if name == b"upload-offset" and value == self._offset:
            return (Offset(),)
        return self.parts(value)

    def learn_fields(self, _status: int, fields: dict[bytes, bytes]) -> None:
        """Take from a response over HTTP/2 what later requests may repeat."""
        found = _NAME.search(fields.get(b"location", b""))
        if found is not None:
            self._uploads.setdefault(found[0], len(self._uploads))
        self._offset = fields.get(b"upload-offset", self._offset)


class Track:
    """One connection of a case; also the sink between a link and the suite's connection."""

    def __init__(self, story: Story, tally: Tally, sink: Sink) -> None:
        self.story = story
        self.number = story.connections
        self.exchanges: list[ExchangeRecord] = []
        self._tally = tally
        self._sink = sink
        self._octets = b""
        story.connections += 1

    def note(self, deed: Deed, value: object = None) -> None:
        """Add an event of this connection."""
        self.story.note(deed, self.number, value)

    def sent(self, octets: bytes) -> None:
        """Note octets the kernel took."""
        self._tally.sent += len(octets)
        self.note(Deed.SEND, self.story.parts(octets))

    def received(self, data: bytes) -> None:
        """Pass octets on and note what they completed."""
        self._tally.received += len(data)
        self._octets = self._octets[-512:] + data
        self.story.learn(self._octets)
        self._sink.received(data)
        seen = self.exchanges
        finals = sum(each.final_ended is not None for each in seen)
        heads = sum(each.final_at is not None for each in seen)
        self.note(Deed.SEEN, (finals, heads, sum(each.interims_seen for each in seen), 0))

    def finishing(self) -> None:
        """Note what is left when nothing more will be sent."""

    def ended(self, *, reset: bool, detail: str) -> None:
        """Pass the end on."""
        self.note(Deed.ENDED)
        self._sink.ended(reset=reset, detail=detail)

    def room(self) -> None:
        """Pass it on."""
        self._sink.room()


class H2Track(Track):
    """One HTTP/2 connection of a case."""

    def __init__(self, story: Story, tally: Tally, sink: Sink) -> None:
        super().__init__(story, tally, sink)
        self._ours = Sent(story.value)
        self._theirs = Arrived(story.learn_fields)

    def sent(self, octets: bytes) -> None:
        """Note frames the kernel took."""
        self._tally.sent += len(octets)
        frames = self._ours.take(octets)
        if frames.parts:
            self.note(Deed.SEND, frames)

    def received(self, data: bytes) -> None:
        """Note what arrived and pass it on: a WINDOW_UPDATE may be answered in that call."""
        self._tally.received += len(data)
        theirs = self._theirs
        theirs.take(data)
        self.note(Deed.SEEN, (len(theirs.over), theirs.heads, theirs.interims, theirs.greeted))
        self._sink.received(data)

    def finishing(self) -> None:
        """Note octets that never became a frame."""
        rest = self._ours.rest()
        if rest:
            self.note(Deed.SEND, Frames((rest,), ()))
