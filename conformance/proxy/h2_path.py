"""An HTTP/2 connection on the path: frames followed in both directions; no sockets (RFC 9113).

Each stream goes its own way: what is withheld on one does not stop the others. Flow control stays
between the two ends; only octets that get lost here are credited from here. Frames are passed on
as they came, but for field blocks (see :mod:`conformance.codec.h2_relay`) and content that is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from conformance.codec import h2_frames as frames
from conformance.codec.h2_frames import PREFACE
from conformance.codec.h2_relay import (
    BlockDecoder,
    FieldBlock,
    FrameSplitter,
    NotFollowedError,
    write_block,
    write_frame,
)
from conformance.model.transcript import CutHow, End, FieldLine, Framing
from conformance.proxy.actions import (
    Action,
    EndToClient,
    EndToServer,
    MakeCut,
    ToClient,
    ToServer,
    WakeAfter,
)
from conformance.proxy.h1_parts import last_of
from conformance.proxy.h2_stream import H2Stream
from conformance.proxy.passage import Passage
from conformance.proxy.side import Asked
from conformance.syntax.h2lint import VERSION, head_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.codec.h2_frames import RawFrame
    from conformance.faults.chosen import Chosen
    from conformance.model.scenario import Cut
    from conformance.proxy.side import Journal

#: streams of one connection that are remembered, those included that were reset
_STREAMS_KEPT = 2_000
_STREAM_FRAMES = frozenset({frames.DATA, frames.RST_STREAM, frames.WINDOW_UPDATE})


class H2Path:
    """One connection with a client and the one with the server that belongs to it.

    Args:
        journal: where everything is recorded.
        connection: number of the connection there.
        choose: tells what happens to an exchange, by method and target.
        concluded: told of each exchange that can no longer be interrupted.
    """

    def __init__(
        self,
        journal: Journal,
        connection: int,
        choose: Callable[[str, str], Chosen],
        concluded: Callable[[Passage], None],
    ) -> None:
        self._journal = journal
        self._connection = connection
        self._choose = choose
        self._concluded = concluded
        self._splitters = {True: FrameSplitter(preface=True), False: FrameSplitter(preface=False)}
        self._blocks = {True: BlockDecoder(), False: BlockDecoder()}
        self._streams: dict[int, H2Stream] = {}
        self._begun = False
        self._lost = ""
        self._over = False

    def client_says(self, data: bytes) -> list[Action]:
        """Take octets from the client."""
        return self._says(data, from_client=True)

    def server_says(self, data: bytes) -> list[Action]:
        """Take octets from the server."""
        return self._says(data, from_client=False)

    def client_ends(self) -> list[Action]:
        """Take the end of what the client says."""
        return [] if self._over else [EndToServer()]

    def server_ends(self) -> list[Action]:
        """Take the end of what the server says."""
        return [] if self._over else [EndToClient()]

    def wake(self) -> list[Action]:
        """Go on after some time."""
        actions: list[Action] = []
        for stream in list(self._streams.values()):
            if not self._over:
                self._work(stream, actions)
        return actions

    def under_way(self, method: str, target: str) -> Passage | None:
        """Return the last exchange of a kind that has not ended."""
        going = [stream.passage for stream in self._streams.values() if not stream.gone]
        return last_of(going, method, target)

    def abandon(self, detail: str) -> None:
        """Note that the connections are gone."""
        self._over = True
        moment = self._journal.clock.moment()
        for stream in self._streams.values():
            for side in (stream.passage.client, stream.passage.server):
                side.finish(End.CLOSED, moment, detail)
            self._concluded(stream.passage)
        self._streams.clear()

    def _says(self, data: bytes, *, from_client: bool) -> list[Action]:
        if self._over:
            return []
        if self._lost:
            return [_onward(data, from_client=from_client)]
        actions: list[Action] = []
        splitter = self._splitters[from_client]
        found = splitter.feed(data)
        if from_client and not self._begun:
            self._begun = True
            actions.append(ToServer(PREFACE))
        for number, frame in enumerate(found):
            try:
                self._take(frame, actions, from_client=from_client)
            except NotFollowedError as error:
                self._give_up(error.detail, found[number:], actions, from_client=from_client)
                return actions
            if not self._goes_on():
                break
        return actions

    def _goes_on(self) -> bool:
        return not self._over

    def _give_up(
        self, detail: str, left: list[RawFrame], actions: list[Action], *, from_client: bool
    ) -> None:
        """Pass on everything as it is from now on."""
        self._lost = detail
        actions += [_onward(frame.octets, from_client=from_client) for frame in left]
        actions += [
            _onward(bytes(splitter.rest), from_client=client)
            for client, splitter in self._splitters.items()
            if splitter.rest
        ]

    def _take(self, frame: RawFrame, actions: list[Action], *, from_client: bool) -> None:
        blocks = self._blocks[from_client]
        if blocks.wants(frame):
            block = blocks.take(frame)
            if block is not None:
                self._take_block(block, actions, from_client=from_client)
            return
        stream = self._streams.get(frame.stream) if frame.type in _STREAM_FRAMES else None
        if stream is None:
            actions.append(_onward(frame.octets, from_client=from_client))
            return
        if frame.type == frames.RST_STREAM:
            self._reset(stream, frame, actions, from_client=from_client)
        elif frame.type == frames.WINDOW_UPDATE:
            if not stream.gone:
                actions.append(_onward(frame.octets, from_client=from_client))
        elif from_client:
            stream.client_data(frame)
            self._work(stream, actions)
        else:
            stream.server_data(frame)
            self._work(stream, actions)

    def _take_block(self, block: FieldBlock, actions: list[Action], *, from_client: bool) -> None:
        stream = self._streams.get(block.stream)
        if from_client and stream is None and block.type == frames.HEADERS:
            stream = self._open(block)
            actions.append(ToServer(write_block(block)))
            stream.asked(end_stream=block.end_stream)
        elif stream is None or block.type != frames.HEADERS:
            actions.append(_onward(write_block(block), from_client=from_client))
            return
        elif from_client:
            stream.client_trailers(block)
        else:
            stream.server_block(block)
        self._work(stream, actions)

    def _open(self, block: FieldBlock) -> H2Stream:
        known = dict(block.fields)
        length = known.get(b"content-length", b"")
        lines = tuple(FieldLine(name, value) for name, value in block.fields)
        pairs = [(name, value) for name, value in block.fields]
        declared = int(length) if length.isdigit() and len(length) < 19 else None
        if block.end_stream:
            declared = 0
        asked = Asked(
            method=known.get(b":method", b"").decode("latin-1"),
            target=known.get(b":path", b"").decode("latin-1"),
            version=VERSION,
            fields=lines,
            head=head_text(pairs),
            framing=Framing.NONE if block.end_stream else Framing.CONTENT_LENGTH,
            declared=declared,
        )
        self._prune()
        sides = self._journal.begin(self._connection, asked, block.stream)
        passage = Passage(self._choose(asked.method, asked.target), sides, self._journal.clock)
        stream = self._streams[block.stream] = H2Stream(block.stream, passage, self._journal.clock)
        return stream

    def _prune(self) -> None:
        """Forget streams that were reset long ago; nothing late comes on them any more."""
        if len(self._streams) >= _STREAMS_KEPT:
            gone = [number for number, each in self._streams.items() if each.gone]
            for number in gone[: _STREAMS_KEPT // 2]:
                del self._streams[number]

    def _work(self, stream: H2Stream, actions: list[Action]) -> None:
        """Pass on what may go on a stream, and interrupt it if that is due."""
        while not self._over and not stream.gone:
            went = stream.step(actions)
            cut = stream.passage.cut_due()
            if cut is not None:
                self._cut(stream, cut, actions)
                return
            if not went:
                seconds = stream.passage.sleeps()
                if seconds is not None:
                    actions.append(WakeAfter(seconds))
                break
        if stream.gone:
            stream.forget_rest(actions)
        elif stream.done:
            self._concluded(stream.passage)
            del self._streams[stream.number]

    def _cut(self, stream: H2Stream, cut: Cut, actions: list[Action]) -> None:
        number, how = stream.number, cut.how
        stream.forget_rest(actions)
        if how is CutHow.RESET:
            code = int(ErrorCodes.CANCEL).to_bytes(4, "big")
            reset = write_frame(frames.RST_STREAM, 0, number, code)
            stream.gone = True
            made = MakeCut(passage=stream.passage, how=how, to_server=reset, to_client=reset)
        elif how is CutHow.HALF_CLOSE:
            end = write_frame(frames.DATA, frames.END_STREAM, number)
            stream.silenced = True
            made = MakeCut(passage=stream.passage, how=how, to_server=end)
        else:
            self._over = True
            made = MakeCut(passage=stream.passage, how=how)
        actions.append(made)

    def _reset(
        self, stream: H2Stream, frame: RawFrame, actions: list[Action], *, from_client: bool
    ) -> None:
        if stream.gone:  # it was reset from here
            return
        moment = self._journal.clock.moment()
        stream.forget_rest(actions)
        actions.append(_onward(frame.octets, from_client=from_client))
        who = "client" if from_client else "server"
        for side in (stream.passage.client, stream.passage.server):
            side.finish(End.RESET, moment, f"the {who} reset the stream: {frame.words}")
        self._concluded(stream.passage)
        stream.gone = True


def _onward(octets: bytes, *, from_client: bool) -> Action:
    return ToServer(octets) if from_client else ToClient(octets)
