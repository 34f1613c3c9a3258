"""What became of several checks, in one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.outcome import worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.model.outcome import Outcome


def tally(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """Return the worst outcome, and how many of those judged it befell (such as ``3/12``).

    The share is empty if it befell all of them, or if nothing was judged.
    """
    outcome = worst(outcomes)
    judged = [each for each in outcomes if each.severity >= 0]
    same = judged.count(outcome)
    return str(outcome), f"{same}/{len(judged)}" if same < len(judged) else ""
