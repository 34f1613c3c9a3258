"""A result told by what matters: findings by harm, then what could not be judged, by cause.

Console and HTML show the same story; this module decides what belongs together and in which
order, they decide how it looks. Nothing here is made fit for display.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome
from reports.clean import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.model.requirement import Damage, Requirement
    from conformance.model.result import CaseResult, CheckResult, ExchangeText, RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One check of one case."""

    case: CaseResult
    check: CheckResult

    @property
    def evidence(self) -> list[ExchangeText]:
        """Return the exchanges that show it; those of its step if none are named."""
        exchanges = self.case.exchanges
        named = [exchanges[i] for i in self.check.evidence if 0 <= i < len(exchanges)]
        return named or [each for each in exchanges if each.step == self.check.step]

    @property
    def certainty(self) -> tuple[bool, bool]:
        """Return a sorting key: seen every time and with octets to show first."""
        return (is_flaky(self.check), not self.evidence)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """All occurrences of one outcome of one requirement.

    Attributes:
        id: requirement id.
        requirement: its row; None if the registry does not have it.
        occurrences: the most telling first.
    """

    id: str
    requirement: Requirement | None
    occurrences: tuple[Occurrence, ...]

    @property
    def damage(self) -> Damage | None:
        """Return what it does to users, if known."""
        return self.requirement.damage if self.requirement is not None else None

    @property
    def summary(self) -> str:
        """Return the requirement in words; empty if unknown."""
        return self.requirement.summary if self.requirement is not None else ""

    @cached_property
    def drafts(self) -> list[int]:
        """Return the drafts in which it was found."""
        return sorted({each.case.draft for each in self.occurrences})

    @cached_property
    def levels(self) -> dict[str, list[int]]:
        """Return the drafts by the level the requirement has in them."""
        levels: dict[str, list[int]] = {}
        for draft in self.drafts:
            first = next(each for each in self.occurrences if each.case.draft == draft)
            levels.setdefault(first.check.level, []).append(draft)
        return levels

    @property
    def provisional(self) -> bool:
        """Tell whether any of it rests on a text that could not be read."""
        return any(each.check.provisional for each in self.occurrences)

    @property
    def url(self) -> str:
        """Return the link to the newest text in which it was found; empty if there is none."""
        return self.requirement.url_for(self.drafts[-1]) if self.requirement is not None else ""

    @cached_property
    def scenarios(self) -> list[str]:
        """Return the scenarios that found it, the most telling first."""
        return list(dict.fromkeys(each.case.scenario for each in self.occurrences))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Checks that share the reason why nothing was judged.

    Attributes:
        text: the reason.
        ground: for not-applicable, what it rests on.
        occurrences: what it befell; a case without checks counts as one.
    """

    text: str
    ground: str
    occurrences: tuple[tuple[CaseResult, CheckResult | None], ...]

    @property
    def count(self) -> int:
        """Return how many checks (or cases without any) it befell."""
        return len(self.occurrences)

    @property
    def drafts(self) -> list[int]:
        """Return the drafts in which it happened."""
        return sorted({case.draft for case, _ in self.occurrences})

    @property
    def cases(self) -> list[CaseResult]:
        """Return the cases it befell, each once."""
        return list({case.id: case for case, _ in self.occurrences}.values())


class Story:
    """A result, arranged for reading.

    Attributes:
        run: the result.
        catalogue: requirements by id.
    """

    def __init__(self, run: RunResult, catalogue: Mapping[str, Requirement]) -> None:
        self.run = run
        self.catalogue = catalogue

    @cached_property
    def failures(self) -> list[Finding]:
        """Return the violations that are not in the baseline, the worst for users first."""
        return self._findings(lambda check: _failed(check) and check.id not in self.known_ids)

    @cached_property
    def known(self) -> list[Finding]:
        """Return the violations that the baseline expects."""
        return self._findings(lambda check: _failed(check) and check.id in self.known_ids)

    @cached_property
    def warnings(self) -> list[Finding]:
        """Return what should be otherwise but need not."""
        return self._findings(lambda check: check.outcome is Outcome.WARN)

    @property
    def known_ids(self) -> Mapping[str, str]:
        """Return the baseline's check ids with their reasons."""
        return self.run.baseline.known if self.run.baseline is not None else {}

    @cached_property
    def drafts(self) -> list[int]:
        """Return every draft that was run or judged."""
        return sorted({*self.run.target.drafts, *(case.draft for case in self.run.results)})

    def causes(self, outcome: Outcome) -> list[Cause]:
        """Return why checks ended in an outcome that judges nothing, the most frequent first."""
        groups: dict[tuple[str, str], list[tuple[CaseResult, CheckResult | None]]] = {}
        for case in self.run.results:
            if not case.checks and case.outcome is outcome:
                groups.setdefault(("", case.cause), []).append((case, None))
            for check in case.checks:
                if check.outcome is outcome:
                    text = check.cause or check.observed or case.cause
                    groups.setdefault((check.ground, text), []).append((case, check))
        causes = [
            Cause(text=text, ground=ground, occurrences=tuple(members))
            for (ground, text), members in groups.items()
        ]
        return sorted(causes, key=lambda cause: (cause.ground, -cause.count, cause.text))

    def by_draft(self) -> dict[int, dict[str, int]]:
        """Return counts of checks by draft and outcome; draft 0 only if it has any."""
        table = {draft: dict.fromkeys(map(str, Outcome), 0) for draft in self.drafts}
        for case in self.run.results:
            for check in case.checks:
                table[case.draft][str(check.outcome)] += 1
        return {draft: row for draft, row in table.items() if draft or any(row.values())}

    def _findings(self, wanted: Callable[[CheckResult], bool]) -> list[Finding]:
        groups: dict[str, list[Occurrence]] = {}
        for case in self.run.results:
            for check in case.checks:
                if wanted(check):
                    groups.setdefault(check.requirement, []).append(
                        Occurrence(case=case, check=check)
                    )
        findings = [self._finding(name, members) for name, members in groups.items()]
        return sorted(findings, key=_by_harm)

    def _finding(self, name: str, members: list[Occurrence]) -> Finding:
        ordered = sorted(members, key=lambda each: (*each.certainty, -each.case.draft))
        return Finding(id=name, requirement=self.catalogue.get(name), occurrences=tuple(ordered))


