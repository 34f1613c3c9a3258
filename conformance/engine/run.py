"""A whole run: try the target out, plan, run side by side, hold against a baseline, conclude.

Two entries: :func:`run` does everything; :func:`prepare` and
:func:`conformance.engine.attempt.run_case` let somebody else (a pytest plugin) decide when each
case runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.engine.attempt import PreparedCase, run_case
from conformance.engine.baseline import compare, read_baseline, write_baseline
from conformance.engine.cases import select_cases
from conformance.engine.events import CaseFinished, Notice, RunFinished, RunStarted
from conformance.engine.exitcodes import exit_code
from conformance.engine.holding import with_standing
from conformance.engine.planning import Planned, plan_all
from conformance.engine.redact import Redactor
from conformance.engine.schedule import INTERRUPTED, side_by_side
from conformance.engine.survey import survey, target_seen
from conformance.engine.world import BoundReached, Counters
from conformance.engine.worlds import run_command
from conformance.model.errors import SuiteError
from conformance.model.outcome import Outcome
from conformance.model.result import CaseResult, RunResult
from conformance.proxy.remote import PathProxy

if TYPE_CHECKING:
    from conformance.engine.events import OnEvent
    from conformance.engine.settings import RunSettings
    from conformance.engine.survey import Surveyed
    from conformance.engine.target import Target
    from conformance.model.result import TargetSeen

#: number of the shipped scenario set; raised when checks change their meaning
SCENARIO_SET = "1"
_CANNOT_TELL = "cannot tell which draft the target speaks: no 104 bears a number; pass --draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run that is ready to go.

    Attributes:
        cases: what to run, in the order of results; see ``run_case``.
        aside: results that are known already: cases that do not apply to the target.
        target: what was learnt of the target.
        settings: what it was prepared from.
        counters: requests made and octets sent so far.
    """

    cases: tuple[PreparedCase, ...]
    aside: tuple[CaseResult, ...]
    target: TargetSeen
    settings: RunSettings
    counters: Counters


async def prepare(
    settings: RunSettings, on_event: OnEvent | None = None, path: PathProxy | None = None
) -> Prepared:
    """Try the target out and plan everything that is selected.

    Must be awaited on the loop the cases will run on.

    Raises:
        TargetError: nothing can be judged; one cause, with what to do.
        ScenarioError: a scenario of the user's own is wrong.
        SuiteError: nothing is selected, or a bound is reached already.
    """
    tell = on_event or _silent
    if settings.via_proxy and path is None:
        raise SuiteError("only resumable run can make interruptions by a proxy (--via-proxy)")
    for target in settings.targets:
        if not target.loopback:
            tell(Notice(text=_elsewhere(target, settings)))
    cases = await asyncio.to_thread(select_cases, settings)
    counters = Counters(settings.max_requests, settings.max_bytes)
    try:
        surveyed = await survey(settings, counters, path)
    except BoundReached as bound:
        raise SuiteError(f"the bound of {bound.what} does not even allow to try it out") from None
    sites = [site for site in surveyed.sites if site.drafts]
    planned = plan_all(cases, sites, settings.selection) if sites else Planned(cases=(), aside=())
    return Prepared(
        cases=planned.cases,
        aside=(*planned.aside, *_without_draft(settings, surveyed)),
        target=target_seen(settings, surveyed),
        settings=settings,
        counters=counters,
    )


def _silent(_event: object) -> None:
    """Tell nobody."""


def _elsewhere(target: Target, settings: RunSettings) -> str:
    url = Redactor(target.secrets).text(target.url)
    return (
        f"{url} is not on this machine: it will get faulty and interrupted requests, up to "
        f"{settings.parallel} at once; run this only against servers you may test"
    )


def _without_draft(settings: RunSettings, surveyed: Surveyed) -> tuple[CaseResult, ...]:
    """Return what is said of transports over which no draft can be judged.

    A transport nobody asked for is left at that if another one has drafts.
    """
    silent = [site.transport for site in surveyed.sites if not site.drafts]
    if len(silent) == len(surveyed.sites):
        return (_no_draft(silent[0]),)
    return tuple(_no_draft(name) for name in silent if name in settings.transports)


