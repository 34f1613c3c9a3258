"""A process that runs the draft set once and writes down what it does on its sockets.

It is never measured, so it may look over the shoulder of the suite's own links.
"""

from __future__ import annotations

import argparse
import asyncio
import contextvars
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.judged import settings_for
from benchmarks.story import H2Track, Story, Track
from benchmarks.tape import Deed, Tally, Tape
from conformance.embedded import Embedded
from conformance.engine import attempt
from conformance.engine.run import prepare
from conformance.engine.schedule import side_by_side
from conformance.wire import H1Connection, H2Connection, carrier
from conformance.wire.tcp import TcpLink

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    from conformance.engine.attempt import PreparedCase
    from conformance.engine.settings import RunSettings
    from conformance.model.result import CaseResult
    from conformance.wire import OutgoingRequest
    from conformance.wire.link import Sink


class Studio:
    """Collects the stories of a run."""

    def __init__(self, names: dict[int, str], http: str) -> None:
        self.http = http
        self.stories: list[Story] = []
        self.tracks: list[Track] = []
        self.tally = Tally()
        self.names = names
        self.story: contextvars.ContextVar[Story] = contextvars.ContextVar("story")

    def begin(self) -> Story:
        """Begin the story of what runs in this context from now on."""
        story = Story(self.names)
        self.stories.append(story)
        self.story.set(story)
        return story

    def install(self) -> None:
        """Put recording links in the place of the suite's."""
        studio = self

        class RecordingLink(TcpLink):
            __slots__ = ("track",)

            def __init__(self, sock: socket.socket, sink: Sink) -> None:
                track = H2Track if studio.http == "h2" else Track
                self.track = track(studio.story.get(), studio.tally, sink)
                studio.tracks.append(self.track)
                studio.tally.connections += 1
                self.track.note(Deed.CONNECT, studio.names[sock.getpeername()[1]])
                super().__init__(sock, self.track)

            def push(self, octets: bytes) -> int:
                count = super().push(octets)
                if count:
                    self.track.sent(octets[:count])
                return count

            def unacknowledged(self) -> int | None:
                self.track.note(Deed.DRAIN)
                return super().unacknowledged()

            def finish_sending(self) -> None:
                self.track.finishing()
                self.track.note(Deed.FIN)
                super().finish_sending()

            def reset(self) -> None:
                self.track.finishing()
                self.track.note(Deed.RESET)
                super().reset()

            def close(self) -> None:
                self.track.note(Deed.CLOSE)
                super().close()

        carrier.TcpLink = RecordingLink  # type: ignore[attr-defined]
        for kind in (H1Connection, H2Connection):
            self._note_requests(kind)

    def _note_requests(self, kind: Any) -> None:
        studio, begin = self, kind.begin

        def begin_noted(connection: Any, request: OutgoingRequest) -> Any:
            exchange = begin(connection, request)
            track = getattr(connection.link, "track", None)
            if track is not None:
                studio.tally.requests += 1
                track.exchanges.append(exchange.record)
                track.note(Deed.BEGIN, request.method)
            return exchange

        kind.begin = begin_noted

    def watch_restarts(self, settings: RunSettings) -> RunSettings:
        """Return settings whose restarts are noted."""

        def noted(hook: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
            async def restart() -> None:
                self.story.get().note(Deed.RESTART, 0)
                await hook()

            return restart

        targets = tuple(
            each
            if each.restart_hook is None
            else replace(each, restart_hook=noted(each.restart_hook))
            for each in settings.targets
        )
        return replace(settings, targets=targets)

    def tape(self, parallel: int) -> Tape:
        """Return everything recorded."""
        self.tally.statuses.update(
            each.final.head.status
            for track in self.tracks
            for each in track.exchanges
            if each.final is not None
        )
        cases = [story.events for story in self.stories if story.events]
        return Tape(cases=cases, http=self.http, parallel=parallel, tally=self.tally)


async def record(studio: Studio, settings: RunSettings) -> Tape:
    """Run everything and return the tape."""
    studio.begin()
    prepared = await prepare(settings)

    async def one(case: PreparedCase) -> CaseResult:
        studio.begin()
        return await attempt.run_case(case)

    await side_by_side(prepared.cases, one, parallel=settings.parallel, seed=settings.seed)
    return studio.tape(settings.parallel)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draft", required=True)
    parser.add_argument("--http", required=True, choices=("h1", "h2"))
    parser.add_argument("tape", type=Path)
    read = parser.parse_args()
    with Embedded() as embedded:
        ports = {
            int(each.url.rsplit(":", 1)[1].strip("/")): name
            for name, each in embedded.configurations.items()
        }
        studio = Studio(ports, read.http)
        studio.install()
        settings = studio.watch_restarts(settings_for(embedded, read.draft, read.http))
        tape = asyncio.run(record(studio, settings))
    tape.save(read.tape)
    print(json.dumps(tape.tally.told()))


if __name__ == "__main__":
    main()
