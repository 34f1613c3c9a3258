"""Carries a run out for the command line: settings, progress, reports, exit code."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.embedded import Embedded
from conformance.engine.cases import select_cases
from conformance.engine.embedded_target import PLACEHOLDER, as_target
from conformance.engine.events import CaseFinished, Notice, RunStarted
from conformance.engine.run import run
from conformance.engine.settings import build
from conformance.engine.wishes import Wishes, from_environ
from reports import console, json_report, junit
from reports.html import write as write_html
from reports.progress import RunProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.engine.events import Event
    from conformance.engine.settings import RunSettings
    from conformance.engine.target import Target
    from conformance.model.result import RunResult

DEFAULT_HTML = Path("resumable-report.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where the result goes.

    Attributes:
        json, junit, html: files to write; None for none.
        no_html: write no HTML report even where that is the default.
        quiet: print the last lines only.
    """

    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    no_html: bool = False
    quiet: bool = False


def execute(url: str | None, wishes: dict[str, Any], outputs: Outputs, *, tls: bool = False) -> int:
    """Run and report; returns the exit code.

    Args:
        url: creation URL; None if the environment, a target file or nobody names it.
        wishes: the other flags by name.
        outputs: where the result goes.
        tls: judge the embedded server over TLS.

    Raises:
        ClickException: a flag makes no sense, or a folder to write to is missing.
        SuiteError: the run could not begin.
    """
    collect_less()
    flags = Wishes(url=url, **wishes)
    with embedded_targets(flags, tls=tls) as embedded:
        settings = build(flags, os.environ, embedded)
        if tls:
            settings = replace(settings, options=(*settings.options, "--tls"))
        _refuse_unwritable(settings, outputs)
        result = _run(settings)
    html = outputs.html or (DEFAULT_HTML if settings.embedded and not outputs.no_html else None)
    _write(result, outputs, html)
    _tell(result, quiet=outputs.quiet)
    if html is not None and not outputs.quiet:
        click.echo(f"Report: {html}", err=True)
    return result.exit_code


def collect_less() -> None:
    """Let the collector of cyclic garbage come less often.

    A run makes results that stay to its end and hardly any cycles; looking for some in all that
    took a tenth of its time. What hangs together in a circle all the same waits until there are a
    hundred thousand objects.
    """
    gc.freeze()
    gc.set_threshold(25_000, 4, 100)


@contextlib.contextmanager
def embedded_targets(
    flags: Wishes, *, tls: bool, restartable: bool = True
) -> Iterator[tuple[Target, ...]]:
    """Yield the embedded targets, started, if no other target is named."""
    named = flags.over(from_environ(os.environ))
    if named.url is not None or named.target is not None:
        if tls:
            raise click.UsageError("--tls is for the embedded server; a URL says https:// itself")
        yield ()
        return
    with Embedded(restartable=restartable, tls=tls) as embedded:
        yield tuple(as_target(each) for each in embedded.configurations.values())


def _refuse_unwritable(settings: RunSettings, outputs: Outputs) -> None:
    """Find out before a long run, not after it, that a folder is missing."""
    files = (outputs.json, outputs.junit, outputs.html, settings.write_baseline)
    for path in files:
        if path is not None and not path.absolute().parent.is_dir():
            raise click.ClickException(f"{path}: there is no folder {path.absolute().parent}")


def _run(settings: RunSettings) -> RunResult:
    with RunProgress(console.make_console(sys.stderr)) as progress:

        def on_event(event: Event) -> None:
            match event:
                case Notice():
                    click.echo(f"note: {event.text}", err=True)
                case RunStarted():
                    progress.expect(event.total)
                case CaseFinished():
                    progress.finished(event.case)
                case _:
                    pass

        return asyncio.run(run(settings, on_event))


def _write(result: RunResult, outputs: Outputs, html: Path | None) -> None:
    if outputs.json is not None:
        json_report.write(result, outputs.json)
    if outputs.junit is not None:
        junit.write(result, outputs.junit)
    if html is not None:
        write_html(result, html)


def _tell(result: RunResult, *, quiet: bool) -> None:
    if quiet:
        told = result.count_checks()
        counts = ", ".join(f"{count} {name}" for name, count in told.items() if count)
        stopped = f"; stopped: {result.stopped}" if result.stopped else ""
        click.echo(f"{counts or 'nothing judged'}{stopped} (exit code {result.exit_code})")
        return
    console.tell(result, console.make_console())


def list_cases(url: str | None, wishes: dict[str, Any]) -> int:
    """Print the ids of the selected cases; requirements select by what scenarios cite."""
    settings = build(Wishes(url=url, **wishes), os.environ, (PLACEHOLDER,))
    for case in select_cases(settings):
        click.echo(f"{case.id}  {case.scenario.title}")
    return 0
