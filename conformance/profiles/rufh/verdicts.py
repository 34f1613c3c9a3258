"""From what a text says to what a violation counts as.

A row of the registry says the level per draft number. The verdict follows by four rules, and
every verdict that is not simply the one of its level keeps a reason and the id of a disputed
point (``disputed.yaml``), where the dispute and our judgement are written down:

1. MUST and MUST NOT fail; SHOULD, SHOULD NOT and RECOMMENDED warn; MAY informs; absent skips.
2. A statement without a keyword warns at most (``rule-2``).
3. Where revisions sharing one number differ, the weakest counts, but the variant seen is still
   told (``rule-3``).
4. A draft whose text could not be read is judged like the one before it, and warns at most
   (``rule-7``).

An exception of a row overrides rules 1 to 3, in either direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.requirement import Keyword, Level, Verdict
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_LEVEL = {
    Level.MUST: Verdict.FAIL,
    Level.MUST_NOT: Verdict.FAIL,
    Level.SHOULD: Verdict.WARN,
    Level.SHOULD_NOT: Verdict.WARN,
    Level.RECOMMENDED: Verdict.WARN,
    Level.MAY: Verdict.INFO,
    Level.ABSENT: Verdict.SKIP,
}
_IMPLICIT = "the text says so without a keyword"
_UNREAD = "the text of this draft could not be read; judged like the draft before it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A verdict that a disputed point decides, and why."""

    verdict: Verdict
    point: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Level and verdict for one draft number, with the reason if they differ."""

    level: Level
    verdict: Verdict
    reason: str = ""
    point: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a row says, before it is judged.

    Attributes:
        levels: level per draft number; a number left out is not asked for, or, for a draft
            whose text could not be read, not known.
        revisions: level of single revisions (``-09``) that differ from the others of their number.
        keyword: whether the text uses a keyword.
        exceptions: verdict per draft number that a disputed point decides.
    """

    levels: Mapping[int, Level]
    revisions: Mapping[str, Level]
    keyword: Keyword
    exceptions: Mapping[int, Exemption]


def verdict_of(level: Level) -> Verdict:
    """Return the verdict a level has by itself."""
    return _BY_LEVEL[level]


def judge(statement: Statement, number: int) -> Judged:
    """Derive level and verdict of a statement for one draft number."""
    draft = DRAFTS[number]
    if draft.provisional and number not in statement.levels:
        return _judge_unread(statement, number)
    level = statement.levels.get(number, Level.ABSENT)
    exempt = statement.exceptions.get(number)
    if exempt is not None:
        return Judged(
            level=level, verdict=exempt.verdict, reason=exempt.because, point=exempt.point
        )
    return _by_rules(statement, number, level)


def _judge_unread(statement: Statement, number: int) -> Judged:
    if number in statement.exceptions:
        exempt = statement.exceptions[number]
        level = statement.levels.get(number - 1, Level.ABSENT)
        base = Judged(
            level=level, verdict=exempt.verdict, reason=exempt.because, point=exempt.point
        )
    else:
        base = judge(statement, number - 1)
    if base.verdict is Verdict.SKIP:
        return base
    if base.verdict is Verdict.FAIL:
        return Judged(
            level=base.level,
            verdict=Verdict.WARN,
            reason=_UNREAD,
            point="rule-7",
            provisional=True,
        )
    return Judged(
        level=base.level,
        verdict=base.verdict,
        reason=base.reason,
        point=base.point,
        provisional=True,
    )


def _by_rules(statement: Statement, number: int, level: Level) -> Judged:
    verdict, reason, point = _BY_LEVEL[level], "", ""
    variants = {name: statement.revisions.get(name, level) for name in DRAFTS[number].revisions}
    weakest = min((_BY_LEVEL[each] for each in variants.values()), key=lambda each: each.strength)
    if weakest.strength < verdict.strength:
        told = ", ".join(f"{name} {each}" for name, each in variants.items())
        verdict = max(weakest, Verdict.INFO, key=lambda each: each.strength)
        reason, point = (
            f"revisions sharing this number differ ({told}); the weakest counts",
            "rule-3",
        )
    if statement.keyword is Keyword.IMPLICIT and verdict is Verdict.FAIL:
        verdict, reason, point = Verdict.WARN, _IMPLICIT, "rule-2"
    return Judged(level=level, verdict=verdict, reason=reason, point=point)
