"""What runs over HTTP/1.1 only, over HTTP/2 only, and over both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.model.plan import Plan, PlannedExchange, TargetFacts
from conformance.model.transcript import Framing
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES
from conformance.scenario.decode import expand, load_scenario, loads_scenario
from conformance.scenario.library import shipped_files
from conformance.scenario.lint import lint_file
from conformance.scenario.planner import NotPlanned, plan_case

if TYPE_CHECKING:
    from pathlib import Path

TARGET = TargetFacts(
    url="http://h/u",
    path="/u",
    authority="h",
    origin="http://h",
    capabilities=frozenset(TARGET_CAPABILITIES),
)
CHECK = "    expect: [{SUITE-INTEGRITY-STORED: {status: 2xx}}]\n"
UP = "  - create: up\n" + CHECK
WRITE = '    write: [{headers: {":method": OPTIONS}}]\n'


def plan(steps: str, transport: str, head: str = "") -> Plan | NotPlanned:
    text = f"scenario: rufh/x/y\ntitle: t\ncontent: 64 KiB\n{head}steps:\n{steps}"
    case = expand(loads_scenario(text.encode()))[0]
    return plan_case(case, 9, transport, TARGET, registry.load())


def planned(steps: str, transport: str) -> Plan:
    made = plan(steps, transport)
    assert isinstance(made, Plan), made
    return made


@pytest.mark.parametrize(("needed", "other"), [("h1", "h2"), ("h2", "h1")])
def test_a_scenario_for_one_transport_is_not_planned_over_the_other(
    needed: str, other: str
) -> None:
    made = plan(UP, other, f"needs: {needed}\n")
    assert isinstance(made, NotPlanned)
    assert (made.capability, made.by_transport, made.by_target) == (needed, True, False)
    assert made.reason.startswith(f"{other} lacks {needed} (requests go over")
    assert isinstance(plan(UP, needed, f"needs: {needed}\n"), Plan)


def test_a_check_for_one_transport_disappears_over_the_other() -> None:
    steps = (
        "  - create: up\n    expect:\n      - SUITE-INTEGRITY-STORED: {status: 2xx}\n"
        "      - H1-PERSISTENT: {needs: h1, connection: told}\n"
    )
    assert [check.check.requirement for check in planned(steps, "h2").checks] == [
        "SUITE-INTEGRITY-STORED"
    ]
    assert len(planned(steps, "h1").checks) == 2


def test_a_scenario_whose_checks_all_disappear_belongs_to_the_other_transport() -> None:
    steps = "  - create: up\n    expect: [{H1-PERSISTENT: {needs: h1, connection: told}}]\n"
    made = plan(steps, "h2")
    assert isinstance(made, NotPlanned)
    assert made.by_transport


@pytest.mark.parametrize(
    ("step", "transport"),
    [
        ("  - octets: x\n    write: GET\n", "h1"),
        ("  - create: x\n    http: '1.0'\n", "h1"),
        ("  - retrieve: x\n    of: up\n    over: up\n    pipelined: true\n", "h1"),
        ("  - create: x\n    cut: {how: half-close, after: 1 B}\n", "h1"),
        ("  - frames: x\n" + WRITE, "h2"),
        ("  - create: x\n    window: 0 B\n", "h2"),
        (
            (
                "  - together: x\n    over: one-connection\n    of:\n"
                "      - {append: a, of: up, at: 0}\n      - {append: b, of: up, at: 0}\n"
            ),
            "h2",
        ),
    ],
)
def test_some_steps_need_a_transport_by_themselves(step: str, transport: str) -> None:
    other = {"h1": "h2", "h2": "h1"}[transport]
    assert dict(planned(UP + step, transport).left_out) == {}
    assert planned(UP + step, other).left_out["x"] == transport


def test_a_resumed_half_close_needs_http_1_as_well() -> None:
    steps = UP + "  - create: open\n    leave: open\n  - resume: open\n"
    cut = steps + "    cut: {how: half-close, after: 0 B}\n"
    assert dict(planned(steps, "h2").left_out) == {}
    assert dict(planned(cut, "h2").left_out) == {"open-resumed": "h1"}


def test_the_lint_demands_that_a_transport_is_said(tmp_path: Path) -> None:
    head, steps = "scenario: rufh/own/odd\ntitle: t\nwhy: w\n", "steps:\n  - frames: odd\n" + WRITE
    expect = "    expect: [{H2-MALFORMED-REFUSED: {ends: {not: 2xx}}}]\n"
    path = tmp_path / "own" / "odd.yaml"
    path.parent.mkdir()
    path.write_text(head + steps + expect, encoding="utf-8")
    (finding,) = lint_file(path)
    assert "can only be made over h2" in finding.text
    path.write_text(head + "needs: h2\n" + steps + expect, encoding="utf-8")
    assert lint_file(path) == ()


def test_frames_are_planned_without_any_default() -> None:
    made = planned(UP + "  - frames: x\n    of: up\n" + WRITE, "h2").steps[1]
    assert isinstance(made, PlannedExchange)
    assert (made.method, made.fields, made.declared) == ("", (), None)
    assert made.framing is Framing.RAW


def test_most_shipped_scenarios_run_over_both_and_some_over_each_alone() -> None:
    rows = registry.load()
    found: dict[tuple[bool, bool], set[str]] = {}
    for path in shipped_files():
        for case in expand(load_scenario(path)):
            able = {
                name: any(
                    isinstance(plan_case(case, draft, name, TARGET, rows), Plan)
                    for draft in (3, 6, 9)
                )
                for name in ("h1", "h2")
            }
            found.setdefault((able["h1"], able["h2"]), set()).add(case.scenario.id)
    assert (False, False) not in found
    assert len(found[True, True]) > 100
    assert len([each for each in found[False, True] if "/h2/" in each]) >= 25
    assert {each for each in found[False, True] if "/h2/" not in each} == set()
