"""One row of ``requirements.yaml``, checked strictly and judged for every draft."""

from __future__ import annotations

import re
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.model.errors import InternalError
from conformance.model.requirement import (
    Damage,
    Keyword,
    Level,
    Observable,
    Requirement,
    Role,
    Verdict,
)
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verdicts import Exemption, Statement, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

_Kind = TypeVar("_Kind", bound=StrEnum)

_NEEDED = {"id", "role", "topic", "source", "section", "level", "damage", "summary", "how"}
_ALLOWED = _NEEDED | {"keyword", "observable", "historic", "revisions", "exceptions", "note"}
_DRAFT_URL = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-resumable-upload"
_SECTION = re.compile(r"\d+(?:\.\d+)*")
_NEWEST_READ = max(number for number, draft in DRAFTS.items() if not draft.provisional)
_SPAN = re.compile(r"(\d+)(?:-(\d+))?")


class RegistryError(InternalError):
    """The data of the registry, which are ours, contradict themselves or cannot be read."""


def read_row(raw: Any, points: Mapping[str, object]) -> Requirement:
    """Read and judge one row.

    Args:
        raw: a mapping with the keys of ``requirements.yaml``.
        points: the ids an exception may refer to.

    Raises:
        RegistryError: the row is wrong.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise RegistryError(f"{raw!r}: a row is a mapping with an id")
    name = raw["id"]
    if missing := sorted(_NEEDED - raw.keys()):
        raise RegistryError(f"{name}: {', '.join(missing)} missing")
    if unknown := sorted(raw.keys() - _ALLOWED):
        raise RegistryError(f"{name}: unknown key {', '.join(unknown)}")
    statement = Statement(
        levels=_levels(name, raw["level"]),
        revisions=_revisions(name, raw.get("revisions", {})),
        keyword=_enum(name, Keyword, raw.get("keyword", "explicit")),
        exceptions=_exceptions(name, raw.get("exceptions", []), points),
    )
    judged = {number: judge(statement, number) for number in DRAFTS}
    urls = _urls(raw["source"], raw["section"])
    asked = [
        number
        for number, each in judged.items()
        if each.level is not Level.ABSENT and not DRAFTS[number].provisional
    ]
    return Requirement(
        id=name,
        role=_enum(name, Role, raw["role"]),
        topic=raw["topic"],
        section=str(raw["section"]),
        source=raw["source"],
        summary=raw["summary"],
        keyword=statement.keyword,
        observable=_enum(name, Observable, raw.get("observable", "yes")),
        levels=MappingProxyType({number: each.level for number, each in judged.items()}),
        verdicts=MappingProxyType({number: each.verdict for number, each in judged.items()}),
        reasons=MappingProxyType({n: each.reason for n, each in judged.items() if each.reason}),
        points=MappingProxyType({n: each.point for n, each in judged.items() if each.point}),
        provisional=frozenset(n for n, each in judged.items() if each.provisional),
        how=raw["how"],
        note=raw.get("note", ""),
        historic=bool(raw.get("historic", False)),
        damage=_damage(name, raw["damage"]),
        url=urls.get(max(asked, default=_NEWEST_READ), ""),
        urls=MappingProxyType(urls),
    )


def _enum(name: str, kind: type[_Kind], value: object) -> _Kind:
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(kind)
        raise RegistryError(f"{name}: {value!r} is not one of {known}") from None


def _damage(name: str, value: object) -> Damage:
    for damage in Damage:
        if damage.label == value:
            return damage
    known = ", ".join(damage.label for damage in Damage)
    raise RegistryError(f"{name}: damage {value!r} is not one of {known}")


def _numbers(name: str, span: object) -> list[int]:
    """Expand ``all``, a number, or a span like ``3-6``."""
    if span == "all":
        return list(DRAFTS)
    match = _SPAN.fullmatch(str(span))
    if match is not None:
        first = int(match[1])
        numbers = list(range(first, int(match[2] or first) + 1))
        if numbers and all(number in DRAFTS for number in numbers):
            return numbers
    raise RegistryError(f"{name}: {span!r} is no draft number, no span of them, and not 'all'")


def _levels(name: str, raw: object) -> dict[int, Level]:
    if not isinstance(raw, dict) or not raw:
        raise RegistryError(f"{name}: level maps draft numbers to levels")
    levels: dict[int, Level] = {}
    for span, value in raw.items():
        for number in _numbers(name, span):
            if number in levels:
                raise RegistryError(f"{name}: level of draft {number} is given twice")
            levels[number] = _enum(name, Level, value)
    return levels


def _revisions(name: str, raw: object) -> dict[str, Level]:
    if not isinstance(raw, dict):
        raise RegistryError(f"{name}: revisions maps revisions to levels")
    known = {revision for draft in DRAFTS.values() for revision in draft.revisions}
    for revision in raw:
        if revision not in known:
            raise RegistryError(f"{name}: no revision {revision!r}")
    return {revision: _enum(name, Level, value) for revision, value in raw.items()}


def _exceptions(name: str, raw: object, points: Mapping[str, object]) -> dict[int, Exemption]:
    if not isinstance(raw, list):
        raise RegistryError(f"{name}: exceptions is a list")
    found: dict[int, Exemption] = {}
    for each in raw:
        if not isinstance(each, dict) or set(each) != {"drafts", "verdict", "point", "because"}:
            raise RegistryError(f"{name}: an exception has drafts, verdict, point and because")
        if each["point"] not in points:
            raise RegistryError(f"{name}: no disputed point {each['point']!r}")
        exempt = Exemption(
            verdict=_enum(name, Verdict, each["verdict"]),
            point=each["point"],
            because=each["because"],
        )
        for number in _numbers(name, each["drafts"]):
            if number in found:
                raise RegistryError(f"{name}: draft {number} has two exceptions")
            found[number] = exempt
    return found


def _urls(source: str, section: object) -> dict[int, str]:
    if source == "RUFH":
        return {n: f"{_DRAFT_URL}{draft.revisions[-1]}" for n, draft in DRAFTS.items()}
    if not source.startswith("RFC"):
        return {}
    match = _SECTION.search(str(section))
    anchor = f"#section-{match[0]}" if match else ""
    url = f"https://www.rfc-editor.org/rfc/{source.lower()}{anchor}"
    return dict.fromkeys(DRAFTS, url)
