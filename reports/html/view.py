"""What the templates need to know of a result, arranged so that they need not think."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from conformance.model.outcome import Outcome
from reports.catalogue import HARM, is_provisional, revisions
from reports.clean import shorten
from reports.html.matrix import Matrix, matrix
from reports.html.octets import Budget, Shown
from reports.html.scenarios import ScenarioView, scenarios
from reports.story import Finding, Occurrence, is_flaky, rerun
from reports.two_versions import compared, differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.story import Cause, Story
    from reports.two_versions import Difference

_PROOFS_SHOWN: Final = 3
_OTHERS_SHOWN: Final = 40
_TEXT: Final = 1000
_MISFIT = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One occurrence in full.

    Attributes:
        occurrence: the check and its case.
        expected, observed: in words, shortened.
        flaky: it did not show every time.
        evidence: the exchanges that show it.
        around: the other exchanges of the case.
        command: shell command that shows it again.
    """

    occurrence: Occurrence
    expected: str
    observed: str
    flaky: bool
    evidence: list[Shown]
    around: list[Shown]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One finding.

    Attributes:
        anchor: id of its element.
        finding: what it tells of.
        label, harm: the damage in a word and in words; empty if unknown.
        whys: why it matters, from the scenarios that found it.
        proofs: the most telling occurrences, each different.
        others: the rest.
        unlisted: how many more there are.
        reasons: of a known failure, why it is in the baseline.
    """

    anchor: str
    finding: Finding
    label: str
    harm: str
    whys: list[str]
    proofs: list[Proof]
    others: list[Occurrence]
    unlisted: int
    reasons: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One draft's checks, as parts of a bar.

    Attributes:
        draft: its number; 0 for none.
        revisions: revisions of the text behind it.
        reason: why it was judged; empty if it was not.
        provisional: its text could not be read.
        counts: outcome and count, where there is any.
        parts: outcome, start and length in percent.
    """

    draft: int
    revisions: str
    reason: str
    provisional: bool
    counts: list[tuple[str, int]]
    parts: list[tuple[str, float, float]]


