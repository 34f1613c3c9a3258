"""Older files of results, brought to the present schema one version at a time.

To change the schema: raise :data:`VERSION`, and add the function that turns a file of the version
before into the new one. A file passes through all functions from its own version upwards, so
each is written once and never touched again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from reports.decode import ResultFileError, as_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

VERSION: Final = 2


def upgrade(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document in the present schema; it may be changed in place.

    Raises:
        ResultFileError: no version, or one that is newer than this suite.
    """
    version = document.get("schema")
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ResultFileError(
            "schema: a file of results says its version here as an integer; is this one?"
        )
    if version > VERSION:
        raise ResultFileError(
            f"schema: version {version} is newer than this suite, which reads up to {VERSION};"
            " use the suite that wrote it, or a later one"
        )
    for step in range(version, VERSION):
        UPGRADES[step](document)
        document["schema"] = step + 1
    return document


def _from_0(document: dict[str, Any]) -> None:
    """Add what checks lacked at first: the variant seen and the ground."""
    for check in _checks(document):
        check.setdefault("variant", "")
        check.setdefault("ground", "")


def _from_1(document: dict[str, Any]) -> None:
    """Add the transports judged, as the results tell them, and the options of a rerun."""
    cases = _list(document, "results", "results")
    found = {as_object(case, f"results[{n}]").get("transport") for n, case in enumerate(cases)}
    target = as_object(document.get("target"), "target")
    target.setdefault("transports", sorted(name for name in found if isinstance(name, str)))
    as_object(document.get("run"), "run").setdefault("options", [])


#: version of a file -> what makes the next version of it
UPGRADES: Mapping[int, Callable[[dict[str, Any]], None]] = {0: _from_0, 1: _from_1}


def _checks(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number, case in enumerate(_list(document, "results", "results")):
        place = f"results[{number}]"
        for position, check in enumerate(_list(as_object(case, place), "checks", place)):
            yield as_object(check, f"{place}.checks[{position}]")


def _list(holder: dict[str, Any], key: str, place: str) -> list[Any]:
    found = holder.get(key)
    if not isinstance(found, list):
        raise ResultFileError(f"{place}: expected a list as {key!r}")
    return found
