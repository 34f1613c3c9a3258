"""A process that plays a tape against a fresh reference server: same octets, nothing judged.

It reads of a response only what playing on needs: its end, interim or final, the location and the
offset it tells.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from benchmarks.h2_octets import Frames, Head
from benchmarks.lines import Case, H2Line, Line
from benchmarks.tape import Authority, Deed, Event, Part, Tally, Tape, cpu_seconds
from conformance.embedded import Embedded

if TYPE_CHECKING:
    from collections.abc import Iterable


class Player:
    """Plays cases, many at once."""

    def __init__(self, embedded: Embedded, line: type[Line]) -> None:
        self._line = line
        self.tally = Tally()
        self.late = 0
        self._addresses: dict[str, tuple[str, int]] = {}
        self._restart = embedded.configurations["restartable"].restart
        for name, each in embedded.configurations.items():
            parts = urlsplit(each.url)
            self._addresses[name] = (parts.hostname or "", parts.port or 0)

    def address(self, tape: Tape) -> list[list[Event]]:
        """Put the servers' addresses in their places, where they are known beforehand."""
        return [[self._addressed(event) for event in case] for case in tape.cases]

    def _addressed(self, event: Event) -> Event:
        deed, number, value = event
        if deed is not Deed.SEND:
            return event
        if isinstance(value, Frames):
            return deed, number, Frames(tuple(map(self._head, value.parts)), value.content)
        return deed, number, self._parts(cast("Iterable[Part]", value))

    def _head(self, part: bytes | Head) -> bytes | Head:
        if isinstance(part, bytes):
            return part
        fields = tuple((name, self._parts(value)) for name, value in part.fields)
        return Head(part.stream, part.flags, fields)

    def _parts(self, value: Iterable[Part]) -> tuple[Part, ...]:
        parts: list[Part] = []
        for part in value:
            if isinstance(part, Authority):
                host, port = self._addresses[part.name]
                octets = f"{host}:{port}".encode()
            elif isinstance(part, bytes):
                octets = part
            else:
                parts.append(part)
                continue
            if parts and isinstance(parts[-1], bytes):
                parts[-1] += octets
            else:
                parts.append(octets)
        return tuple(parts)

    async def play(self, cases: list[list[Event]], parallel: int) -> None:
        """Play all cases; those that restart the server when nobody else is there."""
        waiting = deque(cases[1:])
        alone = [case for case in waiting if any(deed is Deed.RESTART for deed, _, _ in case)]
        waiting = deque(case for case in waiting if case not in alone)

        async def worker() -> None:
            while waiting:
                await self._case(waiting.popleft())

        await self._case(cases[0])  # trying out
        await asyncio.gather(*(worker() for _ in range(parallel)))
        for case in alone:
            await self._case(case)

    async def _case(self, events: list[Event]) -> None:
        case = Case(self.tally)
        lines: dict[int, Line] = {}
        try:
            for deed, number, value in events:
                await self._event(case, lines, (deed, number, value))
        finally:
            for line in lines.values():
                line.close()

    async def _event(self, case: Case, lines: dict[int, Line], event: Event) -> None:
        deed, number, value = event
        match deed:
            case Deed.CONNECT:
                line = lines[number] = self._line(case)
                await line.connect(self._addresses[str(value)])
            case Deed.PAUSE:
                await asyncio.sleep(cast("float", value))
            case Deed.RESTART:
                assert self._restart is not None
                await self._restart()
            case Deed.BEGIN:
                self.tally.requests += 1
                lines[number].methods.append(str(value))
            case _:
                await self._on_line(lines[number], deed, value)

    async def _on_line(self, line: Line, deed: Deed, value: object) -> None:
        match deed:
            case Deed.SEND:
                await line.say(value)
            case Deed.SEEN:
                finals, heads, interims, greeted = cast("tuple[int, int, int, int]", value)
                # How many interim responses tell of progress is a matter of chance: one will do.
                first = min(interims, 1) if not heads else 0
                self.late += not await line.until(
                    lambda: (
                        line.ended
                        or (
                            line.finals >= finals
                            and line.heads >= heads
                            and line.interims >= first
                            and line.greeted >= greeted
                        )
                    )
                )
            case Deed.ENDED:
                self.late += not await line.until(lambda: line.ended)
            case Deed.DRAIN:
                if not line.closed:
                    await line.drain()
            case Deed.FIN:
                line.finish()
            case _:
                line.close(reset=deed is Deed.RESET)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tape", type=Path)
    path = parser.parse_args().tape
    began, clock = cpu_seconds(), time.monotonic()
    with Embedded() as embedded:
        tape = Tape.load(path)
        player = Player(embedded, H2Line if tape.http == "h2" else Line)
        asyncio.run(player.play(player.address(tape), tape.parallel))
    seconds = time.monotonic() - clock
    told = {
        "cpu": cpu_seconds() - began,
        "seconds": seconds,
        "late": player.late,
        **player.tally.told(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
