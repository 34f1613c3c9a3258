"""What became of steps that made no exchange: not run, not due, left out, failed by our fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.dependencies import name_of, names_in, rests_on
from conformance.engine.lanes import CannotRun, NotDue
from conformance.engine.world import BoundReached
from conformance.model.plan import Binding
from conformance.model.protocols import MissingCapture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.plan import Bound, PlannedStep

_LONGEST = 500


class Notes:
    """The parts of a binding that say why something is missing, while a plan runs.

    Attributes:
        left_out: missing capability by step.
        groups: members of together steps by the step's name.
        overlapped: together steps whose exchanges are proved to have overlapped.
        stored: index into the record's read-backs by step.
        lost: why nothing more is run; empty while things go well.
    """

    __slots__ = (
        "_errors", "_not_due", "_not_run", "groups", "left_out", "lost", "overlapped", "stored",
    )  # fmt: skip

    def __init__(self, left_out: Mapping[str, str]) -> None:
        self.left_out = dict(left_out)
        self.groups: dict[str, tuple[str, ...]] = {}
        self.overlapped: set[str] = set()
        self.stored: dict[str, int] = {}
        self.lost = ""
        self._not_run: dict[str, str] = {}
        self._not_due: dict[str, str] = {}
        self._errors: dict[str, str] = {}

    def binding(self, steps: Mapping[str, Bound], uploads: Mapping[str, str]) -> Binding:
        """Return everything so far as a binding."""
        return Binding(
            steps=dict(steps),
            groups=dict(self.groups),
            uploads=uploads,
            stored=dict(self.stored),
            not_run=dict(self._not_run),
            not_due=dict(self._not_due),
            left_out=dict(self.left_out),
            overlapped=frozenset(self.overlapped),
            errors=dict(self._errors),
        )

    def obstructed(self, planned: PlannedStep) -> bool:
        """Tell whether a step cannot be made, and note why: the cause of what it rests on."""
        if self.lost:
            self.skip(planned, self.lost)
            return True
        if not (self._not_run or self._not_due or self.left_out):
            return False
        for name in rests_on(planned):
            for notes in (self.left_out, self._not_run, self._not_due):
                if name in notes:
                    _note(notes, planned, notes[name])
                    return True
        return False

    def skip(self, planned: PlannedStep, cause: str) -> None:
        """Note that a step was not run."""
        _note(self._not_run, planned, cause)

    def obstacle(self, planned: PlannedStep, error: Exception) -> None:
        """Note what kept a step from being made; anything unforeseen is our fault.

        Raises:
            BoundReached: that is what stopped one of several exchanges side by side.
        """
        while isinstance(error, ExceptionGroup):  # of several, the first will do
            error = error.exceptions[0]
        match error:
            case BoundReached():
                raise error
            case NotDue():
                _note(self._not_due, planned, error.cause)
            case MissingCapture() | CannotRun():
                self.skip(planned, error.cause)
            case _:
                name = name_of(planned)
                self._errors[name] = f"{type(error).__name__}: {error}"[:_LONGEST]
                self.lost = self.lost or f"step {name} failed because of an error of the suite"


def _note(notes: dict[str, str], planned: PlannedStep, cause: str) -> None:
    for name in names_in(planned):
        notes.setdefault(name, cause)
