"""What is run against which target in which draft, and what is left out and why."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from conformance.model.plan import (
    Plan,
    PlannedExchange,
    PlannedResume,
    PlannedTogether,
    TargetFacts,
)
from conformance.model.requirement import Verdict
from conformance.model.scenario import ReadBackStep, RestartStep
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.capabilities import (
    TARGET_CAPABILITIES,
    TRANSPORT_CAPABILITIES,
    known,
    meaning,
    nearest,
)
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.decode import expand, load_scenario, loads_scenario
from conformance.scenario.library import shipped_files
from conformance.scenario.planner import NotPlanned, plan_case

EVERYTHING = TargetFacts(
    url="http://h/u",
    path="/u",
    authority="h",
    origin="http://h",
    capabilities=frozenset(TARGET_CAPABILITIES),
)
NOTHING = replace(EVERYTHING, capabilities=frozenset())
CHECK = "    expect: [{SUITE-INTEGRITY-STORED: {status: 2xx}}]\n"


def plan(
    steps: str, draft: int = 9, target: TargetFacts = EVERYTHING, head: str = "content: 64 KiB\n"
) -> Plan | NotPlanned:
    text = f"scenario: rufh/x/y\ntitle: t\n{head}steps:\n{steps}"
    return plan_case(expand(loads_scenario(text.encode()))[0], draft, "h1", target, registry.load())


def planned(
    steps: str, draft: int = 9, target: TargetFacts = EVERYTHING, head: str = "content: 64 KiB\n"
) -> Plan:
    made = plan(steps, draft, target, head)
    assert isinstance(made, Plan), made
    return made


def test_a_plan_has_stable_ids() -> None:
    made = planned(
        "  - create: up\n    send: 0..$at\n"
        "    expect: [{SUITE-INTEGRITY-STORED.now: {status: 2xx}}]\n",
        head="content: 64 KiB\neach: {at: [50%]}\n",
    )
    assert made.id == "rufh/x/y/50pct/9/h1"
    assert made.checks[0].id == "rufh/x/y/50pct/up/SUITE-INTEGRITY-STORED.now/9/h1"
    assert made.profile == "rufh"


def test_a_requirement_without_ground_in_a_draft_is_dropped() -> None:
    rows = registry.load()
    row = next(
        each
        for each in rows.rows
        if each.verdicts[3] is Verdict.SKIP and each.verdicts[9] is Verdict.FAIL
    )
    steps = f"  - create: up\n    expect: [{{{row.id}: {{status: 2xx}}}}]\n"
    made = planned(steps, 9)
    assert made.checks[0].verdict is Verdict.FAIL
    assert made.checks[0].level == row.levels[9]
    missing = plan(steps, 3)
    assert isinstance(missing, NotPlanned)
    assert "asks for nothing" in missing.reason


def test_a_scenario_needs_capabilities_of_draft_and_target() -> None:
    by_draft = plan("  - create: up\n" + CHECK, 3, head="needs: digests\n")
    assert isinstance(by_draft, NotPlanned)
    assert (by_draft.capability, by_draft.by_target) == ("digests", False)
    by_target = plan("  - create: up\n" + CHECK, 9, NOTHING, head="needs: read-back\n")
    assert isinstance(by_target, NotPlanned)
    assert (by_target.capability, by_target.by_target) == ("read-back", True)


def test_a_step_that_does_not_apply_takes_along_what_builds_on_it() -> None:
    made = planned(
        "  - create: up\n" + CHECK + "  - retrieve: seen\n    of: up\n    needs: cancellation\n"
        "    leave: open\n"
        "  - append: more\n    of: up\n    at: $seen.Upload-Offset\n"
        "  - retrieve: other\n    of: up\n    given: more\n"
        "  - resume: seen\n"
        "  - read-back: stored\n    of: up\n    given: more\n"
        "  - retrieve: last\n    of: up\n",
        target=NOTHING,
    )
    assert dict(made.left_out) == dict.fromkeys(
        ("seen", "more", "other", "seen-resumed"), "cancellation"
    ) | {"stored": "read-back"}
    assert len(made.steps) == 2


def test_a_group_is_left_out_as_a_whole() -> None:
    steps = (
        "  - create: up\n" + CHECK + "  - together: race\n    of:\n"
        "      - {append: a, of: up, at: 0}\n"
        "      - {append: b, of: up, at: 0, needs: cancellation}\n"
    )
    assert set(planned(steps, target=NOTHING).left_out) == {"race", "a", "b"}
    race = planned(steps).steps[1]
    assert isinstance(race, PlannedTogether)
    assert [each.step.name for each in race.exchanges] == ["a", "b"]


def test_checks_of_a_step_the_target_cannot_do_stay_to_be_reported() -> None:
    steps = "  - create: up\n" + CHECK + "  - read-back: s\n    of: up\n" + CHECK
    made = planned(steps, target=NOTHING)
    assert [check.step for check in made.checks] == ["up", "s"]
    assert dict(made.left_out) == {"s": "read-back"}


def test_checks_of_a_step_the_draft_does_not_know_disappear() -> None:
    made = planned(
        "  - create: up\n" + CHECK + "  - retrieve: s\n    of: up\n    needs: digests\n" + CHECK, 3
    )
    assert [check.step for check in made.checks] == ["up"]
    assert dict(made.left_out) == {"s": "digests"}


def test_a_check_that_needs_the_draft_or_compares_with_a_lost_step_disappears() -> None:
    made = planned(
        "  - create: up\n" + CHECK + "  - retrieve: s\n    of: up\n    needs: digests\n"
        "  - retrieve: t\n    of: up\n    expect:\n"
        "      - SUITE-INTEGRITY-STORED: {needs: digests, status: 2xx}\n"
        "      - SUITE-INTEGRITY-STORED.same: {status: {same-as: s}}\n"
        "      - SUITE-INTEGRITY-STORED.kept: {needs: read-back, status: 2xx}\n",
        3,
        NOTHING,
    )
    assert [check.check.label for check in made.checks] == ["", "kept"]


def test_what_would_only_not_apply_is_not_planned() -> None:
    missing = plan("  - create: up\n  - read-back: s\n    of: up\n" + CHECK, target=NOTHING)
    assert isinstance(missing, NotPlanned)
    assert (missing.capability, missing.by_target) == ("read-back", True)
    needs = "    expect: [{SUITE-INTEGRITY-STORED: {needs: cancellation, status: 2xx}}]\n"
    missing = plan("  - create: up\n" + needs, target=NOTHING)
    assert isinstance(missing, NotPlanned)
    assert missing.capability == "cancellation"


def test_all_kinds_of_steps_are_planned_in_order() -> None:
    made = planned(
        "  - create: up\n    leave: open\n" + CHECK + "  - restart: crash\n  - resume: up\n"
        "  - read-back: s\n    of: up\n"
    )
    assert [type(step) for step in made.steps] == [
        PlannedExchange,
        RestartStep,
        PlannedResume,
        ReadBackStep,
    ]


def test_marks_tell_requests_apart() -> None:
    steps = (
        "  - create: up\n    send: 0..8 KiB\n" + CHECK + "  - retrieve: s\n    of: up\n"
        "  - append: a\n    of: up\n    at: 8 KiB\n  - append: b\n    repeat-of: a\n"
    )
    made = planned(steps, head="content: 64 KiB\nmark: request\n")
    marks = [step.mark for step in made.steps if isinstance(step, PlannedExchange)]
    assert marks == [1, 0, 3, 3]
    assert {step.mark for step in planned(steps).steps if isinstance(step, PlannedExchange)} == {0}


@pytest.mark.parametrize(
    ("head", "size"), [("content: {text: hello}\n", 5), ("content: {gzip-of: 1 KiB}\n", None)]
)
def test_literal_and_coded_content(head: str, size: int | None) -> None:
    content = planned("  - create: up\n" + CHECK, head=head).content
    assert content.literal is not None
    assert content.size == len(content.literal)
    if size is None:
        assert len(gzip.decompress(content.literal)) == 1024
    else:
        assert content.literal == b"hello"


def test_generated_content_depends_on_the_seed_and_the_target_s_frame() -> None:
    framed = replace(EVERYTHING, prefix=b"<", suffix=b">")
    one = planned("  - create: up\n" + CHECK, target=framed).content
    two = planned("  - create: up\n" + CHECK, head="content: 64 KiB\nseed: other\n").content
    assert one.slice(0, 1) == b"<"
    assert one.slice(65535, 65536) == b">"
    assert one.slice(1, 99) != two.slice(1, 99)


def sizes(made: Plan) -> list[str]:
    return [f"{step.send} @ {step.at}" for step in made.steps if isinstance(step, PlannedExchange)]


PARTS = (
    "  - create: up\n    send: 0..8 KiB\n"
    + CHECK
    + "  - append: a\n    of: up\n    at: 8 KiB - 1 B\n    send: 8 KiB..50%\n"
    "  - append: b\n    of: up\n    at: 50%\n"
)


@pytest.mark.parametrize(
    ("limits", "size", "first"),
    [
        ({}, 65536, 8192),
        ({"max-size": 1_000_000}, 65536, 8192),
        ({"max-size": 50_000}, 32768, 4096),
        ({"min-append-size": 10_000}, 131072, 16384),
        ({"max-append-size": 20_000}, 32768, 4096),
        ({"min-size": 200_000}, 262144, 32768),
        ({"max-size": 65536, "min-append-size": 60_000}, 65536, 8192),
    ],
)
def test_sizes_are_fitted_to_limits_by_one_power_of_two(
    limits: dict[str, int], size: int, first: int
) -> None:
    made = planned(PARTS, target=replace(EVERYTHING, limits=limits))
    assert made.content.size == size
    written = "8 KiB" if first == 8192 else f"{first} B"
    assert sizes(made) == [
        f"0..{written} @ 0 B",
        f"{written}..50% @ {written} - 1 B",
        "50%..end @ 50%",
    ]


def test_a_target_that_is_too_small_is_told() -> None:
    missing = plan(PARTS, target=replace(EVERYTHING, limits={"max-size": 10}))
    assert isinstance(missing, NotPlanned)
    assert missing.by_target
    assert "10 octets" in missing.reason


def test_content_grows_to_hold_the_target_s_frame() -> None:
    big = replace(EVERYTHING, prefix=b"x" * 100_000)
    assert planned(PARTS, target=big).content.size == 131072


def test_fixed_content_is_left_alone() -> None:
    small = replace(EVERYTHING, limits={"max-size": 10})
    made = planned(PARTS, target=small, head="content: {size: 64 KiB, fixed: true}\n")
    assert made.content.size == 65536


def test_members_of_a_race_and_pieces_known_only_later_are_fitted_too() -> None:
    steps = (
        "  - create: up\n    send: nothing\n" + CHECK + "  - together: race\n    of:\n"
        "      - {append: a, of: up, at: 0, send: 0..2 KiB}\n"
        "      - {append: b, of: up, at: null, send: 0..2 KiB}\n"
        "  - append: c\n    of: up\n    at: $a.end\n"
        "  - append: d\n    repeat-of: c\n  - retrieve: e\n    of: up\n"
    )
    made = planned(steps, target=replace(EVERYTHING, limits={"min-append-size": 3000}))
    assert made.content.size == 131072


@pytest.mark.parametrize("draft", sorted(DRAFTS))
def test_every_shipped_scenario_can_be_planned_for_some_target(draft: int) -> None:
    rows = registry.load()
    limited = replace(EVERYTHING, limits={"max-size": 65536, "max-append-size": 32768})
    for path in shipped_files():
        for case in expand(load_scenario(path)):
            for target in (EVERYTHING, NOTHING, limited):
                for transport in TRANSPORT_CAPABILITIES:
                    made = plan_case(case, draft, transport, target, rows)
                    assert isinstance(made, NotPlanned) or made.checks


def test_every_shipped_case_is_judged_in_some_draft() -> None:
    rows = registry.load()
    for path in shipped_files():
        for case in expand(load_scenario(path)):
            made = (
                plan_case(case, draft, transport, EVERYTHING, rows)
                for draft in DRAFTS
                for transport in TRANSPORT_CAPABILITIES
            )
            assert any(isinstance(each, Plan) for each in made), case.id


def test_capabilities_have_meanings() -> None:
    assert known("read-back")
    assert known("digests")
    assert not known("digest")
    assert nearest("digest") == "digests"
    assert nearest("qqqqq") == ""
    assert meaning("read-back")
    assert meaning("digests")
    assert known("h2")
    assert "frames" in meaning("h2")
    assert not set(TARGET_CAPABILITIES) & DRAFTS[9].capabilities
    assert not set(TRANSPORT_CAPABILITIES) & (DRAFTS[9].capabilities | set(TARGET_CAPABILITIES))
