"""What a text asks of a peer: requirements, their levels, and what a violation means.

A requirement is one testable statement of a specification. Its *level* is the keyword the text
uses; its *verdict* is what a violation counts as. Both are kept per draft number, because the
same statement may be a duty in one draft and free in the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(StrEnum):
    """How strongly a text asks for something (BCP 14), or that it does not ask at all."""

    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    SHOULD = "SHOULD"
    SHOULD_NOT = "SHOULD NOT"
    RECOMMENDED = "RECOMMENDED"
    MAY = "MAY"
    ABSENT = "absent"


class Verdict(StrEnum):
    """What a violation counts as; ``skip`` means that there is no ground for a check."""

    FAIL = "fail"
    WARN = "warn"
    INFO = "info"
    SKIP = "skip"

    @property
    def strength(self) -> int:
        """Return 0 (skip) to 3 (fail), for comparing verdicts."""
        return _STRENGTH[self]


_STRENGTH = {Verdict.SKIP: 0, Verdict.INFO: 1, Verdict.WARN: 2, Verdict.FAIL: 3}


class Role(StrEnum):
    """Whom a requirement binds; ``suite`` marks statements of ours about any target."""

    SERVER = "server"
    CLIENT = "client"
    INTERMEDIARY = "intermediary"
    SUITE = "suite"


class Keyword(StrEnum):
    """Whether the text uses a BCP 14 keyword or merely states or defines something."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"


class Observable(StrEnum):
    """Whether a violation can be seen on the wire."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Damage(IntEnum):
    """What a violation does to users; a larger value is worse."""

    HYGIENE = 1  # nobody suffers today
    CONFUSION = 2  # a peer may misread what it is told
    WASTED = 3  # octets are sent again, or time is lost
    STUCK = 4  # an upload cannot be resumed or finished
    CORRUPTION = 5  # stored octets are wrong, or data are lost in silence

    @property
    def label(self) -> str:
        """Return the name as files and reports spell it."""
        return self.name.lower()


#: statements about one HTTP version, by the beginning of their id
_OF_ONE_TRANSPORT = {"H1-": "h1", "H2-": "h2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One statement of a specification and how its violation is judged.

    Attributes:
        id: stable identifier, never reused.
        role: whom it binds.
        topic: part of the protocol it belongs to.
        section: section of the source, by title or number.
        source: ``RUFH`` (the draft), ``RFCnnnn``, or ``SUITE`` (our own).
        summary: the statement in our own words.
        keyword: whether the source uses a keyword.
        observable: whether a violation can be seen on the wire.
        levels: level per draft number.
        verdicts: verdict per draft number.
        reasons: draft number -> why the verdict is not the one its level would give.
        points: draft number -> id of the disputed point or rule behind that reason.
        provisional: draft numbers whose text could not be read.
        how: the exchange that decides, and what proves a violation.
        note: explanation; empty if there is none.
        historic: the newest text no longer has it.
        damage: what a violation does to users.
        url: where to read it, for the newest draft read that has it; empty for our own statements.
        urls: the same per draft number.
    """

    id: str
    role: Role
    topic: str
    section: str
    source: str
    summary: str
    keyword: Keyword
    observable: Observable
    levels: Mapping[int, Level]
    verdicts: Mapping[int, Verdict]
    reasons: Mapping[int, str]
    points: Mapping[int, str]
    provisional: frozenset[int]
    how: str
    note: str
    historic: bool
    damage: Damage
    url: str
    urls: Mapping[int, str]

    def concerns(self, transport: str) -> bool:
        """Tell whether it is about an HTTP version, ``h1`` or ``h2``; most are about both."""
        return _OF_ONE_TRANSPORT.get(self.id[:3], transport) == transport

    def url_for(self, draft: int) -> str:
        """Return the link to the text judged for a draft number; :attr:`url` if it has none."""
        return self.urls.get(draft, self.url)
