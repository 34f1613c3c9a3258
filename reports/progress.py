"""A progress bar while a run lasts; only on a terminal, and gone when the run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.model.outcome import Outcome
from reports.clean import counted

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console

    from conformance.model.result import CaseResult


class RunProgress:
    """Counts finished cases; without a terminal it does nothing.

    Args:
        console: where to draw; best one on standard error.
        total: cases there will be; None if not known yet.
    """

    def __init__(self, console: Console, total: int | None = None) -> None:
        self._failed = 0
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=40),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("running", total=total)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def expect(self, total: int) -> None:
        """Set how many cases there will be."""
        if self._bar is not None:
            self._bar.update(self._task, total=total)

    def finished(self, case: CaseResult) -> None:
        """Count a finished case."""
        self._failed += case.outcome is Outcome.FAIL
        if self._bar is not None:
            told = f"running, {counted(self._failed, 'case')} failed" if self._failed else "running"
            self._bar.update(self._task, advance=1, description=told)
