"""A server of h2 and nothing else: reads requests, throws the content away, answers 201."""

from __future__ import annotations

import asyncio

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamEnded
from h2.settings import SettingCodes

from benchmarks.sink import serve

#: what a server that takes large uploads announces, so that windows do not decide
WINDOW = 16 * 1024 * 1024
_DEFAULT = 65_535


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._h2 = H2Connection(H2Configuration(client_side=False))
        self._h2.initiate_connection()
        self._h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: WINDOW})
        self._h2.increment_flow_control_window(WINDOW - _DEFAULT)
        transport.write(self._h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        """Let h2 understand the octets; keep none."""
        h2 = self._h2
        for event in h2.receive_data(data):
            if isinstance(event, DataReceived):
                h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamEnded):
                h2.send_headers(event.stream_id, [(":status", "201")], end_stream=True)
        octets = h2.data_to_send()
        if octets:
            self._transport.write(octets)

    def eof_received(self) -> bool:
        """Close with the client."""
        return False


if __name__ == "__main__":
    asyncio.run(serve(Sink))
