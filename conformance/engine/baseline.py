"""Known failures: a YAML file that maps check ids to reasons.

A known failure does not break a build. An entry that no longer fails makes the baseline stale, so
that it shrinks as the target gets better. An entry that this run did not judge is left alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.engine.exitcodes import judged_ids
from conformance.model.errors import ScenarioError, SuiteError
from conformance.model.node import Mapping as MappingNode
from conformance.model.node import Scalar
from conformance.model.outcome import Outcome
from conformance.model.result import BaselineSeen, CaseResult, CheckResult
from conformance.scenario.yaml_nodes import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_MAX_REASON = 160
_HEAD = """\
# Known failures of this target: check id -> reason. Edit the reasons; remove what is mended.
# Read with --baseline: what is listed does not break the build, what is gone makes it stale.
"""


def read_baseline(path: Path) -> dict[str, str]:
    """Read a baseline.

    Raises:
        ScenarioError: the file is not what it should be, with the place.
        SuiteError: it cannot be read.
    """
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise SuiteError(
            f"baseline {path}: {error.strerror or error}; --write-baseline {path} makes one"
        ) from None
    if not _says_anything(octets):
        return {}
    node = parse(octets, str(path))
    if not isinstance(node, MappingNode):
        raise ScenarioError("a baseline maps check ids to reasons", node.mark)
    known: dict[str, str] = {}
    for name, reason in node:
        if not isinstance(reason, Scalar) or not isinstance(reason.value, str) or not reason.value:
            raise ScenarioError(
                f"{name}: the reason is missing", reason.mark, "say why this failure is accepted"
            )
        known[name] = reason.value
    return known


def _says_anything(octets: bytes) -> bool:
    lines = (line.strip() for line in octets.splitlines())
    return any(line and not line.startswith(b"#") for line in lines)


def compare(
    known: Mapping[str, str],
    results: Iterable[CaseResult],
    *,
    path: str,
    complete: bool,
    strict: bool = False,
    drafts: Collection[int] | None = None,
    transports: Collection[str] | None = None,
) -> BaselineSeen:
    """Hold a baseline against a run.

    Args:
        known: what :func:`read_baseline` returned.
        results: every case.
        path: name of the file, for reports.
        complete: the run took in everything there is, so that an unknown id is gone for good.
        strict: a warning counts like a fail.
        drafts: the drafts judged, if not all that the baseline speaks of; an entry of another
            draft is left alone.
        transports: likewise the transports judged.
    """
    cases = {case.id for case in results if case.checks or case.outcome.severity >= 0}
    outcomes = {key: outcome for case in results for key, outcome in judged_ids(case)}
    counted = _counted(strict=strict)
    failing = {key: reason for key, reason in known.items() if outcomes.get(key) in counted}
    stale = tuple(
        key
        for key in sorted(known)
        if key not in failing
        and _gone(key, outcomes, cases, complete=complete and _in_scope(key, drafts, transports))
    )
    return BaselineSeen(path=path, known=failing, stale=stale)


def _counted(*, strict: bool) -> set[Outcome | None]:
    counted: set[Outcome | None] = {Outcome.FAIL, Outcome.INCONCLUSIVE}
    return counted | {Outcome.WARN} if strict else counted


def _gone(key: str, outcomes: Mapping[str, Outcome], cases: set[str], *, complete: bool) -> bool:
    if key in outcomes:
        return outcomes[key] in {Outcome.PASS, Outcome.WARN}
    return complete or case_of(key) in cases


def _in_scope(key: str, drafts: Collection[int] | None, transports: Collection[str] | None) -> bool:
    _, _, before = key.rpartition("/")[0].rpartition("/")
    transport = key.rpartition("/")[2]
    return (drafts is None or before in map(str, drafts)) and (
        transports is None or transport in transports
    )


def case_of(check_id: str) -> str:
    """Return the case id a check id belongs to: the two parts before draft and transport go.

    ``rufh/append/offset-mismatch/behind/wrong/RUFH-X/9/h1`` belongs to
    ``rufh/append/offset-mismatch/behind/9/h1``.
    """
    parts = check_id.split("/")
    return "/".join(parts[:-4] + parts[-2:]) if len(parts) > 4 else check_id


def write_baseline(
    path: Path,
    results: Iterable[CaseResult],
    *,
    known: Mapping[str, str] | None = None,
    strict: bool = False,
) -> int:
    """Write everything that fails or is inconclusive; reasons already given are kept.

    Returns:
        How many entries were written.

    Raises:
        SuiteError: the file cannot be written.
    """
    counted = _counted(strict=strict)
    entries: dict[str, str] = {}
    for case in results:
        for check in case.checks:
            if check.outcome in counted:
                entries[check.id] = _reason(check)
        if not case.checks and case.outcome in counted:
            entries[case.id] = _short(case.cause) or str(case.outcome)
    entries.update({key: reason for key, reason in (known or {}).items() if key in entries})
    lines = [f"{_quoted(key)}: {_quoted(entries[key])}\n" for key in sorted(entries)]
    try:
        path.write_text(_HEAD + "".join(lines), encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"baseline {path}: {error.strerror or error}") from None
    return len(entries)


def _reason(check: CheckResult) -> str:
    text = check.observed or check.cause or str(check.outcome)
    return f"{check.outcome} when the baseline was written: {_short(text)}"


def _short(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= _MAX_REASON else plain[: _MAX_REASON - 1] + "…"


def _quoted(text: str) -> str:
    # a JSON string is a YAML double-quoted scalar
    return json.dumps(text, ensure_ascii=False)
