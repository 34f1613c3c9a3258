"""Jobs of the fuzzer's benchmark: one search each, some at once, each kept when it is known."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.cli.running import collect_less
from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.search import Search, SearchSettings, search

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


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
        controlled: what the clean server shows as well is no finding.
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
    found = fuzz(job.arguments, job.configuration, controlled=job.controlled, **job.settings)
    told = {**job.told, **told_of(found)}
    for each in told["findings"]:
        each["true"] = job.controlled
    return told


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
