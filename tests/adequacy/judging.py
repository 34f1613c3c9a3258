"""Judging one strange server: start it, run the suite against it, read what was found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from conformance.embedded import Embedded
from conformance.engine.adequacy import Judged, judged
from conformance.engine.embedded_target import as_target
from conformance.engine.run import run
from conformance.engine.select import Selection
from conformance.engine.settings import RunSettings
from conformance.model.errors import SuiteError
from conformance.profiles.rufh.standing import STANDING
from conformance.scenario.decode import expand
from conformance.scenario.library import cited, load_library
from reference_server.variants.catalogue import load_variants
from tests.adequacy.servers import ForkedServer

if TYPE_CHECKING:
    from conformance.engine.target import Target
    from conformance.model.result import RunResult
    from tests.adequacy.jobs import Job

#: where standing rules find most of what they look at
_STANDING_TOPICS: Final = (
    "status-104",
    "creation",
    "append",
    "offset-retrieval",
    "versioning",
    "security",
    "lifecycle",
    "interruption",
    "h2",
)
_PARALLEL: Final = 16
_RESTART: Final = "restart"


def do(job: Job) -> Judged:
    """Judge one server; whatever goes wrong is told as trouble."""
    try:
        return judged(job.name, job.draft, job.requirements, _results(job))
    except (SuiteError, OSError) as error:
        return Judged(
            name=job.name, draft=job.draft, requirements=job.requirements, trouble=str(error)
        )


def _results(job: Job) -> list[RunResult]:
    if job.full:
        return [_run(job, Selection())]
    own = Selection(requirements=job.requirements, only=job.only)
    if job.only:
        return [_run(job, own)]
    results = []
    try:
        results.append(_run(job, own))
    except SuiteError:
        if not set(job.requirements) & set(STANDING):
            raise
    if _missed(job, results) and set(job.requirements) & set(STANDING):
        results.append(_run(job, Selection(topics=_STANDING_TOPICS)))
    if _missed(job, results):
        # Some faults join whatever happens next to each other, so they want the server for one.
        results.append(_run(job, own, parallel=1))
    return results


def _missed(job: Job, results: list[RunResult]) -> bool:
    return not judged(job.name, job.draft, job.requirements, results).own


def _run(job: Job, selection: Selection, parallel: int = _PARALLEL) -> RunResult:
    with Embedded(
        arguments=(f"--{job.kind}", job.name),
        restartable=_restarts(selection),
        launch=ForkedServer,
    ) as embedded:
        targets = tuple(as_target(each) for each in embedded.configurations.values())
        if job.kind == "variant":
            targets = _as_strangers(targets, limited=load_variants()[job.name].limits is not None)
        settings = RunSettings(
            targets=targets,
            embedded=True,
            drafts=(job.draft,),
            transports=(job.transport,),
            selection=selection,
            parallel=parallel,
        )
        return asyncio.run(run(settings))


@cache
def _restarts(selection: Selection) -> bool:
    """Tell whether a scenario is selected that restarts the server."""
    return any(
        _RESTART in scenario.needs
        and selection.scenario(scenario)
        and any(selection.cites(cited(case)) for case in expand(scenario))
        for scenario in load_library().scenarios
    )


def _as_strangers(targets: tuple[Target, ...], *, limited: bool) -> tuple[Target, ...]:
    """Return targets of which less is declared: what they can do has to show."""
    known = {"cancellation"}
    if limited:
        targets, known = targets[:1], {"cancellation", "no-limits"}
    return tuple(replace(each, offers=each.offers - known) for each in targets)
