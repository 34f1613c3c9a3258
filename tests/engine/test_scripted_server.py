"""The scripted server of these tests leaves no connection open, at whatever moment it ends."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager


async def patient(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("turns", range(6))
def test_a_connection_ends_with_the_server(
    listening: Callable[..., AbstractAsyncContextManager[int]], turns: int
) -> None:
    async def go() -> None:
        async with listening(patient) as port:
            with socket.create_connection(("127.0.0.1", port)):
                for _ in range(turns):
                    await asyncio.sleep(0)

    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always")
        asyncio.run(go())
        gc.collect()
    assert [str(each.message) for each in left] == []


def test_a_mistake_in_a_script_is_the_test_s(
    listening: Callable[..., AbstractAsyncContextManager[int]],
) -> None:
    async def mistaken(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        raise ZeroDivisionError

    async def go() -> None:
        async with listening(mistaken) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.read()
            writer.transport.abort()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(go())
