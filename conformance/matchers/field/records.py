"""What may be demanded of a field: one record for each form of the argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from conformance.model.values import Range, Size, Template

#: words of ``is:`` with their meanings
KINDS = {
    "present": "any value",
    "absent": "no such field",
    "sf-integer": "a valid Integer of Structured Fields",
    "sf-boolean": "a valid Boolean of Structured Fields",
    "sf-dictionary": "a Dictionary of Structured Fields with at least one member",
    "uri-reference": "a URI reference a client can follow",
    "http-date": "an HTTP date",
    "media-type": "a media type",
}


@dataclass(frozen=True, slots=True)
class TextIs:
    """The value is this text."""

    text: Template


@dataclass(frozen=True, slots=True)
class NumberIs:
    """The value is this number."""

    size: Size


@dataclass(frozen=True, slots=True)
class NumberIn:
    """The value is a number between two others, both included."""

    span: Range


@dataclass(frozen=True, slots=True)
class BooleanIs:
    """The value is this Boolean."""

    value: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """The value is a number within bounds, both included."""

    low: Size | None
    high: Size | None


@dataclass(frozen=True, slots=True)
class Kind:
    """The value has this form; see :data:`KINDS`."""

    word: str


@dataclass(frozen=True, slots=True)
class Contains:
    """The value is a list with this member, or a dictionary with this key."""

    token: Template


@dataclass(frozen=True, slots=True)
class SameAs:
    """The value means the same as that of another message.

    Attributes:
        message: ``request`` (of the same exchange), a step (its final response), or
            ``step.first-104``.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Lines:
    """There are so many field lines of that name."""

    count: int


@dataclass(frozen=True, slots=True)
class DigestOfContent:
    """The value is a digest of the scenario's content."""


@dataclass(frozen=True, slots=True)
class ResolvesTo:
    """The value is a URI reference to the upload resource a step created."""

    step: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    test: Test


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A dictionary whose members pass their tests."""

    members: tuple[tuple[str, Test], ...]


Test: TypeAlias = (
    TextIs
    | NumberIs
    | NumberIn
    | BooleanIs
    | Bounds
    | Kind
    | Contains
    | SameAs
    | Lines
    | DigestOfContent
    | ResolvesTo
    | Not
    | OneOf
    | AllOf
    | Members
)


@dataclass(frozen=True, slots=True)
class FieldTest:
    """The argument of a field matcher: which field, and what is demanded of it."""

    name: str
    test: Test
