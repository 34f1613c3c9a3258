"""A finding and its folder: the scenario that replays it, what happened, and words for an issue."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.render import render
from conformance.fuzz.confirm import scenario_of
from conformance.profiles.rufh import registry
from conformance.scenario.encode import dump

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.engine.redact import Redactor
    from conformance.engine.runner import Ran
    from conformance.fuzz.confirm import Confirmed
    from conformance.fuzz.trial import Trial
    from conformance.fuzz.view import Violation
    from conformance.model.result import CheckResult, ExchangeText

#: version of finding.json
FORMAT = 1
_NO_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a target does that no correct one does, confirmed by the engine.

    Attributes:
        violation: what it is.
        trial: the shrunk trial.
        drawn: steps of the trial as it was drawn.
        transport: ``h1`` or ``h2``.
        seconds: since the search began.
        requests: made until then.
        exchanges: the confirming run as text, without secrets.
        expected, observed: of the check that failed.
    """

    violation: Violation
    trial: Trial
    drawn: int
    transport: str
    seconds: float
    requests: int
    exchanges: tuple[ExchangeText, ...]
    expected: str
    observed: str

    @property
    def slug(self) -> str:
        """Return a name for its folder."""
        return _NO_SLUG.sub("-", self.violation.key.lower()).strip("-")

    @property
    def scenario_text(self) -> str:
        """Return the scenario as a file that ``resumable run --scenarios`` takes."""
        scenario = scenario_of(self.trial, self.violation)
        return dump(replace(scenario, id=f"rufh/fuzz/{self.slug}"[:120].rstrip("-")))


def finding_of(
    trial: Trial,
    violation: Violation,
    confirmed: Confirmed,
    *,
    transport: str,
    redactor: Redactor,
    drawn: int = 0,
) -> Finding:
    """Return the finding a confirmed violation is.

    Args:
        trial: shows it.
        violation: what it is.
        confirmed: what the engine said; a check failed.
        transport: ``h1`` or ``h2``.
        redactor: removes secrets.
        drawn: steps the trial had when it was drawn; 0 for as many as it has.
    """
    assert confirmed.fails is not None and confirmed.ran is not None  # noqa: S101, PT018
    expected, observed = words_of(confirmed.fails, redactor)
    return Finding(
        violation=replace(violation, said=redactor.text(violation.said)),
        trial=trial,
        drawn=drawn or len(trial.steps),
        transport=transport,
        seconds=0.0,
        requests=0,
        exchanges=texts(confirmed.ran, redactor),
        expected=expected,
        observed=observed,
    )


def texts(ran: Ran, redactor: Redactor) -> tuple[ExchangeText, ...]:
    """Return a run's exchanges as text, without secrets."""
    names = {
        number: name for name, bound in ran.binding.steps.items() for number in bound.exchanges
    }
    return tuple(
        redactor.exchange(render(each, names.get(each.id, ""))) for each in ran.transcript.exchanges
    )


def words_of(check: CheckResult, redactor: Redactor) -> tuple[str, str]:
    """Return what a check expected and observed, without secrets."""
    clean = redactor.check(check)
    return clean.expected, clean.observed


def write_finding(finding: Finding, folder: Path, target: str) -> Path:
    """Write a finding's folder; one of the same name is replaced file by file.

    Args:
        finding: what was found.
        folder: where findings are kept; made if it is not there.
        target: the target's URL, without secrets.

    Returns:
        The finding's own folder.

    Raises:
        OSError: it cannot be written.
    """
    place = folder / finding.slug
    place.mkdir(parents=True, exist_ok=True)
    facts = {
        "format": FORMAT,
        "requirement": finding.violation.requirement,
        "key": finding.violation.key,
        "draft": finding.trial.draft,
        "transport": finding.transport,
        "target": target,
        "seed": finding.trial.origin,
        "steps": len(finding.trial.steps),
        "expected": finding.expected,
        "observed": finding.observed,
    }
    files = {
        "scenario.yaml": finding.scenario_text,
        "transcript.txt": transcript_text(finding.exchanges),
        "transcript.json": json.dumps([asdict(each) for each in finding.exchanges], indent=1),
        "finding.json": json.dumps(facts, indent=1) + "\n",
        "issue.md": issue_text(finding),
    }
    for name, content in files.items():
        (place / name).write_text(content, encoding="utf-8")
    return place


def transcript_text(exchanges: tuple[ExchangeText, ...]) -> str:
    """Return exchanges as people read them."""
    parts = []
    for number, each in enumerate(exchanges):
        head = f"== {number} {each.step or '(no step)'}, connection {each.connection}"
        note = f"\n-- {each.note}" if each.note else ""
        parts.append(f"{head}\n{each.sent}\n--\n{each.received}{note}\n")
    return "\n".join(parts)


def issue_text(finding: Finding) -> str:
    """Return words for an issue tracker, in Markdown."""
    violation = finding.violation
    row = registry.load().get(violation.requirement)
    level = row.levels[finding.trial.draft]
    lines = [
        f"# {' '.join(row.summary.split())}",
        "",
        (
            f"Violates `{violation.requirement}` ({level}, {row.source}: {row.section}) in draft "
            f"number {finding.trial.draft}."
        ),
        "",
        f"- expected: {finding.expected}",
        f"- observed: {finding.observed}",
        f"- in step `{violation.step}`: {violation.said}",
    ]
    if violation.possible:
        lines.append(f"- what the upload could be at that point: {violation.possible}")
    steps = len(finding.trial.steps)
    lines += [
        "",
        f"## Reproduce ({steps} {'step' if steps == 1 else 'steps'})",
        "",
        "```sh",
        (
            f"resumable run URL --draft {finding.trial.draft} --http {finding.transport} "
            "--scenarios scenario.yaml --only 'rufh/fuzz/*'"
        ),
        "```",
        "",
        "```yaml",
        finding.scenario_text.split("\n", 1)[1].rstrip(),
        "```",
        "",
        "## What happened",
        "",
        "```http",
        transcript_text(finding.exchanges).rstrip().replace("```", "'''"),
        "```",
        "",
    ]
    return "\n".join(lines)