class View:
    """All parts of the page.

    Attributes:
        failures, known, warnings: cards, the worst for users first.
        groups: why checks were not judged: outcome, explanation, causes.
        bars: checks by draft.
        matrix: requirements by drafts.
        scenarios: all of them, with their checks.
        totals: outcome and count of checks, all outcomes.
        compared: how many checks were made over both HTTP versions.
        differences: those that did not come to the same outcome.
        facts: what was learnt in passing -> how often and where first.
        octets_left_out: some octets are missing, to keep the page small.
    """

    def __init__(self, story: Story) -> None:
        self._story = story
        self._budget = Budget()
        self._anchors: set[str] = set()
        self.failures = [self._card(each, "fail") for each in story.failures]
        self.known = [self._card(each, "known") for each in story.known]
        self.warnings = [self._card(each, "warn") for each in story.warnings]
        self.octets_left_out = self._budget.exhausted
        cards = [*self.failures, *self.known, *self.warnings]
        self._links = {(c.finding.id, str(_outcome(c))): c.anchor for c in reversed(cards)}

    @cached_property
    def matrix(self) -> Matrix:
        """Return requirements by drafts."""
        return matrix(self._story, self._links)

    @cached_property
    def scenarios(self) -> list[ScenarioView]:
        """Return all scenarios with their checks."""
        return scenarios(self._story)

    @cached_property
    def totals(self) -> list[tuple[str, int]]:
        """Return the counts of checks, the most worrying first."""
        counts = self._story.run.count_checks()
        return [(str(outcome), counts[str(outcome)]) for outcome in _BY_WORRY]

    @cached_property
    def bars(self) -> list[Bar]:
        """Return the checks by draft."""
        return [self._bar(draft, counts) for draft, counts in self._story.by_draft().items()]

    @cached_property
    def groups(self) -> list[tuple[str, str, list[Cause]]]:
        """Return what was not judged, and why."""
        found = []
        for outcome, words in _NOT_JUDGED:
            causes = self._story.causes(outcome)
            if causes:
                found.append((str(outcome), words, causes))
        return found

    @cached_property
    def compared(self) -> int:
        """Return how many checks were made over both HTTP versions."""
        return compared(self._story.run)

    @cached_property
    def differences(self) -> list[Difference]:
        """Return the checks whose outcome differs between the HTTP versions."""
        return differences(self._story.run, self._story.catalogue)

    @cached_property
    def facts(self) -> dict[str, list[str]]:
        """Return facts and variants seen, with the cases that saw them."""
        facts: dict[str, list[str]] = {fact: [] for fact in self._story.run.target.facts}
        for case in self._story.run.results:
            variants = [
                f"{each.requirement}: {each.variant}" for each in case.checks if each.variant
            ]
            for fact in dict.fromkeys((*case.facts, *variants)):
                facts.setdefault(fact, []).append(case.id)
        return facts

    def _bar(self, draft: int, counts: dict[str, int]) -> Bar:
        total = max(1, sum(counts.values()))
        parts, start = [], 0.0
        present = [(str(each), counts[each]) for each in _BY_WORRY if counts[each]]
        for outcome, count in present:
            length = 100 * count / total
            parts.append((outcome, round(start, 3), round(length, 3)))
            start += length
        return Bar(
            draft=draft,
            revisions=revisions(draft),
            reason=self._story.run.target.drafts.get(draft, ""),
            provisional=is_provisional(draft),
            counts=present,
            parts=parts,
        )

    def _card(self, finding: Finding, kind: str) -> Card:
        full = _different(finding.occurrences)
        others = [each for each in finding.occurrences if each not in full]
        damage = finding.damage
        known = self._story.known_ids
        reasons = [known[each.check.id] for each in finding.occurrences if each.check.id in known]
        return Card(
            anchor=self._anchor(f"{kind}-{finding.id}"),
            finding=finding,
            label=damage.label if damage is not None else "",
            harm=HARM[damage] if damage is not None else "",
            whys=_first(each.case.why for each in full),
            proofs=[self._proof(each, around=kind == "fail") for each in full],
            others=others[:_OTHERS_SHOWN],
            unlisted=max(0, len(others) - _OTHERS_SHOWN),
            reasons=_first(reasons) if kind == "known" else [],
        )

    def _proof(self, occurrence: Occurrence, *, around: bool) -> Proof:
        check, evidence = occurrence.check, occurrence.evidence
        rest = [each for each in occurrence.case.exchanges if each not in evidence]
        return Proof(
            occurrence=occurrence,
            expected=shorten(check.expected, _TEXT),
            observed=shorten(check.observed, _TEXT),
            flaky=is_flaky(check),
            evidence=[self._budget.show(each) for each in evidence],
            around=[self._budget.show(each) for each in rest] if around else [],
            command=" ".join(rerun(self._story.run, occurrence.case)),
        )

    def _anchor(self, wish: str) -> str:
        base = name = _MISFIT.sub("-", wish)
        number = 1
        while name in self._anchors:
            number += 1
            name = f"{base}-{number}"
        self._anchors.add(name)
        return name


_BY_WORRY = (
    Outcome.ERROR,
    Outcome.FAIL,
    Outcome.INCONCLUSIVE,
    Outcome.WARN,
    Outcome.PASS,
    Outcome.NOT_OBSERVED,
    Outcome.NOT_APPLICABLE,
    Outcome.SKIPPED,
)
_NOT_JUDGED = (
    (Outcome.ERROR, "The suite itself stumbled. This is never the target's fault: report it."),
    (Outcome.INCONCLUSIVE, "Meant to be judged, but what happened proves nothing either way."),
    (Outcome.NOT_APPLICABLE, "Left out with a ground: declared by you, or shown by the target."),
    (Outcome.NOT_OBSERVED, "The target never did what the check looks at, and need not."),
    (Outcome.SKIPPED, "Not run."),
)


def _different(occurrences: tuple[Occurrence, ...]) -> list[Occurrence]:
    """Return a few occurrences that differ in what was seen, the most telling first."""
    shown: dict[tuple[str, str], Occurrence] = {}
    for each in occurrences:
        shown.setdefault((each.case.scenario, each.check.observed), each)
    return list(shown.values())[:_PROOFS_SHOWN]


def _first(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _outcome(card: Card) -> Outcome:
    return card.finding.occurrences[0].check.outcome
