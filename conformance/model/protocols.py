"""What matchers may ask while they judge, so that they need to know no other package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol

from conformance.model.content import Content
from conformance.model.node import Node
from conformance.model.transcript import Connection, Exchange, Message, Stored
from conformance.model.values import Duration, Range, Size, Template


class Malformed(Enum):
    """A field is there but is not what its definition says."""

    MALFORMED = "malformed"


MALFORMED: Final = Malformed.MALFORMED


class MissingCapture(Exception):  # noqa: N818 - it is a state of affairs, not an error
    """A value is not there because the exchange that should have brought it did not.

    Attributes:
        cause: plain words, for the *inconclusive* that follows.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a matcher found.

    Attributes:
        holds: the condition is met; None where it cannot be told.
        expected: what the check demands, in words.
        observed: what was there, in words; the cause where it cannot be told.
    """

    holds: bool | None
    expected: str
    observed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one check is looking at.

    Attributes:
        step: name of the step.
        exchanges: the exchanges of the step its checks look at (usually one).
        exchange: the one looked at now; None for read-backs and groups.
        message: the message looked at; None for the exchange as a whole.
        stored: what a read-back found.
        members: for a together step, its members' subject exchanges by name.
    """

    step: str
    exchanges: tuple[Exchange, ...] = ()
    exchange: Exchange | None = None
    message: Message | None = None
    stored: Stored | None = None
    members: Mapping[str, Exchange] = field(default_factory=dict)


class MatchContext(Protocol):
    """The world as one check may see it."""

    @property
    def content(self) -> Content:
        """The scenario's representation data."""
        ...

    def has(self, capability: str) -> bool:
        """Tell whether the draft has a capability."""
        ...

    def size(self, size: Size) -> int:
        """Compute a size in octets; raises MissingCapture."""
        ...

    def span(self, octets: Range) -> tuple[int, int]:
        """Compute a range; raises MissingCapture."""
        ...

    def text(self, template: Template) -> str:
        """Fill in a template; raises MissingCapture."""
        ...

    def seconds(self, duration: Duration) -> float:
        """Scale a duration by measured latency."""
        ...

    def exchange(self, step: str) -> Exchange | None:
        """Return the subject exchange of a step; None if it was not made."""
        ...

    def connection(self, number: int) -> Connection:
        """Return a connection of the transcript."""
        ...

    def exchanges_on(self, connection: int) -> tuple[Exchange, ...]:
        """Return all exchanges made on a connection, in order."""
        ...

    def stored(self, step: str) -> Stored | None:
        """Return what a read-back step found."""
        ...

    def mark(self, step: str) -> int:
        """Return the mark of a step's octets (0 without marks)."""
        ...

    def completeness(self, message: Message) -> bool | Malformed | None:
        """Read the completeness field, in the draft's name and sense; None if absent."""
        ...

    def completeness_field(self) -> str:
        """Return the completeness field's name in this draft."""
        ...

    def resolve(self, exchange: Exchange, reference: bytes) -> str | None:
        """Resolve a Location against the exchange's URL; None if it is no URI reference."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatcherSpec:
    """The declaration of one matcher: everything about its key comes from here.

    Attributes:
        key: the YAML key.
        summary: what it checks, one sentence for documents and editors.
        example: a YAML example of its value.
        schema: JSON Schema of its argument.
        decode: makes the argument from a node; raises ScenarioError with the place.
        encode: makes a node from the argument.
        match: judges; may raise MissingCapture.
        absent_final: what to do if the exchange has no final response: True if the matcher can
            judge without one.
    """

    key: str
    summary: str
    example: str
    schema: Mapping[str, Any]
    decode: Callable[[Node], object]
    encode: Callable[[Any], Node]
    match: Callable[[Any, Look, MatchContext], Match]
    absent_final: bool = False
