"""Jobs run side by side, bounded, in a fixed order of results."""

from __future__ import annotations

import asyncio

import pytest

from conformance.engine.schedule import INTERRUPTED, StopRun, side_by_side


def test_results_keep_the_jobs_order_whatever_finishes_first() -> None:
    async def work(job: int) -> int:
        for _ in range(20 - job):
            await asyncio.sleep(0)
        return job * 10

    found = asyncio.run(side_by_side(range(20), work, parallel=7, seed="x"))

    assert found.results == tuple(job * 10 for job in range(20))
    assert found.stopped == ""


def test_no_more_than_parallel_jobs_are_in_flight_and_the_bound_is_used() -> None:
    running = 0
    most = 0

    async def work(_job: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1

    asyncio.run(side_by_side(range(50), work, parallel=5, seed="x"))

    assert most == 5


def test_the_seed_decides_the_order_of_starts() -> None:
    async def started(seed: str) -> list[int]:
        order: list[int] = []

        async def work(job: int) -> None:
            order.append(job)

        await side_by_side(range(30), work, parallel=1, seed=seed)
        return order

    first, again, other = (asyncio.run(started(seed)) for seed in ("a", "a", "b"))

    assert first == again
    assert first != other
    assert sorted(first) == list(range(30))


def test_a_bound_stops_the_run_and_keeps_what_is_known() -> None:
    async def work(job: int) -> int:
        if job == 3:
            raise StopRun("reached --max-requests 10")
        await asyncio.sleep(0)
        return job

    found = asyncio.run(side_by_side(range(6), work, parallel=1, seed="s"))

    assert found.stopped == "reached --max-requests 10"
    assert found.results[3] is None
    assert set(found.results) <= {None, 0, 1, 2, 4, 5}


def test_an_interrupt_ends_the_run_and_cancels_what_is_in_flight() -> None:
    cancelled: list[int] = []

    async def work(job: int) -> int:
        if job == 0:
            return job
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(job)
            raise
        return job

    async def scenario() -> tuple[tuple[int | None, ...], str]:
        run = asyncio.create_task(side_by_side(range(3), work, parallel=3, seed="s"))
        for _ in range(5):
            await asyncio.sleep(0)
        run.cancel()
        found = await run
        return found.results, found.stopped

    results, stopped = asyncio.run(scenario())

    assert results == (0, None, None)
    assert stopped == INTERRUPTED
    assert sorted(cancelled) == [1, 2]


def test_a_bug_in_a_job_is_raised_and_the_others_are_cancelled() -> None:
    async def work(job: int) -> int:
        if job == 1:
            raise ZeroDivisionError
        await asyncio.sleep(60)
        return job

    with pytest.raises(ZeroDivisionError):
        asyncio.run(side_by_side(range(3), work, parallel=3, seed="s"))


def test_nothing_to_do_is_done_at_once() -> None:
    async def work(job: int) -> int:
        return job

    found = asyncio.run(side_by_side((), work, parallel=3, seed="s"))

    assert found.results == ()


def test_each_result_is_told_as_it_comes() -> None:
    told: list[int] = []

    async def work(job: int) -> int:
        return job

    asyncio.run(side_by_side(range(9), work, parallel=2, seed="s", on_done=told.append))

    assert sorted(told) == list(range(9))
