"""Results of a run: what every report is a function of.

Everything here is plain data that goes to JSON and back without loss; see ``docs/results.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.model.outcome import Outcome

#: marks what is of use while a run goes on and is no part of its result
PASSING: Mapping[str, bool] = MappingProxyType({"passing": True})
SCHEMA = "https://resumable-conformance.example/schema/result/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeText:
    """One exchange rendered for people, secrets removed.

    Attributes:
        step: the step that made it.
        connection: id of its connection in this run.
        sent: octets sent, escaped and shortened.
        received: octets received, escaped and shortened.
        note: cut made, end, waiting time in words.
    """

    step: str
    connection: int
    sent: str
    received: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One judged check.

    Attributes:
        id: ``scenario/case/step/ID[.label]/draft/transport``.
        requirement: requirement id.
        step: step name; empty for standing rules.
        level: the requirement's level in this draft.
        verdict: what a violation is worth in this draft (``fail``, ``warn``, ``info``).
        provisional: the draft's text could not be read.
        outcome: what became of it.
        expected: what the check demands; empty for a pass.
        observed: what was there; empty for a pass, whose values differ from run to run.
        cause: why it is inconclusive, skipped, not observed or an error.
        ground: ``declared`` or ``shown`` for not-applicable.
        seen: for a repeated fail, ``2/2`` or ``1/2``.
        evidence: positions in the case's exchanges that show it.
        variant: variant seen, where the texts leave it open.
    """

    id: str
    requirement: str
    step: str
    level: str
    verdict: str
    outcome: Outcome
    provisional: bool = False
    expected: str = ""
    observed: str = ""
    cause: str = ""
    ground: str = ""
    seen: str = ""
    evidence: tuple[int, ...] = ()
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case in one draft over one transport.

    Attributes:
        id: ``scenario[/case]/draft/transport``.
        scenario, case, draft, transport: its parts.
        title, why, topic: from the scenario.
        outcome: worst of its checks.
        checks: in the order of the file, standing rules last.
        exchanges: rendered exchanges; kept where something is not a plain pass.
        facts: variants and values seen, for information.
        cause: why nothing could be judged, if so.
        seconds: wall time.
        requests: requests sent.
        octets: content octets sent.
        leftovers: uploads that could not be cancelled afterwards.
        path: scenario file.
        held: requirements of standing rules that were looked at and held. A run tells them once
            for all cases, because which of them one case gets to see depends on timing.
    """

    id: str
    scenario: str
    case: str
    draft: int
    transport: str
    title: str
    topic: str
    outcome: Outcome
    why: str = ""
    checks: tuple[CheckResult, ...] = ()
    exchanges: tuple[ExchangeText, ...] = ()
    facts: tuple[str, ...] = ()
    cause: str = ""
    seconds: float = 0.0
    requests: int = 0
    octets: int = 0
    leftovers: int = 0
    path: str = ""
    held: tuple[str, ...] = field(default=(), metadata=PASSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSeen:
    """What was learnt of the target.

    Attributes:
        url: creation URL, secrets removed; ``embedded`` for the reference server.
        embedded: it is the embedded reference server.
        drafts: drafts judged, with the reason (``declared`` or ``104 seen``).
        transports: transports it was judged over, ``h1`` and ``h2``.
        limits: limits announced, by key.
        latency: median milliseconds of the sanity exchanges.
        read_back: way in, in words; empty if none.
        facts: other observations.
        server: its Server field, if any.
        file: target file used, as given; empty if none.
    """

    url: str
    embedded: bool = False
    drafts: dict[int, str] = field(default_factory=dict)
    transports: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)
    latency: float = 0.0
    read_back: str = ""
    facts: tuple[str, ...] = ()
    server: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSeen:
    """How a baseline met this run.

    Attributes:
        path: the file.
        known: check ids that failed as expected, with their reasons.
        stale: check ids listed that no longer fail.
    """

    path: str
    known: dict[str, str] = field(default_factory=dict)
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """Everything a run found.

    Attributes:
        suite: version of the suite.
        scenario_set: number of the shipped scenario set.
        seed: seed of the run.
        target: what was learnt of the target.
        results: cases in the order of scenario id, case, draft, transport.
        started: when, ISO 8601 in UTC.
        seconds: wall time.
        stopped: why the run ended early; empty if it did not.
        baseline: the baseline used, if any.
        exit_code: as documented.
        selection: what was selected, in words.
        options: what a command line needs besides target, draft, transport and case to run one
            case again, word by word; secrets removed.
    """

    suite: str
    scenario_set: str
    seed: str
    target: TargetSeen
    results: tuple[CaseResult, ...]
    started: str
    seconds: float
    stopped: str = ""
    baseline: BaselineSeen | None = None
    exit_code: int = 0
    selection: str = ""
    options: tuple[str, ...] = ()

    def count_scenarios(self) -> dict[str, int]:
        """Count cases by outcome; every outcome is a key."""
        return _count([case.outcome for case in self.results])

    def count_checks(self) -> dict[str, int]:
        """Count checks by outcome; every outcome is a key."""
        return _count([check.outcome for case in self.results for check in case.checks])


def _count(outcomes: list[Outcome]) -> dict[str, int]:
    counts = {str(outcome): 0 for outcome in Outcome}
    for outcome in outcomes:
        counts[str(outcome)] += 1
    return counts
