"""Waiting for things that happen in callbacks: one future for each waiter, no task, no polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Condition = Callable[[], bool]


class Pulse:
    """Wakes those whose condition has come true whenever something happened."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[tuple[Condition, asyncio.Future[bool]]] = []

    def beat(self) -> None:
        """Tell that something happened."""
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(True)

    async def until(self, condition: Condition, at_most: float) -> bool:
        """Wait until a condition holds; False if it did not within that many seconds."""
        if condition():
            return True
        if at_most <= 0:
            return False
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        entry = (condition, future)
        timer = loop.call_later(at_most, _give_up, future)
        self._waiting.append(entry)
        try:
            return await future
        finally:
            timer.cancel()
            self._waiting.remove(entry)


def _give_up(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)
