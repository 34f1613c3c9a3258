"""Which cases run: globs over ids, topics, requirements, and shards of the whole."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.model.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.model.plan import Plan
    from conformance.model.scenario import Case, Scenario

_SHARD = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the user asked for; an empty part selects everything.

    Attributes:
        only: ids or globs of scenarios or cases; a topic folder selects all below it.
        topics: topics or globs.
        requirements: requirement ids or globs; a plan runs if one of its checks cites one.
        shard: (number from 1, how many).
    """

    only: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    shard: tuple[int, int] | None = None

    @property
    def everything(self) -> bool:
        """Tell whether nothing is left out."""
        return not (self.only or self.topics or self.requirements or self.shard)

    @property
    def words(self) -> str:
        """Say what is selected; empty for everything."""
        parts = [
            f"{name} {', '.join(values)}"
            for name, values in (
                ("only", self.only),
                ("topic", self.topics),
                ("requirement", self.requirements),
            )
            if values
        ]
        if self.shard is not None:
            parts.append(f"shard {self.shard[0]}/{self.shard[1]}")
        return "; ".join(parts)

    def scenario(self, scenario: Scenario) -> bool:
        """Tell whether a case of this scenario may be selected, by id and topic."""
        if self.topics and not any(fnmatchcase(scenario.topic, glob) for glob in self.topics):
            return False
        return not self.only or any(_may_match(scenario.id, glob) for glob in self.only)

    def case(self, case: Case) -> bool:
        """Tell whether a case is selected, whatever requirements it cites."""
        if not self.scenario(case.scenario):
            return False
        if self.only and not any(_matches(case.id, case.scenario.id, glob) for glob in self.only):
            return False
        return self.shard is None or in_shard(case.id, *self.shard)

    def plan(self, plan: Plan) -> bool:
        """Tell whether a plan is selected."""
        cited = {check.check.requirement for check in plan.checks}
        return self.cites(cited) and self.case(plan.case)

    def cites(self, requirements: Iterable[str]) -> bool:
        """Tell whether one of some requirements is selected."""
        if not self.requirements:
            return True
        return any(fnmatchcase(each, glob) for each in requirements for glob in self.requirements)


def _matches(case_id: str, scenario_id: str, glob: str) -> bool:
    if fnmatchcase(case_id, glob) or fnmatchcase(scenario_id, glob):
        return True
    return scenario_id.startswith(glob.rstrip("/") + "/")


def _may_match(scenario_id: str, glob: str) -> bool:
    if _matches(scenario_id, scenario_id, glob):
        return True
    # it may name a case: the part up to the first wildcard must not contradict the id
    literal = _GLOB.split(glob, maxsplit=1)[0]
    prefix = f"{scenario_id}/"
    return literal.startswith(prefix) or (literal != glob and prefix.startswith(literal))


def in_shard(case_id: str, number: int, count: int) -> bool:
    """Tell whether a case belongs to shard ``number`` of ``count``; stable by the id's hash."""
    digest = hashlib.sha256(case_id.encode()).digest()
    return int.from_bytes(digest[:8], "big") % count == number - 1


def parse_shard(text: str) -> tuple[int, int]:
    """Read ``2/5``.

    Raises:
        SuiteError: it is no shard.
    """
    found = _SHARD.fullmatch(text.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise SuiteError(f"{text[:20]!r} is no shard; write for example 1/4 up to 4/4")
    return int(found[1]), int(found[2])


_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


def parse_drafts(texts: Iterable[str], known: Sequence[int]) -> tuple[int, ...]:
    """Read draft numbers: ``6``, ``3-10``, ``6,8``, ``all``; sorted, each once.

    Raises:
        SuiteError: a number is not known.
    """
    numbers: set[int] = set()
    for part in (piece.strip() for text in texts for piece in text.split(",")):
        if part == "all":
            numbers.update(known)
            continue
        found = _SPAN.fullmatch(part)
        span = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
        if not span or any(number not in known for number in span):
            raise SuiteError(
                f"draft {part[:20]!r} is not known; write interop numbers from {min(known)} to "
                f"{max(known)}, for example 6 or {min(known)}-{max(known)}"
            )
        numbers.update(span)
    return tuple(sorted(numbers))
