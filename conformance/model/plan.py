"""A case with draft, transport and target fixed, and the binding of its steps to exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.model.content import Content
from conformance.model.requirement import Verdict
from conformance.model.scenario import (
    Case,
    Check,
    ExchangeStep,
    ReadBackStep,
    RestartStep,
    ResumeStep,
)
from conformance.model.transcript import Framing, Moment
from conformance.model.values import Range, Size, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What a plan needs to know of the target.

    Attributes:
        url: creation URL, ``{unique}`` already replaced.
        path: its path and query, the request target.
        authority: value of Host.
        origin: scheme and authority.
        method: creation method.
        media_type: media type of created representations; empty for none.
        fields: field lines added to every request (authorisation, tokens).
        prefix, suffix: literal octets around generated content.
        limits: announced or declared limits by key (octets, seconds).
        capabilities: what the target declares or has shown, for ``needs``.
        scale: factor on every waiting, from measured latency and the user's ``scale``.
        second_user: Authorization value of another user; empty if there is none.
    """

    url: str
    path: str
    authority: str
    origin: str
    method: str = "POST"
    media_type: str = "application/octet-stream"
    fields: tuple[tuple[str, str], ...] = ()
    prefix: bytes = b""
    suffix: bytes = b""
    limits: Mapping[str, int] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()
    scale: float = 1.0
    second_user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """A check with the verdict its requirement has in this draft.

    Attributes:
        id: ``scenario/case/step/ID[.label]/draft/transport``.
        check: what the file says.
        step: step it belongs to; empty for standing rules.
        verdict: what a violation is worth.
        level: the requirement's level here, for people.
    """

    id: str
    check: Check
    step: str
    verdict: Verdict
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExchange:
    """An exchange step with every default filled in; only captures are open.

    Attributes:
        step: what the file says.
        method: method token.
        target: request target.
        fields: field lines in order, without framing fields; a Size is written as an integer.
        send: representation data to hand over.
        at: offset of the content in the representation.
        framing: how content is framed.
        declared: content octets promised: a size, ``sent`` for what is sent, ``whole`` for all to
            the end of the content, or None for no framing field.
        mark: 0, or the request's own mark (1 to 255).
        of: the creating step whose upload it addresses; its own name for a creation.
    """

    step: ExchangeStep
    method: str
    target: Template
    fields: tuple[tuple[str, Template | Size], ...]
    send: Range
    at: Size
    framing: Framing
    declared: Size | str | None
    mark: int = 0
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedResume:
    """A resume step and the exchange it goes on with."""

    step: ResumeStep
    exchange: PlannedExchange


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTogether:
    """A together step with its exchanges planned."""

    name: str
    release: str
    over: str
    exchanges: tuple[PlannedExchange, ...]


PlannedStep: TypeAlias = (
    PlannedExchange | PlannedResume | PlannedTogether | ReadBackStep | RestartStep
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run of one case.

    Attributes:
        id: ``scenario/case/draft/transport``.
        case: what the file says.
        profile: name of the protocol profile, ``rufh``.
        draft: draft number.
        transport: ``h1`` or ``h2``.
        target: facts of the target.
        content: representation data, sizes resolved.
        steps: what to do, in order; steps without which the draft does not work are left out.
        checks: what to judge; requirements without a verdict in this draft are left out.
        left_out: missing capability by step, for steps that do not apply to draft or target.
    """

    id: str
    case: Case
    profile: str
    draft: int
    transport: str
    target: TargetFacts
    content: Content
    steps: tuple[PlannedStep, ...]
    checks: tuple[PlannedCheck, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The exchanges of one step.

    Attributes:
        exchanges: ids of all exchanges the step made, in order.
        subjects: ids its checks look at (all with ``times``, else the last).
        until: for an exchange left open and resumed later: its checks look at what had happened
            by then.
    """

    exchanges: tuple[int, ...]
    subjects: tuple[int, ...]
    until: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which exchange belongs to which step.

    Attributes:
        steps: by step name; resume steps are bound to the exchange they went on with.
        groups: members of together steps by the step's name.
        uploads: URL of the upload resource by the creating step's name.
        stored: index into the transcript's ``stored`` by read-back step.
        not_run: cause by step, for steps that could not be made (set-up lost, capture missing).
        not_due: cause by step, for steps whose condition a correct target need not fulfil (what
            ``given`` asks for was refused, the connection of ``over`` was closed).
        left_out: missing capability by step, for steps that do not apply.
        overlapped: together steps whose exchanges are proved to have overlapped.
        errors: cause by step where we are at fault.
    """

    steps: Mapping[str, Bound] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, int] = field(default_factory=dict)
    not_run: Mapping[str, str] = field(default_factory=dict)
    not_due: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    overlapped: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
