"""Which cases run against which target, and what is said of those that do not."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine import attempt
from conformance.engine.attempt import run_case
from conformance.engine.drafts_seen import DraftFacts, limit_capabilities
from conformance.engine.planning import Planned, Site, Station, plan_all
from conformance.engine.redact import Redactor
from conformance.engine.sanity import Examined
from conformance.engine.schedule import StopRun
from conformance.engine.select import Selection
from conformance.engine.target import Target
from conformance.engine.world import BoundReached, World
from conformance.model.errors import SuiteError
from conformance.model.outcome import Outcome
from conformance.scenario.decode import expand, loads_scenario

if TYPE_CHECKING:
    from conformance.model.result import CaseResult
    from conformance.model.scenario import Case

SCENARIO = """
scenario: rufh/{topic}/{name}
title: A title
why: A reason.
content: 4 KiB
{more}
steps:
  - create: up
    send: all
    complete: true
    expect:
      - RUFH-CREATE-COMPLETE-PROCESS: {{status: 2xx}}
"""


def cases(name: str = "one", topic: str = "creation", more: str = "") -> tuple[Case, ...]:
    return expand(loads_scenario(SCENARIO.format(name=name, topic=topic, more=more).encode()))


def station(target: Target | None = None, **facts: DraftFacts) -> Station:
    told = {int(number.removeprefix("draft")): each for number, each in facts.items()}
    return Station(
        target=target or Target(url="http://127.0.0.1:1/files/{unique}"),
        examined=Examined(latency=0.0, scale=1.0, server="", drafts={}, facts=told),
        world=World(),
        redactor=Redactor(()),
    )


def site(*stations: Station, drafts: tuple[int, ...] = (9,), transport: str = "h1") -> Site:
    return Site(transport=transport, stations=stations or (station(),), drafts=drafts)


def planned(
    chosen: tuple[Case, ...], *stations: Station, drafts: tuple[int, ...] = (9,)
) -> Planned:
    return plan_all(chosen, (site(*stations, drafts=drafts),), Selection())


def test_cases_are_planned_in_every_draft_in_the_order_of_results() -> None:
    found = planned((*cases("two"), *cases("one")), drafts=(9, 6))

    assert [case.id for case in found.cases] == [
        "rufh/creation/one/6/h1",
        "rufh/creation/one/9/h1",
        "rufh/creation/two/6/h1",
        "rufh/creation/two/9/h1",
    ]


def test_cases_are_planned_over_every_transport_in_the_drafts_judged_over_it() -> None:
    sites = (site(drafts=(6, 9)), site(drafts=(9,), transport="h2"))

    found = plan_all(cases(), sites, Selection())

    assert [case.id for case in found.cases] == [
        "rufh/creation/one/6/h1",
        "rufh/creation/one/9/h1",
        "rufh/creation/one/9/h2",
    ]


def test_what_only_one_transport_has_is_not_mentioned_over_the_other() -> None:
    sites = (site(), site(transport="h2"))

    found = plan_all(cases(more="needs: [h2]"), sites, Selection())

    assert [case.id for case in found.cases] == ["rufh/creation/one/9/h2"]
    assert found.aside == ()


def test_what_the_target_lacks_is_set_aside_over_each_transport() -> None:
    sites = (site(), site(transport="h2"))

    found = plan_all(cases(more="needs: [restart]"), sites, Selection())

    assert [case.id for case in found.aside] == [
        "rufh/creation/one/9/h1",
        "rufh/creation/one/9/h2",
    ]


def test_every_plan_has_a_creation_url_of_its_own_also_when_repeated() -> None:
    found = planned(cases(), drafts=(6, 9)).cases

    urls = [found[0].plan.target.url, found[1].plan.target.url, found[0].again().target.url]
    assert len(set(urls)) == 3
    assert not any("{unique}" in url for url in urls)


def test_a_plan_without_unique_urls_is_repeated_as_it_is() -> None:
    only = planned(cases(), station(Target(url="http://127.0.0.1:1/"))).cases[0]

    assert only.again() is only.plan


def test_what_the_target_lacks_is_set_aside_with_its_ground() -> None:
    found = planned(cases(more="needs: [max-size]"))

    assert found.cases == ()
    assert [case.outcome for case in found.aside] == [Outcome.NOT_APPLICABLE]
    assert "needs max-size" in found.aside[0].cause
    assert found.aside[0].cause.endswith("shown")


def test_what_was_not_declared_is_set_aside_as_declared() -> None:
    aside = planned(cases(more="needs: [restart]")).aside

    assert aside[0].cause.endswith("declared")


def test_what_the_draft_lacks_is_not_mentioned_at_all() -> None:
    found = planned((*cases(), *cases("new", more="needs: [get-retrieval]")), drafts=(6,))

    assert [case.id for case in found.cases] == ["rufh/creation/one/6/h1"]
    assert found.aside == ()


def test_limits_told_in_one_draft_count_in_that_draft_only() -> None:
    limited = station(draft9=DraftFacts(limits={"max-size": 100}), draft8=DraftFacts())

    found = planned(cases(more="needs: [max-size]"), limited, drafts=(8, 9))

    assert [case.plan.draft for case in found.cases] == [9]
    assert found.cases[0].plan.target.limits == {"max-size": 100}


@pytest.mark.parametrize(
    ("limits", "limits_exist", "small"),
    [
        ({}, True, True),
        ({}, False, True),
        ({"min-append-size": 0}, True, True),
        ({"min-size": 4096, "max-append-size": 8192}, True, True),
        ({"min-append-size": 1}, True, True),
        ({"min-append-size": 1024}, True, True),
        ({"min-append-size": 1025}, False, False),
    ],
)
def test_small_appends_are_taken_unless_a_larger_one_is_demanded(
    limits: dict[str, int], limits_exist: bool, small: bool
) -> None:
    found = limit_capabilities(limits, limits_exist=limits_exist)

    assert ("small-appends" in found) is small
    assert ("tiny-appends" in found) is (limits.get("min-append-size", 0) == 0)
    assert ("min-append-size" in found) is ("tiny-appends" not in found)


@pytest.mark.parametrize(
    ("limits", "large"),
    [
        ({}, True),
        ({"max-age": 60, "min-append-size": 5 << 20}, True),
        ({"max-size": 64 << 20, "max-append-size": 2 << 20}, True),
        ({"max-size": 64 << 20, "max-append-size": (2 << 20) - 1}, False),
        ({"max-size": 1 << 20}, False),
    ],
)
def test_large_requests_are_taken_unless_a_limit_forbids_them(
    limits: dict[str, int], large: bool
) -> None:
    assert ("large-requests" in limit_capabilities(limits, limits_exist=True)) is large


def test_a_target_that_demands_the_length_is_spared_creations_without_one() -> None:
    demanding = station(draft9=DraftFacts(length_demanded=True), draft8=DraftFacts())
    open_end = SCENARIO.replace("complete: true", "complete: false\n    length: null")
    endless = expand(loads_scenario(open_end.format(name="a", topic="creation", more="").encode()))

    assert "length-optional" not in demanding.capabilities(9)
    assert "length-optional" in demanding.capabilities(8)
    found = planned((*cases("whole"), *endless), demanding, drafts=(3, 8, 9))
    assert [case.id for case in found.cases] == [
        "rufh/creation/a/3/h1",
        "rufh/creation/a/8/h1",
        *(f"rufh/creation/whole/{draft}/h1" for draft in (3, 8, 9)),
    ]
    assert [(case.draft, case.outcome) for case in found.aside] == [(9, Outcome.NOT_APPLICABLE)]
    assert "length-optional" in found.aside[0].cause


def test_a_target_that_demands_more_of_an_append_is_spared_small_ones() -> None:
    demanding = station(draft9=DraftFacts(limits={"min-append-size": 4096}), draft8=DraftFacts())

    found = planned(cases(more="needs: [small-appends]"), demanding, drafts=(8, 9))

    assert [case.plan.draft for case in found.cases] == [8]
    assert [(case.draft, case.outcome) for case in found.aside] == [(9, Outcome.NOT_APPLICABLE)]
    assert "needs small-appends" in found.aside[0].cause
    assert found.aside[0].cause.endswith("shown")


def test_a_target_that_refuses_to_cancel_lacks_cancellation_in_that_draft() -> None:
    stubborn = station(draft9=DraftFacts(no_cancellation=True), draft8=DraftFacts())

    assert "cancellation" not in stubborn.capabilities(9)
    assert "cancellation" in stubborn.capabilities(8)


def test_the_first_target_that_has_what_is_needed_serves_a_case() -> None:
    plain = station(Target(url="http://127.0.0.1:1/plain"))
    limited = station(Target(url="http://127.0.0.1:1/limited", limits={"max-size": 9999}))

    found = planned((*cases("any"), *cases("big", more="needs: [max-size]")), plain, limited)

    assert [case.plan.target.path for case in found.cases] == ["/plain", "/limited"]


def test_the_second_users_credentials_reach_the_plan() -> None:
    target = Target(
        url="http://127.0.0.1:1/", other_fields=(("authorization", "Bearer other"), ("X", "y"))
    )

    assert station(target).facts(9).second_user == "Bearer other"


def test_tls_is_a_capability_of_the_url() -> None:
    assert "tls" in station(Target(url="https://127.0.0.1:1/")).capabilities(9)
    assert "tls" not in station().capabilities(9)


def test_a_selection_of_nothing_is_one_sentence() -> None:
    with pytest.raises(SuiteError, match="--list"):
        plan_all(cases(), (site(),), Selection(requirements=("RUFH-NONE",)))


def run_with(
    monkeypatch: pytest.MonkeyPatch, outcomes: list[Any], more: str = ""
) -> tuple[CaseResult, int]:
    """Run a case of which each run comes out as given: a result, or an exception."""
    runs = 0

    async def once(plan: Any, _prepared: Any) -> Any:
        nonlocal runs
        runs += 1
        found = outcomes[min(runs, len(outcomes)) - 1]
        if isinstance(found, Exception):
            raise found
        return None, attempt._bare(plan, found, "")

    monkeypatch.setattr(attempt, "_once", once)
    prepared = planned(cases(more=more)).cases[0]
    return asyncio.run(run_case(prepared)), runs


def test_a_race_runs_as_often_as_its_scenario_says(monkeypatch: pytest.MonkeyPatch) -> None:
    result, runs = run_with(monkeypatch, [Outcome.PASS], "repeat: 7")

    assert (runs, result.outcome) == (7, Outcome.PASS)


def test_a_pass_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_with(monkeypatch, [Outcome.PASS])[1] == 1


def test_a_bug_of_ours_is_an_error_of_that_case_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(attempt, "run_plan", broken)
    result = asyncio.run(run_case(planned(cases()).cases[0]))

    assert result.outcome is Outcome.ERROR
    assert "ZeroDivisionError" in result.cause


def test_a_bound_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def bounded(*_: object) -> None:
        raise BoundReached("5 requests")

    monkeypatch.setattr(attempt, "run_plan", bounded)
    with pytest.raises(StopRun, match="5 requests"):
        asyncio.run(run_case(planned(cases()).cases[0]))


def test_secrets_of_a_bug_are_removed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("token very-secret-token")

    monkeypatch.setattr(attempt, "run_plan", broken)
    prepared = replace(planned(cases()).cases[0], redactor=Redactor({"very-secret-token"}))

    with contextlib.suppress(StopRun):
        result = asyncio.run(run_case(prepared))
    assert "very-secret" not in result.cause
