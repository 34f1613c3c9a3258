"""The same request over two HTTP versions: checks that did not come to the same outcome.

Both versions mean the same by HTTP's own semantics (RFC 9110), so a server that answers them
differently has two implementations behind it, and users are served by whichever they happen to
reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.model.outcome import Outcome, worst
from reports.story import Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.model.requirement import Requirement
    from conformance.model.result import CaseResult, RunResult

_NO_OCCASION: Final = frozenset({Outcome.PASS, Outcome.NOT_OBSERVED})
#: transport -> its name for people, in the order of columns
VERSIONS: Final = {"h1": "HTTP/1.1", "h2": "HTTP/2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What became of a check over one HTTP version.

    Attributes:
        version: its name for people.
        outcome: what became of it.
        text: what was observed, or why nothing was.
        occurrence: the check and its case.
    """

    version: str
    outcome: Outcome
    text: str
    occurrence: Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One check over both versions.

    Attributes:
        id: id of the check without its last part, the transport.
        sides: HTTP/1.1, then HTTP/2.
    """

    id: str
    sides: tuple[Side, Side]

    @property
    def draft(self) -> int:
        """Return the draft it was judged in."""
        return self.sides[0].occurrence.case.draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All checks of one requirement that differ in the same way.

    Attributes:
        id: requirement id.
        summary: the requirement in words; empty if unknown.
        outcomes: over HTTP/1.1 and over HTTP/2.
        pairs: those that differ in their texts from others first, then by id.
    """

    id: str
    summary: str
    outcomes: tuple[Outcome, Outcome]
    pairs: tuple[Pair, ...]

    @property
    def drafts(self) -> list[int]:
        """Return the drafts in which they differ."""
        return sorted({pair.draft for pair in self.pairs})

    @property
    def telling(self) -> list[Pair]:
        """Return one pair for each two texts that were observed."""
        found = {(pair.sides[0].text, pair.sides[1].text): pair for pair in reversed(self.pairs)}
        return list(reversed(found.values()))


def compared(run: RunResult) -> int:
    """Return how many checks were made over both versions."""
    first, second = (set(_checks(run.results, transport)) for transport in VERSIONS)
    return len(first & second)


def differences(run: RunResult, catalogue: Mapping[str, Requirement]) -> list[Difference]:
    """Return the checks whose outcome differs between HTTP/1.1 and HTTP/2, the worst first."""
    first, second = (_checks(run.results, transport) for transport in VERSIONS)
    groups: dict[tuple[str, Outcome, Outcome], list[Pair]] = {}
    for key in sorted(first.keys() & second.keys()):
        one, two = first[key], second[key]
        if _differ(one, two):
            name = one.occurrence.check.requirement
            pair = Pair(id=key, sides=(one, two))
            groups.setdefault((name, one.outcome, two.outcome), []).append(pair)
    found = [
        Difference(
            id=name,
            summary=catalogue[name].summary if name in catalogue else "",
            outcomes=(one, two),
            pairs=tuple(pairs),
        )
        for (name, one, two), pairs in groups.items()
    ]
    return sorted(found, key=_by_weight)


def _differ(one: Side, two: Side) -> bool:
    """Tell whether the server was seen to behave differently.

    A rule that holds for every exchange (it belongs to no step) and had no occasion over one
    version says nothing about the server: scenarios of one version made the occasion.
    """
    standing = not one.occurrence.check.step
    if standing and {one.outcome, two.outcome} == _NO_OCCASION:
        return False
    return one.outcome is not two.outcome


def _checks(cases: Iterable[CaseResult], transport: str) -> dict[str, Side]:
    return {
        occurrence.check.id.rpartition("/")[0]: Side(
            version=VERSIONS[transport],
            outcome=occurrence.check.outcome,
            text=occurrence.check.observed or occurrence.check.cause or occurrence.case.cause,
            occurrence=occurrence,
        )
        for occurrence in _occurrences(cases, transport)
    }


def _occurrences(cases: Iterable[CaseResult], transport: str) -> Iterator[Occurrence]:
    for case in cases:
        if case.transport == transport:
            for check in case.checks:
                yield Occurrence(case=case, check=check)


def _by_weight(difference: Difference) -> tuple[int, str]:
    return -worst(difference.outcomes).severity, difference.id
