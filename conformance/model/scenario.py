"""What a scenario file says.

A :class:`Scenario` keeps its steps as a document, because ``each`` may put a value anywhere. A
:class:`Case` is one combination of the values of ``each`` with its steps decoded and typed. The
language knows steps, content, time and connections; verbs and their default fields belong to a
protocol profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from conformance.model.node import NOWHERE, Mark, Node, Sequence
from conformance.model.transcript import CutHow, Framing
from conformance.model.values import (
    UNSET,
    Duration,
    Range,
    Size,
    StatusSet,
    Template,
    Unset,
)


class Verb(StrEnum):
    """Kinds of steps that make an exchange."""

    CREATE = "create"
    APPEND = "append"
    RETRIEVE = "retrieve"
    CANCEL = "cancel"
    DISCOVER = "discover"  # OPTIONS
    REQUEST = "request"  # literal fields only
    OCTETS = "octets"  # literal octets
    FRAMES = "frames"  # literal HTTP/2 frames


class Point(StrEnum):
    """Events of an exchange that cuts and holds can wait for."""

    INTERIM_100 = "interim 100"
    INTERIM_104 = "interim 104"
    ANY_INTERIM = "interim"
    FINAL_HEAD = "final head"
    FINAL = "final"
    HEADER_END = "header end"
    CONTENT_END = "content end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An interruption of the exchange we are in.

    Attributes:
        how: kind of interruption.
        after: content octets to hand over first; None with ``once``.
        once: the event to wait for instead.
        wait_for: event awaited (at most ``at_most``) after the header section went out and before
            content is sent, so that the peer has a fair chance to answer; None: do not wait.
        at_most: bound on that wait.
    """

    how: CutHow
    after: Size | None = None
    once: Point | None = None
    wait_for: Point | None = Point.INTERIM_104
    at_most: Duration = Duration(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Content is withheld from an octet on until one of some events, or a bound.

    Attributes:
        at: content octets handed over before holding.
        until: events that end it.
        at_most: bound on the wait.
        then: what follows when it ends: ``send`` the rest or ``stop`` sending for good.
    """

    until: tuple[Point, ...]
    at: Size | None = None
    at_most: Duration = Duration(5.0)
    then: str = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle:
    """Content goes out in pieces, each in a segment of its own.

    Attributes:
        piece: octets in each piece.
        every: pause between two pieces (scaled like every waiting).
    """

    piece: Size
    every: Duration = Duration(0.0)


class SubjectKind(StrEnum):
    """What a check looks at."""

    EXCHANGE = "exchange"  # the whole exchange, answered or not
    FINAL = "final"
    FIRST_INTERIM = "first interim"
    LATER_INTERIM = "later interim"
    EVERY_INTERIM = "every interim"
    LAST_INTERIM = "last interim"
    EVERY_RESPONSE = "every response"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """``on:`` of a check. Where the transcript has no such thing the check is not observed.

    Attributes:
        kind: what is looked at.
        status: only messages with such a status; None for any.
        problem: problem type (last part of its URI) for kind PROBLEM.
    """

    kind: SubjectKind
    status: StatusSet | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition: a key of the language and its argument.

    Attributes:
        key: ``status``, ``none``, a field name, ...
        argument: frozen record made by the matcher that declares the key.
    """

    key: str
    argument: object
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One of the designs an ``any-of`` accepts.

    Attributes:
        matchers: all must hold.
        verdict: ``pass`` or ``warn`` (``as:``).
        cites: requirement a warning speaks of; empty for the check's own.
        ends: ``scenario`` when nothing after it can be judged under this design.
        fact: variant reported when this alternative holds, for example ``lock``.
    """

    matchers: tuple[Matcher, ...]
    verdict: str = "pass"
    cites: str = ""
    ends: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of ``expect``: a requirement and what it demands here.

    Attributes:
        requirement: id of the requirement cited.
        label: tells several checks of one requirement in one step apart; may be empty.
        subject: what is looked at.
        alternatives: one of them must hold; a plain check has one.
        needs: capabilities without which the check is not applicable.
        mark: its place in the file.
    """

    requirement: str
    label: str
    subject: Subject
    alternatives: tuple[Alternative, ...]
    needs: tuple[str, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeStep:
    """A step that makes one exchange (or several alike, with ``times``).

    Attributes:
        name: unique in the scenario.
        verb: what it does.
        of: the step that created the upload resource it addresses.
        over: step whose connection is used again; None for a fresh connection.
        pipelined: sent before the response to the exchange it shares the connection with.
        given: steps that must have been answered 2xx, else this one is not run.
        needs: capabilities without which the step (and what depends on it) is left out.
        method: method instead of the verb's own.
        to: request target instead of the verb's own (path, or absolute URL).
        http: ``1.1`` or ``1.0``.
        fields: fields to set; None removes a default; several values are several field lines.
        send: representation data handed over; None for the verb's own default.
        declare: what the framing promises: ``sent`` (what is sent), ``whole`` (the content to its
            end), ``nothing`` (no framing field), or a size.
        framing: how content is framed; None for Content-Length.
        chunk: octets per chunk; None for one chunk per write.
        complete: value of the completeness field; None leaves the field out.
        length: Upload-Length; None leaves it out.
        at: Upload-Offset; None leaves it out.
        octets: for OCTETS: what to write, in order.
        frames: for FRAMES: what to write, in order, on one stream.
        window: octets of response content the peer may send on this step's stream until its window
            is reopened (HTTP/2, on a fresh connection); None for windows that never matter.
        hold, cut, trickle: see there.
        leave: the exchange stays open after what is to be sent has been sent.
        within: bound on the final response; None for the run's own deadline.
        quiet: keep listening this long after the answer, for what must not come.
        refresh: how many 409 answers may be followed to the offset they tell.
        repeat_of: send the octets of that step again.
        after: a step whose announced lifetime must have passed first.
        times: how often the step is made, side by side.
        set_up: the rest of the scenario makes sense only if it succeeds; None: when it expects
            nothing.
        expect: checks.
    """

    name: str
    verb: Verb
    of: str = ""
    over: str | None = None
    pipelined: bool = False
    given: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    method: str = ""
    to: Template | None = None
    http: str = "1.1"
    fields: tuple[tuple[str, tuple[Template, ...] | None], ...] = ()
    send: Range | None = None
    declare: str | Size = "sent"
    framing: Framing | None = None
    chunk: Size | None = None
    complete: bool | Unset | None = UNSET
    length: Size | Unset | None = UNSET
    at: Size | Unset | None = UNSET
    octets: tuple[OctetPart, ...] = ()
    frames: tuple[FramePart, ...] = ()
    window: Size | None = None
    hold: Hold | None = None
    cut: Cut | None = None
    trickle: Trickle | None = None
    leave: bool = False
    within: Duration | None = None
    quiet: Duration | None = None
    refresh: int = 0
    repeat_of: str = ""
    after: str = ""
    times: int = 1
    set_up: bool | None = None
    expect: tuple[Check, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class OctetPart:
    """One write of an octets step: text, hexadecimal octets, or a range of the content."""

    text: Template | None = None
    octets: bytes = b""
    content: Range | None = None


class FrameKind(StrEnum):
    """What one part of a frames step is."""

    HEADERS = "headers"
    DATA = "data"
    RST_STREAM = "rst-stream"
    WINDOW_UPDATE = "window-update"
    PING = "ping"
    SETTINGS = "settings"
    GOAWAY = "goaway"
    CONTINUATION = "continuation"
    RAW = "raw"  # octets of whole frames, or of anything else
    WAIT = "wait"  # nothing is written


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePart:
    """One frame of a frames step, written as it is said here (RFC 9113 section 6).

    Attributes:
        kind: type of the frame.
        fields: for HEADERS: names as written, pseudo-fields included; several values are several
            field lines.
        flags: names of the flags to set; END_HEADERS is implied for HEADERS unless any are named.
        pad: for HEADERS and DATA: octets of padding (0 to 255); None for no padding field.
        split: for HEADERS: octets of the field block in the HEADERS frame, the rest goes into a
            CONTINUATION frame; None for one frame.
        content: for DATA: a range of the content; None for no octets.
        octets: payload of PING and CONTINUATION; for RAW everything.
        code: for RST_STREAM and GOAWAY: name of the error code.
        increment: for WINDOW_UPDATE.
        on_connection: for WINDOW_UPDATE: it speaks of the connection and not of the stream.
        settings: for SETTINGS: names and values.
        until, at_most: for WAIT: the events one of which ends it, and its bound.
    """

    kind: FrameKind
    fields: tuple[tuple[str, tuple[Template, ...]], ...] = ()
    flags: tuple[str, ...] = ()
    pad: int | None = None
    split: Size | None = None
    content: Range | None = None
    octets: bytes = b""
    code: str = ""
    increment: Size | None = None
    on_connection: bool = False
    settings: tuple[tuple[str, Size], ...] = ()
    until: tuple[Point, ...] = ()
    at_most: Duration = Duration(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeStep:
    """Goes on with an exchange that was left open.

    Attributes:
        name: unique; by default ``<exchange>-resumed``.
        exchange: the step left open.
        given: steps that must have been answered 2xx, else this one is not run.
        send: further representation data; None for nothing more.
        cut: an interruption instead of an end.
    """

    name: str
    exchange: str
    given: tuple[str, ...] = ()
    send: Range | None = None
    cut: Cut | None = None
    within: Duration | None = None
    needs: tuple[str, ...] = ()
    expect: tuple[Check, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherStep:
    """Several exchanges released at the same moment.

    Attributes:
        name: unique.
        release: ``header end`` or ``last octet``: what is withheld and let go together.
        over: ``two-connections`` or ``one-connection`` (HTTP/2 only).
        steps: the exchanges.
        expect: checks over all of them.
    """

    name: str
    release: str = "last octet"
    steps: tuple[ExchangeStep, ...]
    over: str = "two-connections"
    needs: tuple[str, ...] = ()
    expect: tuple[Check, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackStep:
    """Fetches what the target stored.

    Attributes:
        name: unique.
        of: the step that created the upload (or the plain request that stored it).
        given: steps that must have been answered 2xx; by default the last completing one.
    """

    name: str
    of: str
    given: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    within: Duration | None = None
    expect: tuple[Check, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartStep:
    """Kills the target without warning and starts it again (capability ``restart``)."""

    name: str
    mark: Mark = field(default=NOWHERE, compare=False)


Step: TypeAlias = ExchangeStep | ResumeStep | TogetherStep | ReadBackStep | RestartStep


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
