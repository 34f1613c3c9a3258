"""Is the suite itself true? Three figures over servers whose faults are known.

*Caught*: every seeded defect is found by a check that cites one of its requirements. *Proved*:
every requirement whose violation fails, and every single check of one, was seen to fail because of
a defect of that requirement. *Accusations*: correct variants get no fail, and no warning the
registry does not call for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.model.result import CheckResult, RunResult

_BAD = frozenset({Outcome.FAIL, Outcome.WARN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that found something wrong.

    Attributes:
        check: id of the check.
        place: where it stands in a scenario file, whatever case, draft and transport; see
            :func:`place_of`.
        requirement: what it cites.
        outcome: ``fail`` or ``warn``.
        observed: what was there.
    """

    check: str
    requirement: str
    outcome: Outcome
    observed: str = ""
    place: str = ""

    @property
    def words(self) -> str:
        """Return one line for people."""
        return f"{self.outcome} {self.check}: {self.observed}"[:240]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One strange server after a run.

    Attributes:
        name: of the defect or variant.
        draft: draft it was judged in.
        requirements: what a defect violates; what a variant may be warned of.
        findings: fails and warnings.
        unjudged: ids of checks that were inconclusive or an error of ours, with the cause.
        trouble: why there was no run at all; empty if there was one.
    """

    name: str
    draft: int
    requirements: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    unjudged: tuple[tuple[str, str], ...] = ()
    trouble: str = ""

    @property
    def own(self) -> tuple[Finding, ...]:
        """Return what cites one of the requirements."""
        return tuple(each for each in self.findings if each.requirement in self.requirements)

    @property
    def failed(self) -> frozenset[str]:
        """Return the places of checks that failed because of a requirement that was violated."""
        return frozenset(each.place for each in self.own if each.outcome is Outcome.FAIL)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Return what cites other requirements."""
        return tuple(each for each in self.findings if each.requirement not in self.requirements)


def place_of(scenario: str, check: str, *, standing: bool = False) -> str:
    """Return ``scenario/step/ID[.label]``, or ``standing/ID`` for a standing rule.

    Args:
        scenario: id of the scenario.
        check: id of one of its checks, ``scenario[/case]/step/ID[.label]/draft/transport``.
        standing: it belongs to no step.
    """
    head, name, _, _ = check.rsplit("/", 3)
    step = head.rpartition("/")[2]
    return f"standing/{name}" if standing else f"{scenario}/{step}/{name}"


def judged(
    name: str, draft: int, requirements: tuple[str, ...], results: Iterable[RunResult]
) -> Judged:
    """Read what runs against one server found.

    Args:
        name: of the defect or variant.
        draft: draft it was judged in.
        requirements: see :class:`Judged`.
        results: the runs.
    """
    cases = [case for result in results for case in result.results]
    checks = [check for case in cases for check in case.checks]
    return Judged(
        name=name,
        draft=draft,
        requirements=requirements,
        findings=tuple(
            _finding(case.scenario, check)
            for case in cases
            for check in case.checks
            if check.outcome in _BAD
        ),
        unjudged=tuple(
            (check.id, check.cause)
            for check in checks
            if check.outcome in {Outcome.INCONCLUSIVE, Outcome.ERROR}
        ),
    )


def _finding(scenario: str, check: CheckResult) -> Finding:
    return Finding(
        check=check.id,
        place=place_of(scenario, check.id, standing=not check.step),
        requirement=check.requirement,
        outcome=check.outcome,
        observed=check.observed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Adequacy:
    """The three figures.

    Attributes:
        defects: every defect judged.
        slipped: names of defects nobody noticed.
        proved: requirement -> defects of its own that made a check on it fail or warn.
        unproved: requirements whose violation fails and that no defect ever violated visibly.
        unseen: places of checks that can fail and that no defect of their own ever made fail.
        variants: every variant judged.
        accused: variant and draft -> fails, and warnings the registry does not call for.
    """

    defects: tuple[Judged, ...]
    slipped: tuple[str, ...]
    proved: Mapping[str, tuple[str, ...]]
    unproved: tuple[str, ...]
    unseen: tuple[str, ...]
    variants: tuple[Judged, ...]
    accused: Mapping[tuple[str, int], tuple[Finding, ...]]

    @property
    def holds(self) -> bool:
        """Tell whether the suite is true as far as these servers can tell."""
        trouble = any(each.trouble for each in (*self.defects, *self.variants))
        gaps = self.slipped or self.unproved or self.unseen or self.accused
        return not (gaps or trouble)


def measure(
    defects: Sequence[Judged],
    variants: Sequence[Judged],
    must_fail: Iterable[str],
    must_be_seen: Iterable[str] = (),
    elsewhere: Sequence[Judged] = (),
) -> Adequacy:
    """Compute the figures.

    Args:
        defects: judged defects, each in its own draft and transport.
        variants: judged variants.
        must_fail: requirements that shipped checks cite and whose violation fails somewhere.
        must_be_seen: places of checks whose violation fails somewhere.
        elsewhere: the same defects in further drafts and transports, for checks to be seen there.
    """
    proved: dict[str, list[str]] = defaultdict(list)
    for each in defects:
        for requirement in dict.fromkeys(finding.requirement for finding in each.own):
            proved[requirement].append(each.name)
    accused = {(each.name, each.draft): wrong for each in variants if (wrong := accusations(each))}
    return Adequacy(
        defects=tuple(defects),
        slipped=tuple(each.name for each in defects if not each.own),
        proved={name: tuple(found) for name, found in sorted(proved.items())},
        unproved=tuple(sorted(set(must_fail) - set(proved))),
        unseen=tuple(sorted(set(must_be_seen) - failed(*defects, *elsewhere))),
        variants=tuple(variants),
        accused=accused,
    )


def failed(*servers: Judged) -> frozenset[str]:
    """Return the places of all checks that servers made fail by what they violate."""
    return frozenset(place for each in servers for place in each.failed)


def accusations(variant: Judged) -> tuple[Finding, ...]:
    """Return what a correct variant is wrongly told: fails, and warnings not called for."""
    return tuple(
        each
        for each in variant.findings
        if each.outcome is Outcome.FAIL or each.requirement not in variant.requirements
    )
