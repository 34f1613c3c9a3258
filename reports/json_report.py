"""A run's result as JSON, without loss, and back.

The file is documented in ``docs/results.md``. Reading takes nothing for granted: the file may
come from a stranger, so its size and nesting are bounded and every mistake is told with its place.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from conformance.model.result import (
    SCHEMA,
    BaselineSeen,
    CaseResult,
    RunResult,
    TargetSeen,
)
from reports.decode import ResultFileError, as_object, decode, field_types
from reports.upgrade import VERSION, upgrade

if TYPE_CHECKING:
    from pathlib import Path

MAX_OCTETS: Final = 256 * 1024 * 1024
_SUITE = {"version": "suite", "scenario_set": "scenario_set"}
RUN_KEYS: Final = ("seed", "selection", "options", "started", "seconds", "stopped")


def dumps(run: RunResult) -> str:
    """Return the JSON text of a result: ASCII only, keys in a fixed order, a final line end."""
    document = {
        "$id": SCHEMA,
        "schema": VERSION,
        "suite": {key: getattr(run, name) for key, name in _SUITE.items()},
        "run": {key: getattr(run, key) for key in RUN_KEYS},
        "target": dataclasses.asdict(run.target),
        "baseline": dataclasses.asdict(run.baseline) if run.baseline is not None else None,
        "summary": {
            "scenarios": run.count_scenarios(),
            "checks": run.count_checks(),
            "exit_code": run.exit_code,
        },
        "results": [_case(case) for case in run.results],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _case(case: CaseResult) -> dict[str, Any]:
    told = dataclasses.asdict(case)
    return {name: told[name] for name in field_types(CaseResult)}


def write(run: RunResult, path: Path) -> None:
    """Write the JSON file.

    Raises:
        OSError: it cannot be written.
    """
    path.write_text(dumps(run), encoding="ascii")


def load(path: Path) -> RunResult:
    """Read a file of results, of this schema or an older one.

    Raises:
        ResultFileError: it cannot be read, is too large or is not a file of results; the message
            names file and place.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise ResultFileError(f"{path}: {error.strerror or error}") from error
    try:
        return loads(octets)
    except ResultFileError as error:
        raise ResultFileError(f"{path}: {error}") from error


def loads(text: str | bytes) -> RunResult:
    """Return the result that a JSON text tells.

    Counts in ``summary`` follow from ``results`` and are not read.

    Raises:
        ResultFileError: it is too large or does not tell a result.
    """
    document = upgrade(as_object(_parse(text), ""))
    suite = as_object(document.get("suite"), "suite")
    run = as_object(document.get("run"), "run")
    summary = as_object(document.get("summary"), "summary")
    fields: dict[str, Any] = {name: _get(str, suite, key, "suite") for key, name in _SUITE.items()}
    kinds = field_types(RunResult)
    fields |= {name: _get(kinds[name], run, name, "run") for name in RUN_KEYS}
    return RunResult(
        **fields,
        exit_code=_get(int, summary, "exit_code", "summary"),
        target=_get(TargetSeen, document, "target", ""),
        baseline=_get(BaselineSeen | None, document, "baseline", ""),
        results=_get(tuple[CaseResult, ...], document, "results", ""),
    )


def _get(kind: Any, holder: dict[str, Any], key: str, place: str) -> Any:
    if key not in holder:
        raise ResultFileError(f"{place or 'the file'}: the key {key!r} is missing")
    return decode(kind, holder[key], f"{place}.{key}".lstrip("."))


def _parse(text: str | bytes) -> Any:
    if len(text) > MAX_OCTETS:
        raise ResultFileError(f"larger than {MAX_OCTETS // 1024**2} MiB; not read")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ResultFileError:
        raise
    except json.JSONDecodeError as error:
        raise ResultFileError(
            f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}"
        ) from error
    except UnicodeDecodeError as error:
        raise ResultFileError(f"octet {error.start}: not UTF-8") from error
    except RecursionError as error:
        raise ResultFileError("nested too deeply for a file of results") from error
    except ValueError as error:
        raise ResultFileError(f"not JSON: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ResultFileError(f"not JSON: {name} is no number")
