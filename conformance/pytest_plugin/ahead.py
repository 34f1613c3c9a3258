"""Cases run side by side on a loop in a thread of its own, ahead of the tests that want them.

pytest runs one test after another; a conformance run waits most of its time. So a test only
collects its result, and the loop is always some cases further.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.engine.attempt import run_case
from conformance.engine.schedule import StopRun
from conformance.engine.world import Gate
from conformance.model.errors import InternalError, SuiteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    from conformance.engine.run import Prepared
    from conformance.model.result import CaseResult

T = TypeVar("T")

_SLICE = 0.5
_LONGEST = 600.0  # a backstop: the engine's own deadlines end a case long before
_END_WITHIN = 10.0


class Background:
    """An event loop in a thread; ends with everything on it when closed."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="resumable", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._ready.set()
        # asyncio.run cancels whatever is left when this returns
        await self._stop.wait()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin with something; returns what it will bring."""
        assert self._loop is not None  # noqa: S101 - set before the constructor returns
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def await_result(self, future: Future[T]) -> T:
        """Wait for something begun; an interrupt gets through.

        Raises:
            InternalError: the loop is gone, or it takes longer than anything should.
        """
        end = time.monotonic() + _LONGEST
        while True:
            try:
                return future.result(_SLICE)
            except TimeoutError:
                if future.done():
                    raise
                if not self._thread.is_alive() or time.monotonic() > end:
                    raise InternalError("no result came; please report this") from None
            except CancelledError:
                raise InternalError("the case was given up") from None

    def close(self) -> None:
        """Cancel everything and end the thread; may be called again."""
        assert self._loop is not None  # noqa: S101 - see submit
        assert self._stop is not None  # noqa: S101 - see submit
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_END_WITHIN)


class Ahead:
    """Runs cases in the order they are announced, several at once."""

    def __init__(
        self,
        background: Background,
        prepare: Callable[[], Awaitable[Prepared]],
        parallel: int,
    ) -> None:
        self._background = background
        self._begun: dict[str, Future[CaseResult | None]] = {}
        self._parallel = parallel
        self._places: asyncio.Semaphore | None = None
        self._gate: Gate | None = None
        self._prepared = background.submit(self._prepare(prepare))

    async def _prepare(self, prepare: Callable[[], Awaitable[Prepared]]) -> _Ready:
        self._places, self._gate = asyncio.Semaphore(self._parallel), Gate()
        return _Ready(await prepare())

    def prepared(self) -> Prepared:
        """Return what is known before anything runs; waits for it.

        Raises:
            SuiteError: nothing can be judged.
        """
        return self._background.await_result(self._prepared).prepared

    def announce(self, ids: Iterable[str]) -> None:
        """Begin with cases that will be asked for, in this order."""
        for key in ids:
            if key not in self._begun:
                self._begun[key] = self._background.submit(self._one(key))

    async def _one(self, key: str) -> CaseResult | None:
        ready = await asyncio.wrap_future(self._prepared)
        if key in ready.aside:
            return ready.aside[key]
        case = ready.cases.get(key)
        if case is None:
            return None
        assert self._places is not None  # noqa: S101 - made before anything is prepared
        assert self._gate is not None  # noqa: S101 - likewise
        async with self._places, self._gate.alone() if case.alone else self._gate.shared():
            try:
                return await run_case(case)
            except StopRun as stop:
                raise SuiteError(f"not run: {stop}") from None

    def result(self, key: str) -> CaseResult | None:
        """Return the result of a case; None if it does not apply to the target at all.

        Raises:
            SuiteError: it could not be run.
        """
        self.announce((key,))
        # handed over once: keeping it would keep all octets, and who asks again wants a new run
        return self._background.await_result(self._begun.pop(key))


class _Ready:
    """What was prepared, by id."""

    __slots__ = ("aside", "cases", "prepared")

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.cases = {case.id: case for case in prepared.cases}
        self.aside = {result.id: result for result in prepared.aside}
