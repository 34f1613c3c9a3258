"""Selection by id, topic, requirement and shard."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.select import Selection, in_shard, parse_drafts
from conformance.model.content import Content
from conformance.model.plan import Plan, PlannedCheck, TargetFacts
from conformance.model.requirement import Verdict
from conformance.model.scenario import Case, Check, Scenario, Subject, SubjectKind

ID = "rufh/creation/cut"


def scenario(name: str = ID) -> Scenario:
    return Scenario(id=name, title="t")


def plan(name: str = ID, case: str = "reset,1-B", *requirements: str) -> Plan:
    checks = tuple(
        PlannedCheck(
            id=f"x/{requirement}",
            check=Check(
                requirement=requirement,
                label="",
                subject=Subject(kind=SubjectKind.EXCHANGE),
                alternatives=(),
            ),
            step="s",
            verdict=Verdict.FAIL,
            level="MUST",
        )
        for requirement in requirements
    )
    return Plan(
        id=f"{name}/9/h1",
        case=Case(scenario=scenario(name), name=case, steps=()),
        profile="rufh",
        draft=9,
        transport="h1",
        target=TargetFacts(url="http://h/", path="/", authority="h", origin="http://h"),
        content=Content(seed="s", size=0),
        steps=(),
        checks=checks,
    )


@pytest.mark.parametrize(
    ("glob", "selected"),
    [
        (ID, True),
        ("rufh/creation", True),
        ("rufh/creation/", True),
        ("rufh/creation/*", True),
        ("*cut*", True),
        (f"{ID}/reset,1-B", True),
        (f"{ID}/reset,*", True),
        (f"{ID}/close,*", False),
        ("*/reset,1-B", True),
        ("rufh/creat", False),
        ("rufh/append/*", False),
    ],
)
def test_ids_globs_and_folders_select_cases(glob: str, selected: bool) -> None:
    assert Selection(only=(glob,)).plan(plan()) is selected


@pytest.mark.parametrize("glob", [ID, f"{ID}/reset,1-B", f"{ID}/reset,*", "*/reset,1-B", "*"])
def test_a_scenario_is_never_dropped_while_one_of_its_cases_may_be_meant(glob: str) -> None:
    assert Selection(only=(glob,)).scenario(scenario())


def test_a_scenario_whose_id_contradicts_is_dropped_unread() -> None:
    assert not Selection(only=("rufh/append/offset-mismatch/behind",)).scenario(scenario())


def test_topics_and_requirements_select() -> None:
    cited = plan(ID, "", "RUFH-CREATE-A", "RUFH-OTHER")

    assert Selection(topics=("creat*",)).plan(cited)
    assert not Selection(topics=("append",)).plan(cited)
    assert Selection(requirements=("RUFH-CREATE-*",)).plan(cited)
    assert not Selection(requirements=("RUFH-APPEND-*",)).plan(cited)


def test_all_parts_must_agree() -> None:
    assert not Selection(only=(ID,), topics=("append",)).plan(plan())


def test_nothing_asked_for_is_everything() -> None:
    assert Selection().everything
    assert Selection().words == ""
    assert Selection(only=(ID,), shard=(1, 2)).words == f"only {ID}; shard 1/2"


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=40, unique=True), st.integers(1, 9))
def test_shards_are_a_partition(ids: list[str], count: int) -> None:
    parts = [{key for key in ids if in_shard(key, n, count)} for n in range(1, count + 1)]

    assert sorted(key for part in parts for key in part) == sorted(ids)


def test_a_shard_is_the_same_in_every_run_whatever_else_is_selected() -> None:
    # the hash is of the id alone; this pins it, since baselines of CI jobs are split by it
    assert [in_shard("rufh/creation/cut", n, 3) for n in (1, 2, 3)].count(True) == 1
    assert in_shard("rufh/creation/cut", 1, 1)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (("6",), (6,)),
        (("3-5", "9"), (3, 4, 5, 9)),
        (("9,6", "6"), (6, 9)),
        (("all",), (3, 4, 5, 6, 7, 8, 9, 10)),
    ],
)
def test_drafts_are_numbers_and_spans(texts: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    assert parse_drafts(texts, tuple(range(3, 11))) == numbers
