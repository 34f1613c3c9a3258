"""The registry of requirements: every row of ``requirements.yaml``, judged for every draft.

Nothing is read before :func:`load` is called, and then only once. A mistake in the data is a
:class:`RegistryError` that names the row, what is wrong with it and what would be right.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections import Counter
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

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
    from collections.abc import Iterable, Mapping

_Kind = TypeVar("_Kind", bound=StrEnum)

_HERE = Path(__file__).parent
_NEEDED = {"id", "role", "topic", "source", "section", "level", "damage", "summary", "how"}
_ALLOWED = _NEEDED | {"keyword", "observable", "historic", "revisions", "exceptions", "note"}
_DRAFT_URL = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-resumable-upload"
_SECTION = re.compile(r"\d+(?:\.\d+)*")
_SPAN = re.compile(r"(\d+)(?:-(\d+))?")


class RegistryError(ValueError):
    """The data of the registry contradict themselves or cannot be read."""


class Registry:
    """All requirements of the profile.

    Attributes:
        rows: every requirement, in the order of the file.
    """

    __slots__ = ("_by_id", "rows")

    def __init__(self, rows: Iterable[Requirement]) -> None:
        self.rows: tuple[Requirement, ...] = tuple(rows)
        self._by_id = {row.id: row for row in self.rows}
        if len(self._by_id) != len(self.rows):
            (twice, _), *_ = Counter(row.id for row in self.rows).most_common(1)
            raise RegistryError(f"{twice}: this id is used twice; ids are unique")

    def __contains__(self, requirement_id: object) -> bool:
        return requirement_id in self._by_id

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, requirement_id: str) -> Requirement:
        """Return a requirement by its id.

        Raises:
            KeyError: there is no such id; the message names the nearest ones.
        """
        try:
            return self._by_id[requirement_id]
        except KeyError:
            near = ", ".join(self.nearest(requirement_id))
            hint = f"; did you mean {near}?" if near else ""
            raise KeyError(f"no requirement {requirement_id}{hint}") from None

    def nearest(self, requirement_id: str) -> tuple[str, ...]:
        """Return up to three ids that resemble a mistyped one, best first."""
        return tuple(difflib.get_close_matches(requirement_id, self._by_id, n=3, cutoff=0.6))

    def verdict(self, requirement_id: str, draft: int) -> Verdict:
        """Return what a violation counts as in a draft.

        Raises:
            KeyError: no such id, or no such draft number.
        """
        return self.get(requirement_id).verdicts[draft]

    def for_draft(self, draft: int) -> tuple[Requirement, ...]:
        """Return the requirements that give ground for a check in a draft."""
        return tuple(row for row in self.rows if row.verdicts[draft] is not Verdict.SKIP)

    def server_rows(self) -> tuple[Requirement, ...]:
        """Return the requirements a server is judged by, ours included."""
        return tuple(row for row in self.rows if row.role in {Role.SERVER, Role.SUITE})

    def must_be_checked(self) -> tuple[Requirement, ...]:
        """Return the server requirements that can be seen and fail in some draft."""
        return tuple(
            row
            for row in self.server_rows()
            if row.observable is Observable.YES and Verdict.FAIL in row.verdicts.values()
        )


@functools.cache
def load() -> Registry:
    """Read and judge all rows; the result is kept.

    Raises:
        RegistryError: the data are wrong.
    """
    points = load_points()
    return read_rows(_read(_HERE / "requirements.yaml"), points)


@functools.cache
def load_points() -> Mapping[str, Mapping[str, str]]:
    """Return the disputed points: id -> ``question`` and ``judgement``.

    Raises:
        RegistryError: the data are wrong.
    """
    points: dict[str, Mapping[str, str]] = {}
    for raw in _read(_HERE / "disputed.yaml"):
        if not isinstance(raw, dict) or set(raw) != {"id", "question", "judgement"}:
            raise RegistryError(f"disputed.yaml: {raw!r} needs id, question and judgement")
        if raw["id"] in points:
            raise RegistryError(f"disputed.yaml: {raw['id']} is there twice")
        points[raw["id"]] = MappingProxyType(
            {"question": raw["question"], "judgement": raw["judgement"]}
        )
    return MappingProxyType(points)


def read_rows(raw_rows: Iterable[Any], points: Mapping[str, object]) -> Registry:
    """Build a registry from rows as the file has them.

    Args:
        raw_rows: mappings with the keys of ``requirements.yaml``.
        points: the ids an exception may refer to.

    Raises:
        RegistryError: a row is wrong.
    """
    return Registry(_row(raw, points) for raw in raw_rows)


def _read(path: Path) -> list[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_bytes(), loader)  # noqa: S506 - one of the safe loaders
    except (OSError, yaml.YAMLError) as error:
        raise RegistryError(f"{path.name}: {error}") from error
    if not isinstance(data, list):
        raise RegistryError(f"{path.name}: expected a list of rows")
    return data


def _row(raw: Any, points: Mapping[str, object]) -> Requirement:
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
    asked = [number for number, each in judged.items() if each.level is not Level.ABSENT]
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
        url=urls.get(max(asked, default=max(DRAFTS)), ""),
        urls=MappingProxyType(urls),
    )


def _enum(name: str, kind: type[_Kind], value: object) -> _Kind:
    try:
        return kind(value)
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