def _no_draft(transport: str) -> CaseResult:
    return CaseResult(
        id=f"suite/sanity/draft/{transport}",
        scenario="suite/sanity/draft",
        case="",
        draft=0,
        transport=transport,
        title="The drafts a target speaks are declared, or shown by a 104 that bears the number",
        topic="sanity",
        outcome=Outcome.INCONCLUSIVE,
        cause=_CANNOT_TELL,
    )


async def run(settings: RunSettings, on_event: OnEvent | None = None) -> RunResult:
    """Do everything and return what was found.

    An interrupt or a bound ends the run early; what is known by then is in the result.

    Raises:
        SuiteError: the run could not begin, or a file could not be read or written.
    """
    tell = on_event or _silent
    started, clock = datetime.now(UTC), time.monotonic()
    known = read_baseline(settings.baseline) if settings.baseline is not None else {}
    async with contextlib.AsyncExitStack() as stack:
        path = None
        if settings.via_proxy:
            tls = settings.targets[0].tls
            path = await stack.enter_async_context(PathProxy(ca=tls.ca, insecure=tls.insecure))
        prepared = await prepare(settings, tell, path)
        tell(RunStarted(target=prepared.target, total=len(prepared.cases)))
        done, stopped = await _run_all(prepared, tell)
    if stopped != INTERRUPTED:
        await _clean_up(settings, tell)
    result = RunResult(
        suite=__version__,
        scenario_set=SCENARIO_SET,
        seed=settings.seed,
        target=prepared.target,
        results=tuple(sorted(with_standing([*done, *prepared.aside]), key=_order)),
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - clock, 3),
        stopped=stopped,
        selection=settings.selection.words,
        options=_told(settings),
    )
    result = conclude(result, settings, known)
    tell(RunFinished(result=result))
    return result


def _told(settings: RunSettings) -> tuple[str, ...]:
    """Return the options of a rerun as far as they can be told."""
    redact = Redactor(settings.targets[0].secrets).text
    return tuple(redact(word) for word in settings.options)


async def _run_all(prepared: Prepared, tell: OnEvent) -> tuple[list[CaseResult], str]:
    """Run all cases: most of them side by side, then those that need the target for themselves."""
    settings = prepared.settings
    crowd = [case for case in prepared.cases if not case.alone]
    alone = [case for case in prepared.cases if case.alone]
    done: list[CaseResult] = []
    for cases, parallel in ((crowd, settings.parallel), (alone, 1)):
        scheduled = await side_by_side(
            cases,
            run_case,
            parallel=parallel,
            seed=settings.seed,
            on_done=lambda case: tell(CaseFinished(case=case)),
        )
        done += [case for case in scheduled.results if case is not None]
        if scheduled.stopped:
            return done, scheduled.stopped
    return done, ""


async def _clean_up(settings: RunSettings, tell: OnEvent) -> None:
    for target in settings.targets:
        if target.cleanup:
            try:
                await run_command(target.cleanup, "cleanup")
            except SuiteError as error:
                tell(Notice(text=str(error)))


def _order(case: CaseResult) -> tuple[str, str, int, str]:
    return case.scenario, case.case, case.draft, case.transport


def conclude(result: RunResult, settings: RunSettings, known: dict[str, str]) -> RunResult:
    """Hold a result against the baseline, write a new one if asked to, and set the exit code.

    Args:
        result: what was found.
        settings: of the run.
        known: entries of the baseline read before.

    Raises:
        SuiteError: the new baseline cannot be written.
    """
    whole = settings.selection.everything and not result.stopped
    seen = None
    if settings.baseline is not None:
        seen = compare(
            known,
            result.results,
            path=str(settings.baseline),
            complete=whole,
            strict=settings.strict,
            drafts=result.target.drafts,
            transports=result.target.transports,
        )
    if settings.write_baseline is not None:
        write_baseline(settings.write_baseline, result.results, known=known, strict=settings.strict)
    code = exit_code(
        result.results,
        known=seen.known if seen is not None else {},
        stale=seen is not None and bool(seen.stale),
        strict=settings.strict,
        stopped=result.stopped,
    )
    return replace(result, baseline=seen, exit_code=int(code))
