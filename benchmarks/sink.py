"""A server of h11 and nothing else: reads whole requests, throws the content away, answers 201."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import Callable


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._h11 = h11.Connection(h11.SERVER)

    def data_received(self, data: bytes) -> None:
        """Let h11 understand the octets; keep none."""
        self._h11.receive_data(data)
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return
            if isinstance(event, h11.EndOfMessage):
                self._answer()

    def eof_received(self) -> bool:
        """Close with the client."""
        return False

    def _answer(self) -> None:
        head = h11.Response(status_code=201, headers=[(b"Content-Length", b"0")])
        octets = [self._h11.send(head), self._h11.send(h11.EndOfMessage())]
        self._transport.write(b"".join(each for each in octets if each))
        self._h11.start_next_cycle()


async def serve(sink: Callable[[], asyncio.Protocol]) -> None:
    """Say on which port a sink listens, and take connections until whoever started us is gone."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(sink, "127.0.0.1", 0)
    print(json.dumps({"sink": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Sink))