def rerun(run: RunResult, case: CaseResult) -> list[str]:
    """Return the command that runs one case again, as shell words that are quoted already."""
    target = run.target
    words = ["resumable", "run"]
    if target.file:
        words += ["--target", target.file]
    elif not target.embedded:
        words.append(target.url)
    if case.draft:
        words += ["--draft", str(case.draft)]
    if case.transport:
        words += ["--http", case.transport]
    words += run.options
    words += ["--only", f"{case.scenario}/{case.case}" if case.case else case.scenario]
    return [shlex.quote(printable(word)) for word in words]


def is_flaky(check: CheckResult) -> bool:
    """Tell whether a failure did not show itself again when repeated."""
    first, _, last = check.seen.partition("/")
    return bool(last) and first != last


def drafts_in_words(drafts: Iterable[int]) -> str:
    """Return draft numbers as words: ``draft 6``, ``drafts 3-6, 8``, ``no draft`` (for 0)."""
    runs: list[list[int]] = []
    for number in sorted(set(drafts) - {0}):
        if runs and runs[-1][-1] + 1 == number:
            runs[-1].append(number)
        else:
            runs.append([number])
    if not runs:
        return "no draft"
    words = [f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs]
    many = len(runs) > 1 or len(runs[0]) > 1
    return f"{'drafts' if many else 'draft'} {', '.join(words)}"


def _failed(check: CheckResult) -> bool:
    return check.outcome is Outcome.FAIL


def _by_harm(finding: Finding) -> tuple[int, str]:
    return (-int(finding.damage or 0), finding.id)
