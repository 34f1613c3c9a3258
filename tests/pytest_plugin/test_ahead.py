"""Cases side by side in the background."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.engine.schedule import StopRun
from conformance.model.errors import InternalError, SuiteError, TargetError
from conformance.pytest_plugin import ahead
from conformance.pytest_plugin.ahead import Ahead, Background

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from conformance.engine.run import Prepared

WITHIN = 10.0


@pytest.fixture
def background() -> Iterator[Background]:
    loop = Background()
    yield loop
    loop.close()


def preparing(
    *ids: str, aside: tuple[str, ...] = (), alone: tuple[str, ...] = ()
) -> Callable[[], Awaitable[Prepared]]:
    async def prepare() -> Prepared:
        return cast(
            "Prepared",
            SimpleNamespace(
                cases=[SimpleNamespace(id=each, alone=each in alone) for each in ids],
                aside=[SimpleNamespace(id=each) for each in aside],
            ),
        )

    return prepare


def run_as(monkeypatch: pytest.MonkeyPatch, run: Callable[[Any], Awaitable[Any]]) -> None:
    monkeypatch.setattr(ahead, "run_case", run)


async def settled() -> None:
    """Let everybody on the loop get as far as they can without being helped on."""
    for _ in range(50):
        await asyncio.sleep(0)


def let_go(background: Background, held: asyncio.Event, inside: set[str]) -> set[str]:
    """Return who is inside once all announced cases are as far as they get; then let them go on."""

    async def work() -> set[str]:
        await settled()
        found = set(inside)
        held.set()
        return found

    return background.await_result(background.submit(work()))


def test_cases_start_in_order_and_no_more_at_once_than_allowed(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    inside: set[str] = set()
    most = 0
    held = asyncio.Event()

    async def run(case: Any) -> str:
        nonlocal most
        started.append(case.id)
        inside.add(case.id)
        most = max(most, len(inside))
        await asyncio.wait_for(held.wait(), WITHIN)
        await asyncio.sleep(0)
        inside.remove(case.id)
        return f"result of {case.id}"

    run_as(monkeypatch, run)
    ids = [f"c{number}" for number in range(20)]
    cases = Ahead(background, preparing(*ids), parallel=3)
    cases.announce(ids)
    assert let_go(background, held, inside) == {"c0", "c1", "c2"}
    assert cast("str", cases.result("c19")) == "result of c19"
    assert started == ids
    assert most == 3


def test_a_case_that_takes_the_server_down_runs_when_nothing_else_does(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: set[str] = set()
    beside: dict[str, set[str]] = {}
    held = asyncio.Event()

    async def run(case: Any) -> str:
        inside.add(case.id)
        await asyncio.wait_for(held.wait(), WITHIN)
        if case.alone:
            await settled()
        beside[case.id] = set(inside)
        inside.remove(case.id)
        return "done"

    run_as(monkeypatch, run)
    ids = [f"c{number}" for number in range(9)]
    cases = Ahead(background, preparing(*ids, alone=("c4",)), parallel=9)
    cases.announce(ids)
    assert let_go(background, held, inside) == {"c0", "c1", "c2", "c3"}
    assert [cast("str", cases.result(each)) for each in ids] == ["done"] * 9
    assert beside["c4"] == {"c4"}
    assert not any("c4" in beside[each] for each in ids if each != "c4")


def test_a_case_runs_while_nobody_waits_for_it(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = threading.Event()

    async def run(_case: Any) -> str:
        ran.set()
        return "done"

    run_as(monkeypatch, run)
    cases = Ahead(background, preparing("a"), parallel=1)
    cases.announce(["a"])
    assert ran.wait(WITHIN)


def test_who_asks_again_gets_a_new_run(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(5))

    async def run(_case: Any) -> int:
        return next(numbers)

    run_as(monkeypatch, run)
    cases = Ahead(background, preparing("a"), parallel=1)
    assert [cast("int", cases.result("a")) for _ in range(2)] == [0, 1]


def test_a_case_that_does_not_apply_has_its_result_or_none(background: Background) -> None:
    cases = Ahead(background, preparing(aside=("a",)), parallel=1)
    assert getattr(cases.result("a"), "id", None) == "a"
    assert cases.result("b") is None


def test_trouble_of_the_target_reaches_whoever_asks(background: Background) -> None:
    async def prepare() -> Prepared:
        raise TargetError("nobody answers")

    cases = Ahead(background, prepare, parallel=1)
    for ask in (cases.prepared, lambda: cases.result("a")):
        with pytest.raises(TargetError, match="nobody answers"):
            ask()


def test_a_bound_reached_is_told(background: Background, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(_case: Any) -> None:
        raise StopRun("the bound of 10 requests is reached")

    run_as(monkeypatch, run)
    with pytest.raises(SuiteError, match="not run: the bound of 10 requests"):
        Ahead(background, preparing("a"), parallel=1).result("a")


def test_closing_cancels_what_runs_and_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    running, cancelled = threading.Event(), threading.Event()

    async def run(_case: Any) -> None:
        running.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    run_as(monkeypatch, run)
    background = Background()
    cases = Ahead(background, preparing("a"), parallel=1)
    cases.announce(["a"])
    assert running.wait(WITHIN)
    background.close()
    background.close()
    assert cancelled.is_set()
    assert not any(thread.name == "resumable" for thread in threading.enumerate())
    with pytest.raises(InternalError, match="given up"):
        cases.result("a")


def test_a_result_that_never_comes_is_our_error(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_LONGEST", 0.0)
    monkeypatch.setattr(ahead, "_SLICE", 0.01)
    with pytest.raises(InternalError, match="no result came"):
        background.await_result(background.submit(asyncio.sleep(3600)))
