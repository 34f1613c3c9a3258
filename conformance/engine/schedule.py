"""Many cases in flight on one loop, results in a fixed order whatever finished first.

Cases are started in an order drawn from the seed, so that neighbours in a file do not always run
side by side. What ends a run early (an interrupt, a bound) leaves what is known in place.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

INTERRUPTED = "interrupted"


class StopRun(Exception):  # noqa: N818 - it ends a run, it is no error
    """Ends the whole run; the message says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled(Generic[R]):
    """What a schedule brought.

    Attributes:
        results: one per job in the jobs' order; None where a job did not finish.
        stopped: why it ended early; empty if it did not.
    """

    results: tuple[R | None, ...]
    stopped: str = ""


async def side_by_side(
    jobs: Sequence[T],
    work: Callable[[T], Awaitable[R]],
    *,
    parallel: int,
    seed: str,
    on_done: Callable[[R], None] | None = None,
) -> Scheduled[R]:
    """Work on all jobs, at most ``parallel`` at once.

    A cancellation from outside (Ctrl-C) ends the run like :class:`StopRun` does: what is known is
    returned.

    Args:
        jobs: what to do, in the order of the results.
        work: does one of them; may raise StopRun.
        parallel: how many at once.
        seed: decides the order in which they are started.
        on_done: told of each result as it comes.
    """
    order = list(range(len(jobs)))
    random.Random(seed).shuffle(order)
    waiting = deque(order)
    results: list[R | None] = [None] * len(jobs)

    async def worker() -> None:
        while waiting:
            number = waiting.popleft()
            result = await work(jobs[number])
            results[number] = result
            if on_done is not None:
                on_done(result)

    tasks = [asyncio.create_task(worker()) for _ in range(min(parallel, len(jobs)))]
    stopped = await _until_done(tasks)
    return Scheduled(results=tuple(results), stopped=stopped)


async def _until_done(tasks: list[asyncio.Task[None]]) -> str:
    """Wait for all workers; return why they were stopped, or an empty text."""
    if not tasks:
        return ""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        await _cancel(tasks)
        return INTERRUPTED
    failures = [error for task in done if (error := task.exception()) is not None]
    await _cancel(tasks)
    for error in failures:
        if not isinstance(error, StopRun):
            raise error
    return str(failures[0]) if failures else ""


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
