"""What the result of a case means for pytest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.engine.baseline import case_of, compare
from conformance.engine.exitcodes import judged_ids
from conformance.model.outcome import Outcome
from conformance.pytest_plugin.words import one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.result import CaseResult, CheckResult

_REASON = 200


class Ending(StrEnum):
    """How a test ends."""

    PASSED = "passed"
    WARNED = "passed with a warning"
    FAILED = "failed"
    XFAILED = "expected to fail"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The end of one test.

    Attributes:
        ending: how it ends.
        reason: why, in one line; empty for a plain pass.
        checks: the checks behind it, worst first; empty where the case as a whole is meant.
        stale: ids the baseline lists that are gone.
    """

    ending: Ending
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()
    stale: tuple[str, ...] = ()


class Known:
    """The entries of a baseline, found by the case they belong to."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._by_case: dict[str, dict[str, str]] = {}
        for key, reason in entries.items():
            for case in {key, case_of(key)}:
                self._by_case.setdefault(case, {})[key] = reason

    def of(self, case: str) -> Mapping[str, str]:
        """Return the entries of a case."""
        return self._by_case.get(case, {})


def decide(result: CaseResult, known: Mapping[str, str], *, strict: bool) -> Judged:
    """Decide how a test ends.

    Args:
        result: what was found.
        known: entries of the baseline that belong to this case.
        strict: a warning counts like a failure.
    """
    seen = compare(known, [result], path="", complete=False, strict=strict)
    outcomes = dict(judged_ids(result))
    present = set(outcomes.values())
    if Outcome.ERROR in present:
        return Judged(
            ending=Ending.ERROR,
            reason=_reason(result, {Outcome.ERROR}),
            checks=_having(result, {Outcome.ERROR}),
        )
    counted = {Outcome.FAIL, Outcome.INCONCLUSIVE} | ({Outcome.WARN} if strict else set())
    new = {key for key, outcome in outcomes.items() if outcome in counted and key not in seen.known}
    if new:
        return _failed(result, new, outcomes, seen.stale)
    if seen.known:
        reasons = dict.fromkeys(seen.known.values())
        return Judged(
            ending=Ending.XFAILED,
            reason=shortened("; ".join(map(one_line, reasons)), _REASON),
            stale=seen.stale,
        )
    if Outcome.WARN in present:
        warned = _having(result, {Outcome.WARN})
        text = "; ".join(f"{each.requirement}: {one_line(each.observed)}" for each in warned)
        return Judged(
            ending=Ending.WARNED, reason=shortened(text, 600), checks=warned, stale=seen.stale
        )
    # a scenario that expects nothing of its own is there for the standing rules
    if Outcome.PASS in present or (result.held and not result.checks):
        return Judged(ending=Ending.PASSED, stale=seen.stale)
    return Judged(ending=Ending.SKIPPED, reason=_why_skipped(result), stale=seen.stale)


def _failed(
    result: CaseResult, new: set[str], outcomes: Mapping[str, Outcome], stale: tuple[str, ...]
) -> Judged:
    checks = tuple(check for check in result.checks if check.id in new)
    ordered = tuple(sorted(checks, key=lambda check: -check.outcome.severity))
    if any(outcomes[key] is not Outcome.INCONCLUSIVE for key in new):
        names = dict.fromkeys(
            each.requirement for each in ordered if each.outcome is not Outcome.INCONCLUSIVE
        )
        reason = ", ".join(names)
    else:
        reason = f"inconclusive: {_reason(result, {Outcome.INCONCLUSIVE})}"
    return Judged(
        ending=Ending.FAILED, reason=shortened(reason, _REASON), checks=ordered, stale=stale
    )


def _having(result: CaseResult, outcomes: set[Outcome]) -> tuple[CheckResult, ...]:
    return tuple(check for check in result.checks if check.outcome in outcomes)


def _reason(result: CaseResult, outcomes: set[Outcome]) -> str:
    causes = [check.cause or check.observed for check in _having(result, outcomes)]
    texts = dict.fromkeys(one_line(text) for text in (*causes, result.cause) if text)
    return shortened(next(iter(texts), "no cause is given"), _REASON)


def _why_skipped(result: CaseResult) -> str:
    """Say why nothing was judged; what several checks share is said once."""
    if not result.checks:
        return f"{result.outcome}: {one_line(result.cause) or 'no cause is given'}"
    texts: dict[str, None] = {}
    for check in result.checks:
        ground = f" ({check.ground})" if check.ground else ""
        cause = one_line(check.cause) or "no exchange showed it"
        texts[f"{check.outcome}{ground}: {cause}"] = None
    return shortened("; ".join(texts), _REASON)
