"""The steps of a scenario, decoded and typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from conformance.model.check import Check
from conformance.model.exchange import Framing
from conformance.model.interruption import Cut, Hold, Trickle
from conformance.model.literal import FramePart, OctetPart
from conformance.model.node import NOWHERE, Mark
from conformance.model.values import UNSET, Duration, Range, Size, Template, Unset


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
