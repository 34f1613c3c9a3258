"""The registry of requirements: every row of ``requirements.yaml``, judged for every draft.

Nothing is read before :func:`load` is called, and then only once. A mistake in the data is a
:class:`RegistryError` that names the row, what is wrong with it and what would be right.
"""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from conformance.model.requirement import Observable, Requirement, Role, Verdict
from conformance.profiles.rufh.rows import RegistryError, read_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HERE = Path(__file__).parent


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
    return Registry(read_row(raw, points) for raw in raw_rows)


def _read(path: Path) -> list[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_bytes(), loader)  # noqa: S506 - one of the safe loaders
    except (OSError, yaml.YAMLError) as error:
        raise RegistryError(f"{path.name}: {error}") from error
    if not isinstance(data, list):
        raise RegistryError(f"{path.name}: expected a list of rows")
    return data
