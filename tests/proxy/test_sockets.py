"""What the proxy knows of a connection that died, without any connection."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.proxy.sockets import Socket


def died_of(error: Exception | None) -> Any:
    async def made() -> Socket:
        reader = asyncio.StreamReader()
        if error is not None:
            reader.set_exception(error)
        return Socket(SimpleNamespace(reader=reader, writer=None))

    return asyncio.run(made())


@pytest.mark.parametrize("error", [ConnectionResetError(), BrokenPipeError()])
def test_a_reset_is_one_whether_reading_or_writing_met_it(error: Exception) -> None:
    assert died_of(error).was_reset


@pytest.mark.parametrize("error", [None, TimeoutError()])
def test_nothing_else_is_a_reset(error: Exception | None) -> None:
    assert not died_of(error).was_reset
