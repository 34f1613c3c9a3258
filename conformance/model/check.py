"""What a scenario expects: checks, each citing a requirement, and what they look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conformance.model.node import NOWHERE, Mark
from conformance.model.values import StatusSet


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
