"""The last word of a report: what was found, and why the exit code is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome
from reports.catalogue import HARM
from reports.clean import counted, printable
from reports.story import drafts_in_words, is_flaky

if TYPE_CHECKING:
    from reports.story import Story


def verdict(story: Story) -> str:
    """Return the sentence that sums up a run; it never claims more than was seen."""
    return f"The run is incomplete. {_found(story)}" if story.run.stopped else _found(story)


def exit_reason(story: Story) -> str:
    """Return in a few words why the run ends with its exit code."""
    run, checks = story.run, story.run.count_checks()
    stale = len(run.baseline.stale) if run.baseline is not None else 0
    if run.exit_code == 0:
        return "nothing failed that was not expected" if story.known else "nothing failed"
    if run.exit_code == 1:
        return _findings_reason(story)
    if run.exit_code == 3:
        return f"{stale:,} of the failures that the baseline expects are gone"
    if run.stopped:
        return f"the run ended early: {printable(run.stopped)}"
    if checks["error"]:
        return f"{counted(checks['error'], 'error')} of the suite itself"
    return "nothing was judged" if not checks["pass"] + checks["fail"] else "the run went wrong"


def _found(story: Story) -> str:
    checks = story.run.count_checks()
    if story.failures:
        return _violated(story)
    if checks["error"] or story.run.count_scenarios()["error"]:
        return "The suite itself failed, so this run proves nothing about the target."
    where = _where(story)
    open_count = sum(cause.count for cause in story.causes(Outcome.INCONCLUSIVE))
    if not checks["pass"] and not checks["warn"] and not story.known:
        return "Nothing could be judged." if open_count else "Nothing was judged."
    found = (
        f"No new violation found{where}; {_known(story)}"
        if story.known
        else f"No violation found{where}: {counted(checks['pass'], 'check')} passed"
    )
    also = []
    if checks["warn"]:
        also.append(counted(checks["warn"], "warning"))
    if open_count:
        also.append(f"{counted(open_count, 'check')} could not be judged")
    return f"{', '.join([found, *also])}."


def _findings_reason(story: Story) -> str:
    fails = sum(len(finding.occurrences) for finding in story.failures)
    unknown = sum(
        1
        for cause in story.causes(Outcome.INCONCLUSIVE)
        for case, check in cause.occurrences
        if (check.id if check is not None else case.id) not in story.known_ids
    )
    reasons = []
    if fails:
        reasons.append(f"{counted(fails, 'check')} failed")
    if unknown:
        reasons.append(f"{unknown:,} could not be judged")
    if not reasons:
        reasons.append("warnings count as failures here")
    suffix = ", not in the baseline" if story.run.baseline is not None and fails + unknown else ""
    return f"{' and '.join(reasons)}{suffix}"


def _violated(story: Story) -> str:
    failures = story.failures
    drafts = {draft for finding in failures for draft in finding.drafts}
    text = (
        f"{counted(len(failures), 'requirement')} violated in {drafts_in_words(drafts)}"
        if drafts - {0}
        else f"{counted(len(failures), 'requirement')} violated"
    )
    if all(is_flaky(each.check) for finding in failures for each in finding.occurrences):
        text += ", though not every time"
    worst = failures[0].damage
    harm = f" The worst of it {HARM[worst]}." if worst is not None else ""
    return f"{text}.{harm}"


def _known(story: Story) -> str:
    return f"{counted(len(story.known), 'requirement')} violated as the baseline expects"


def _where(story: Story) -> str:
    judged = {
        case.draft
        for case in story.run.results
        if any(check.outcome.severity >= 0 for check in case.checks)
    }
    return f" in {drafts_in_words(judged)}" if judged - {0} else ""
