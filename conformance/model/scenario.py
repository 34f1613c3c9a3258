"""What a scenario file says.

A :class:`Scenario` keeps its steps as a document, because ``each`` may put a value anywhere. A
:class:`Case` is one combination of the values of ``each`` with its steps decoded and typed. The
language knows steps, content, time and connections; verbs and their default fields belong to a
protocol profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.model.check import Alternative, Check, Matcher, Subject, SubjectKind
from conformance.model.interruption import Cut, Hold, Point, Trickle
from conformance.model.literal import FrameKind, FramePart, OctetPart
from conformance.model.node import Node, Sequence
from conformance.model.step import (
    ExchangeStep,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Step,
    TogetherStep,
    Verb,
)

__all__ = [
    "Alternative",
    "Axis",
    "Case",
    "Check",
    "ContentKind",
    "ContentSpec",
    "Cut",
    "ExchangeStep",
    "FrameKind",
    "FramePart",
    "Hold",
    "Matcher",
    "OctetPart",
    "Point",
    "ReadBackStep",
    "RestartStep",
    "ResumeStep",
    "Scenario",
    "Step",
    "Subject",
    "SubjectKind",
    "TogetherStep",
    "Trickle",
    "Verb",
]


class ContentKind(StrEnum):
    """Where representation data comes from."""

    GENERATED = "generated"
    TEXT = "text"
    GZIP = "gzip"  # generated octets, gzip-coded: the representation is the coded data


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSpec:
    """``content:`` of a scenario.

    Attributes:
        kind: where it comes from.
        size: octets (for GZIP: before coding); may be adapted to a target's limits.
        text: for TEXT.
        fixed: the size must not be adapted.
    """

    kind: ContentKind = ContentKind.GENERATED
    size: int = 0
    text: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """One variable of ``each`` with its named values."""

    name: str
    values: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario file.

    Attributes:
        id: ``profile/topic/slug``, never renumbered.
        title: one sentence saying what a correct server does.
        why: what it means for users.
        role: whom the suite plays: ``client`` (the target is a server).
        content: the representation data.
        seed: decides generated content; the id if empty.
        mark_requests: every request's octets are distinguishable.
        each: variables; cases are their product, in order.
        needs: capabilities of draft and target without which nothing runs.
        repeat: how often each case is run in one go (races).
        steps: the steps as a document.
        path: file it came from, for messages.
    """

    id: str
    title: str
    why: str = ""
    role: str = "client"
    content: ContentSpec = ContentSpec()
    seed: str = ""
    mark_requests: bool = False
    each: tuple[Axis, ...] = ()
    needs: tuple[str, ...] = ()
    repeat: int = 1
    steps: Sequence = field(default_factory=lambda: Sequence(()))
    path: str = field(default="", compare=False)

    @property
    def topic(self) -> str:
        """Return the middle part of the id."""
        parts = self.id.split("/")
        return parts[1] if len(parts) > 2 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One combination of a scenario's ``each``, decoded.

    Attributes:
        scenario: where it comes from.
        name: names of the values joined by ``,``; empty without ``each``.
        steps: typed steps.
    """

    scenario: Scenario
    name: str
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """Return ``scenario`` or ``scenario/case``; stable for baselines."""
        return f"{self.scenario.id}/{self.name}" if self.name else self.scenario.id
