"""What a run tells while it goes on, for progress bars and plugins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from conformance.model.result import CaseResult, RunResult, TargetSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The target was tried out and the cases are known.

    Attributes:
        target: what was learnt of the target.
        total: cases that will run.
    """

    target: TargetSeen
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinished:
    """One case is judged."""

    case: CaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """Everything is known; nothing follows."""

    result: RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the user should know now, in one sentence."""

    text: str


Event: TypeAlias = RunStarted | CaseFinished | RunFinished | Notice
OnEvent: TypeAlias = Callable[[Event], None]
