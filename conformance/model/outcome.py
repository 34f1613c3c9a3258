"""Outcomes of checks, from best to worst, in the words of ISO 9646 and TTCN-3 plus our *warn*.

Ordered outcomes combine by the worst; the other three stand beside the order because nothing was
judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one check."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"
    NOT_OBSERVED = "not-observed"
    NOT_APPLICABLE = "not-applicable"

    @property
    def severity(self) -> int:
        """Return the rank among judged outcomes (0 best); -1 where nothing was judged."""
        return _SEVERITY.get(self, -1)


_SEVERITY = {
    outcome: rank
    for rank, outcome in enumerate(
        (Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE, Outcome.FAIL, Outcome.ERROR)
    )
}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst outcome; not-observed if nothing at all was judged."""
    ranked = list(outcomes)
    return max(ranked, key=lambda outcome: outcome.severity, default=Outcome.NOT_OBSERVED)


class Ground(StrEnum):
    """Why a check is not applicable; never inferred from a failure."""

    DECLARED = "declared"  # the target file or the command line says so
    SHOWN = "shown"  # the target legitimately showed that it does not do this
