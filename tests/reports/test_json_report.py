"""The JSON report loses nothing, and reading it believes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.outcome import Outcome
from conformance.model.result import (
    BaselineSeen,
    CaseResult,
    CheckResult,
    ExchangeText,
    RunResult,
    TargetSeen,
)
from reports import json_report, schema
from reports.decode import ResultFileError
from reports.json_report import dumps, load, loads
from reports.upgrade import UPGRADES, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[2] / "docs"
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)


def _many(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(items, max_size=2).map(tuple)


def _built(kind: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    texts = {
        name: TEXT
        for name, annotation in kind.__annotations__.items()
        if annotation == "str" and name not in fields
    }
    return st.builds(kind, **texts, **fields)


_EXCHANGES = _built(ExchangeText, connection=st.integers())
_CHECKS = _built(
    CheckResult,
    outcome=st.sampled_from(Outcome),
    provisional=st.booleans(),
    evidence=_many(st.integers()),
)
_CASES = _built(
    CaseResult,
    draft=st.integers(),
    outcome=st.sampled_from(Outcome),
    checks=_many(_CHECKS),
    exchanges=_many(_EXCHANGES),
    facts=_many(TEXT),
    seconds=FLOAT,
    requests=st.integers(),
    octets=st.integers(),
    leftovers=st.integers(),
)
_TARGETS = _built(
    TargetSeen,
    embedded=st.booleans(),
    drafts=st.dictionaries(st.integers(-(10**9), 10**9), TEXT, max_size=2),
    limits=st.dictionaries(TEXT, st.integers(), max_size=2),
    latency=FLOAT,
    facts=_many(TEXT),
)
_BASELINES = _built(BaselineSeen, known=st.dictionaries(TEXT, TEXT, max_size=2), stale=_many(TEXT))
_RUNS = _built(
    RunResult,
    target=_TARGETS,
    results=_many(_CASES),
    seconds=FLOAT,
    baseline=st.none() | _BASELINES,
    exit_code=st.integers(0, 3),
)


@settings(max_examples=60, deadline=None)
@given(run=_RUNS)
def test_any_result_survives_the_round_trip(run: RunResult) -> None:
    assert run == loads(dumps(run))


@settings(max_examples=20, deadline=None)
@given(run=_RUNS)
def test_any_result_fits_the_schema(run: RunResult) -> None:
    jsonschema.validate(json.loads(dumps(run)), schema.result_schema())


def test_the_committed_schema_is_the_present_one() -> None:
    assert schema.dumps() == (DOCS / "result.schema.json").read_text(encoding="utf-8")


def test_the_schema_refuses_a_file_without_an_outcome(hostile: RunResult) -> None:
    document = json.loads(dumps(hostile))
    del document["results"][0]["checks"][0]["outcome"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema.result_schema())


def test_the_example_in_the_documentation_loads_and_fits_the_schema() -> None:
    text = (DOCS / "results.md").read_text(encoding="utf-8")
    example = text.partition("```json\n")[2].partition("```")[0]
    jsonschema.validate(json.loads(example), schema.result_schema())
    assert loads(example).results[0].checks[0].outcome is Outcome.FAIL


def test_summary_counts_cases_and_checks_with_every_outcome_as_a_key(hostile: RunResult) -> None:
    summary = json.loads(dumps(hostile))["summary"]
    assert set(map(str, Outcome)) == set(summary["checks"]) == set(summary["scenarios"])
    assert (summary["checks"]["fail"], summary["scenarios"]["fail"]) == (6, 2)
    assert summary["scenarios"]["skipped"] == 0
    assert summary["exit_code"] == 2


def _version_0() -> dict[str, Any]:
    check = {
        "id": "rufh/append/x/wrong/RUFH-A/6/h1",
        "requirement": "RUFH-A",
        "step": "wrong",
        "level": "MUST",
        "verdict": "fail",
        "outcome": "fail",
        "provisional": False,
        "expected": "409",
        "observed": "204",
        "cause": "",
        "seen": "2/2",
        "evidence": [0],
    }
    case = {
        "id": "rufh/append/x/6/h1",
        "scenario": "rufh/append/x",
        "case": "",
        "draft": 6,
        "transport": "h1",
        "title": "T",
        "topic": "append",
        "outcome": "fail",
        "why": "",
        "checks": [check],
        "exchanges": [{"step": "wrong", "connection": 1, "sent": "a", "received": "b", "note": ""}],
        "facts": [],
        "cause": "",
        "seconds": 1,
        "requests": 2,
        "octets": 3,
        "leftovers": 0,
        "path": "",
    }
    target = {
        "url": "http://127.0.0.1/",
        "embedded": False,
        "drafts": {"6": "declared"},
        "limits": {},
        "latency": 0.5,
        "read_back": "",
        "facts": [],
        "server": "",
        "file": "",
    }
    return {
        "schema": 0,
        "suite": {"version": "0.0.1", "scenario_set": "1"},
        "run": {"seed": "s", "selection": "", "started": "", "seconds": 1.0, "stopped": ""},
        "target": target,
        "baseline": None,
        "summary": {"exit_code": 1},
        "results": [case],
    }


def test_a_file_of_version_0_is_upgraded() -> None:
    run = loads(json.dumps(_version_0()))
    assert (run.results[0].checks[0].variant, run.results[0].checks[0].ground) == ("", "")
    assert run.target.drafts == {6: "declared"}
    assert run == loads(dumps(run))


def test_what_version_0_lacked_is_not_forgiven_in_version_1() -> None:
    with pytest.raises(ResultFileError, match=r"results\[0\]\.checks\[0\].*'ground' is missing"):
        loads(json.dumps(_version_0() | {"schema": 1}))


def test_the_transports_of_an_older_file_are_those_of_its_results() -> None:
    document = _version_0()
    document["results"].append(document["results"][0] | {"transport": "h2"})

    run = loads(json.dumps(document))

    assert run.target.transports == ("h1", "h2")
    assert run.options == ()


def test_a_broken_file_of_version_0_is_told_with_its_place() -> None:
    with pytest.raises(ResultFileError, match=r"results\[0\]: expected a list as 'checks'"):
        loads('{"schema": 0, "results": [{}]}')


def test_every_older_version_has_an_upgrade() -> None:
    assert set(range(VERSION)) == set(UPGRADES)


def test_keys_of_a_newer_writer_are_left_alone(hostile: RunResult) -> None:
    document = json.loads(dumps(hostile)) | {"weather": "fine"}
    document["results"][0]["colour"] = "red"
    assert hostile == loads(json.dumps(document))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(schema=99), "newer than this suite"),
        (lambda d: d.update(schema=True), "schema: a file of results says its version"),
        (lambda d: d.pop("schema"), "schema: a file of results says its version"),
        (lambda d: d.pop("target"), "'target' is missing"),
        (lambda d: d.update(results={}), "expected a list"),
        (lambda d: d["results"].append(7), r"results\[4\]: expected an object, found 7"),
        (lambda d: d["results"][0].update(draft="8"), r"results\[0\]\.draft: expected an integer"),
        (lambda d: d["results"][0].update(draft=True), r"results\[0\]\.draft: expected an integer"),
        (lambda d: d["results"][0].update(outcome="good"), r"outcome: expected one of pass, warn"),
        (lambda d: d["results"][0].update(outcome=[1]), r"outcome: .* found a list"),
        (lambda d: d["results"][0].update(seconds="1"), r"seconds: expected a number"),
        (lambda d: d["results"][0].update(seconds=10**400), r"seconds: the number is too large"),
        (
            lambda d: d["results"][0].update(facts=[None]),
            r"facts\[0\]: expected a text, found null",
        ),
        (lambda d: d["target"].update(drafts={"x": ""}), r"target\.drafts: expected integers"),
        (lambda d: d.update(baseline=[]), r"baseline: expected an object, found a list"),
        (lambda d: d.update(suite="x" * 500), r"suite: expected an object, found 'x{59}…"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(
    hostile: RunResult, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    document = json.loads(dumps(hostile))
    change(document)
    with pytest.raises(ResultFileError, match=message):
        loads(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: not JSON"),
        ('{"schema": 1,\n  oops}', "line 2, column 3: not JSON"),
        ("[]", "the file: expected an object, found a list"),
        ('{"schema": NaN}', "^not JSON: NaN is no number"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe\xff", "not UTF-8"),
        ("9" * 5000, "not JSON"),
    ],
)
def test_what_is_not_a_result_at_all_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(ResultFileError, match=message):
        loads(text)


def test_a_file_that_is_too_large_is_not_parsed(
    tmp_path: Path, hostile: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"
    json_report.write(hostile, path)
    monkeypatch.setattr(json_report, "MAX_OCTETS", 100)
    with pytest.raises(ResultFileError, match=r"r\.json: larger than"):
        load(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultFileError, match=r"missing\.json: No such file"):
        load(tmp_path / "missing.json")


def test_a_written_file_loads(tmp_path: Path, hostile: RunResult) -> None:
    path = tmp_path / "r.json"
    json_report.write(hostile, path)
    assert hostile == load(path)
