"""A target may allow one stream at a time: what would need a second one is then not due."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import RequestReceived
from h2.settings import SettingCodes, Settings

from conformance.wire import H2Exchange

if TYPE_CHECKING:
    import pytest


async def one_stream_at_a_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announce uploads by 104, end none of them, and refuse a second stream."""
    state = H2Connection(H2Configuration(client_side=False))
    state.local_settings = Settings(
        client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    )
    state.initiate_connection()
    writer.write(state.data_to_send())
    while octets := await reader.read(65536):
        for event in state.receive_data(octets):
            if isinstance(event, RequestReceived) and event.stream_id > 1:
                state.reset_stream(event.stream_id, ErrorCodes.REFUSED_STREAM)
            elif isinstance(event, RequestReceived):
                head = [(":status", "104"), ("location", "/u/1")]
                head.append(("upload-draft-interop-version", "9"))
                state.send_headers(event.stream_id, head)
        writer.write(state.data_to_send())


def test_what_needs_a_second_stream_is_not_due(
    bench: Any, listening: Any, make_step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = H2Exchange.send_head.__kwdefaults__
    assert patience is not None
    monkeypatch.setitem(patience, "at_most", 0.3)
    bench.transport = "h2"

    async def go() -> Any:
        async with listening(one_stream_at_a_time) as port:
            ran = await bench.against(
                f"http://127.0.0.1:{port}/files",
                make_step("create", "up", declare="whole", send="0..1 KiB", leave=True),
                make_step("retrieve", "seen", of="up", over="up"),
            )
            others = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.wait_for(asyncio.gather(*others), 5)
            return ran

    ran = asyncio.run(go())
    assert "no further stream" in ran.binding.not_due["seen"]
    assert "seen" not in ran.binding.steps
    assert ran.binding.not_run == {}
