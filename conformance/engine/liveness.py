"""Notices that a target has died, so that a run does not wait for it hundreds of times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.transcript import End

if TYPE_CHECKING:
    from conformance.model.transcript import Exchange, Transcript

#: runs in a row, whichever finished when, in which nothing was answered
SILENT_RUNS = 24

_SILENCE = frozenset({End.REFUSED, End.DEADLINE, End.CLOSED, End.RESET})


class Liveness:
    """Watches whether a target still answers anything.

    Scenarios interrupt transfers and some of their requests get no answer by right; but every one
    of them also asks something that is answered.
    """

    __slots__ = ("_silent",)

    def __init__(self) -> None:
        self._silent = 0

    def saw(self, transcript: Transcript) -> str:
        """Take note of a run; returns why to give up, or an empty text."""
        exchanges = transcript.exchanges
        if any(each.final is not None or each.interims_seen for each in exchanges):
            self._silent = 0
            return ""
        lost = [each for each in exchanges if each.end in _SILENCE]
        if lost:
            self._silent += 1
        if self._silent < SILENT_RUNS or not lost:
            return ""
        return f"the target no longer answers ({_how(lost[-1])})"


def _how(exchange: Exchange) -> str:
    return exchange.detail or str(exchange.end)
