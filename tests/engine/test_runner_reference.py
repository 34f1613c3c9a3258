"""The runner and the judge against the reference server: what is correct is never accused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.embedded import Embedded, EmbeddedTarget
from conformance.engine.judge import judge
from conformance.engine.runner import run_plan
from conformance.engine.target import ReadBackWish
from conformance.engine.world import World
from conformance.model.outcome import Outcome
from conformance.model.plan import Plan, TargetFacts
from conformance.model.scenario import Cut, ReadBackStep
from conformance.model.transcript import CutHow
from conformance.model.values import Duration, Percent, Size
from conformance.profiles.rufh.registry import load
from conformance.scenario.library import load_library
from conformance.scenario.planner import plan_case

if TYPE_CHECKING:
    from collections.abc import Iterator

_BAD = frozenset({Outcome.FAIL, Outcome.WARN, Outcome.ERROR})


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with Embedded() as running:
        yield running


def facts(target: EmbeddedTarget) -> TargetFacts:
    parts = urlsplit(target.url)
    return TargetFacts(
        url=target.url,
        path=parts.path,
        authority=parts.netloc,
        origin=f"{parts.scheme}://{parts.netloc}",
        fields=target.fields,
        limits=target.limits,
        capabilities=target.capabilities,
    )


def planned(embedded: Embedded, topic: str, draft: int) -> Iterator[tuple[Plan, EmbeddedTarget]]:
    registry = load()
    for case in load_library().select(topic=topic):
        for target in embedded.configurations.values():
            plan = plan_case(case, draft, "h1", facts(target), registry)
            if isinstance(plan, Plan):
                yield plan, target
                break


@pytest.mark.parametrize("draft", [3, 6, 9])
@pytest.mark.parametrize("topic", ["interruption", "concurrency", "lifecycle"])
def test_shipped_scenarios_accuse_a_correct_server_of_nothing(
    embedded: Embedded, topic: str, draft: int
) -> None:
    async def go() -> list[str]:
        worlds = {
            target.name: World(restart=target.restart, read_back=ReadBackWish(url=target.read_back))
            for target in embedded.configurations.values()
        }

        async def one(plan: Plan, target: EmbeddedTarget) -> list[str]:
            ran = await run_plan(plan, worlds[target.name])
            assert ran.binding.errors == {}
            checks = judge(plan, ran.binding, ran.transcript).checks
            return [f"{each.id}: {each.observed}" for each in checks if each.outcome in _BAD]

        plans = list(planned(embedded, topic, draft))
        assert plans
        async with asyncio.timeout(60):
            found = await asyncio.gather(*(one(*each) for each in plans))
        return [text for each in found for text in each]

    assert asyncio.run(go()) == []


def share(percent: int) -> Size:
    return Size(((1, Percent(percent)),))


@given(
    how=st.sampled_from([CutHow.RESET, CutHow.CLOSE]),
    cuts=st.lists(st.integers(0, 99), max_size=3),
    draft=st.sampled_from([3, 5, 6, 8, 10]),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_upload_cut_anywhere_and_resumed_is_stored_whole(
    embedded: Embedded, bench: Any, make_step: Any, how: CutHow, cuts: list[int], draft: int
) -> None:
    """Octets acknowledged are kept and nothing is stored twice, wherever the network fails."""
    bench.draft = draft
    cut = [Cut(how=how, after=share(after), at_most=Duration(0.5)) for after in cuts]
    steps: list[Any] = [make_step("create", "up", complete=True, cut=cut[0] if cut else None)]
    for number, again in enumerate([*cut[1:], None] if cut else []):
        seen = f"seen-{number}"
        steps.append(make_step("retrieve", seen, of="up"))
        steps.append(
            make_step("append", f"rest-{number}", of="up", at=f"${seen}.Upload-Offset", cut=again)
        )
    steps.append(ReadBackStep(name="stored", of="up"))
    target = embedded.configurations["plain"]
    wish = ReadBackWish(url=target.read_back)
    ran = asyncio.run(bench.against(target.url, *steps, read_back=wish))
    assert (ran.binding.not_run, ran.binding.not_due, ran.binding.errors) == ({}, {}, {})
    assert ran.transcript.stored[0].octets == bench.plan((), "http://h/f").content.slice(0, 65536)
    assert ran.leftovers == 0
