"""Carries a search, or a replay, out for the command line."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import click

from conformance.cli.running import collect_less, embedded_targets
from conformance.engine.redact import Redactor
from conformance.engine.settings import RunSettings, build
from conformance.engine.wishes import Wishes
from conformance.fuzz.finding import write_finding
from conformance.fuzz.replay import Replayed, State, read_findings, replay
from conformance.fuzz.search import LANES, Search, SearchSettings, search, station_of
from conformance.model.errors import SuiteError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.engine.target import Target

_SECONDS: Final = 60.0
_LANES_ELSEWHERE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzWishes:
    """What the command line asks for, beside the target; see its help."""

    seconds: float | None
    requests: int | None
    seed: str
    lanes: int | None
    first: bool
    out: Path
    replay: Path | None
    allowed: bool
    quiet: bool
    tls: bool = False


def execute(url: str | None, target: dict[str, Any], wishes: FuzzWishes) -> int:
    """Search or replay, and tell; returns the exit code."""
    collect_less()
    flags = Wishes(url=url, **target)
    with embedded_targets(flags, tls=wishes.tls, restartable=False) as embedded:
        settings = build(flags, os.environ, embedded[:1])
        chosen = settings.targets[0]
        if not chosen.loopback and not wishes.allowed:
            raise SuiteError(
                f"{Redactor(chosen.secrets).text(chosen.url)} is not on this machine: fuzzing "
                "sends it faulty and interrupted requests, many at once; if you may do that, "
                "say --i-may-fuzz-this-host"
            )
        if len(settings.transports) > 1 and flags.http is not None:
            raise SuiteError("a search speaks one HTTP version; say --http h1 or --http h2")
        fuzzing = _settings(settings, chosen, wishes)
        if wishes.replay is not None:
            return _replay(fuzzing, wishes.replay)
        return _search(fuzzing, wishes)


def _settings(run: RunSettings, target: Target, wishes: FuzzWishes) -> SearchSettings:
    seconds = wishes.seconds
    if seconds is None and wishes.requests is None:
        seconds = _SECONDS
    return SearchSettings(
        target=target,
        drafts=run.drafts,
        transport=next(iter(run.transports), "h1"),
        seconds=seconds,
        requests=wishes.requests,
        seed=wishes.seed,
        lanes=wishes.lanes or (LANES if target.loopback else _LANES_ELSEWHERE),
        first=wishes.first,
        scale=run.scale,
        tidy=not run.embedded,
        controlled=not run.embedded,
    )


def _search(settings: SearchSettings, wishes: FuzzWishes) -> int:
    shown = Redactor(settings.target.secrets).text(settings.target.url)
    if not wishes.quiet:
        click.echo(f"Fuzzing {shown}, seed {settings.seed}, {settings.lanes} lanes.", err=True)
    known = 0

    def tell(found: Search) -> None:
        nonlocal known
        for finding in found.findings[known:]:
            place = write_finding(finding, wishes.out, shown)
            if not wishes.quiet:
                _progress("")
                click.echo(
                    f"FAIL {finding.violation.requirement} draft {finding.trial.draft}: "
                    f"{finding.observed} ({len(finding.trial.steps)} steps, {place})"
                )
        known = len(found.findings)
        if not wishes.quiet:
            rate = found.requests / found.seconds if found.seconds else 0.0
            _progress(f"{found.requests} requests, {rate:.0f}/s, {known} findings")

    found = asyncio.run(search(settings, tell))
    _progress("")
    _summary(found)
    if found.errors or not found.trials:
        return 2
    dead = "takes no connection" in found.stopped
    return 1 if found.findings else (2 if dead else 0)


def _progress(text: str) -> None:
    """Draw one line over the last one, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[2K{text}", err=True, nl=False)


def _summary(found: Search) -> None:
    for error in found.errors:
        click.echo(f"error: {error}", err=True)
    for key, count in found.unconfirmed.items():
        why = ": the reference server shows it as well" if key in found.shared else ""
        click.echo(f"note: {key} was suspected ({count}) and not confirmed{why}", err=True)
    drafts = ", ".join(str(each) for each in found.drafts)
    many = "finding" if len(found.findings) == 1 else "findings"
    stopped = f"; {found.stopped}" if found.stopped else ""
    click.echo(
        f"{len(found.findings)} {many} in {found.requests} requests, {found.trials} trials, "
        f"{found.seconds:.0f} s (drafts {drafts}){stopped}"
    )


def _replay(settings: SearchSettings, folder: Path) -> int:
    saved = read_findings(folder)
    drafts = tuple(sorted({each.draft for each in saved}))

    async def all_of_them() -> list[Replayed]:
        made = []
        for transport in sorted({each.transport for each in saved}):
            here = replace(settings, drafts=drafts, transport=transport)
            station = await station_of(here)
            made += [
                await replay(each, station.world, station.facts(each.draft))
                for each in saved
                if each.transport == transport
            ]
        return made

    results = asyncio.run(all_of_them())
    for each in results:
        click.echo(f"{each.state} {each.saved.folder}: {each.detail}")
    states = {each.state for each in results}
    if State.ERROR in states:
        return 2
    return 1 if states & {State.FAILED, State.FLAKY} else 0
