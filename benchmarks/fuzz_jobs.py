"""Jobs of the fuzzer's benchmark: one search each, some at once, each kept when it is known."""

from __future__ import annotations

import asyncio
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli.running import collect_less
from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.finding import write_finding
from conformance.fuzz.replay import State, read_findings, replay
from conformance.fuzz.search import Search, SearchSettings, search, station_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.fuzz.finding import Finding


class Results:
    """The results file: job -> what came of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.jobs: dict[str, dict[str, Any]] = {}
        if path.is_file():
            self.jobs = json.loads(path.read_text(encoding="utf-8"))

    def keep(self, job: str, result: dict[str, Any]) -> None:
        """Write a result down, whole or not at all."""
        self.jobs[job] = result
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.jobs, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        new.replace(self.path)
        print(job, result, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One search.

    Attributes:
        name: its name in the results file.
        arguments: of the reference server.
        configuration: of that server.
        settings: of the search.
        told: facts that go with the result.
        controlled: each finding is replayed on the clean server, where it must not fail.
    """

    name: str
    arguments: tuple[str, ...]
    configuration: str
    settings: dict[str, Any]
    told: dict[str, Any]
    controlled: bool = False


def carry_out(job: Job) -> dict[str, Any]:
    """Run a job; return its result."""
    collect_less()
    found = fuzz(job.arguments, job.configuration, **job.settings)
    told = {**job.told, **told_of(found)}
    if job.controlled and found.findings:
        states = control(found.findings, job.configuration, job.settings["drafts"])
        for each, state in zip(told["findings"], states, strict=True):
            each["true"] = state not in (State.FAILED, State.FLAKY)
    return told


def control(found: list[Finding], configuration: str, drafts: tuple[int, ...]) -> list[State]:
    """Replay findings on the clean server; what fails there as well is a mistake of the suite.

    A check of what only the defect does (a success where the clean server refuses) has nothing to
    judge there, which ``replay`` calls an error: no accusation either.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        Embedded(restartable=False) as embedded,
    ):
        saved = [
            read_findings(write_finding(each, Path(folder) / str(number), "clean"))[0]
            for number, each in enumerate(found)
        ]
        target = as_target(embedded.configurations[configuration])

        async def run() -> list[State]:
            states = []
            for each in saved:
                settings = SearchSettings(target=target, drafts=drafts, transport=each.transport)
                station = await station_of(settings)
                made = await replay(each, station.world, station.facts(each.draft))
                states.append(made.state)
            return states

        return asyncio.run(run())


def each_of(jobs: Iterable[Job], results: Results, workers: int) -> None:
    """Run the jobs that have no result yet, some at once, and keep each result when it is known."""
    left = [job for job in jobs if job.name not in results.jobs]
    if workers == 1:
        for job in left:
            results.keep(job.name, carry_out(job))
        return
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(carry_out, job): job.name for job in left}
        try:
            for done in as_completed(running):
                results.keep(running[done], done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def fuzz(arguments: tuple[str, ...], configuration: str, **settings: Any) -> Search:
    """Search the reference server, started with some arguments."""
    with Embedded(restartable=False, arguments=arguments) as embedded:
        target = as_target(embedded.configurations[configuration])
        return asyncio.run(search(SearchSettings(target=target, tidy=False, **settings)))


def told_of(found: Search) -> dict[str, Any]:
    """Return what a search came to, in plain types."""
    told: dict[str, Any] = {
        "requests": found.requests,
        "seconds": round(found.seconds, 2),
        "unconfirmed": found.unconfirmed,
        "errors": found.errors,
        "findings": [
            {
                "key": each.violation.key,
                "draft": each.trial.draft,
                "steps": len(each.trial.steps),
                "drawn": each.drawn,
                "seconds": round(each.seconds, 2),
                "requests": each.requests,
            }
            for each in found.findings
        ],
    }
    return told
