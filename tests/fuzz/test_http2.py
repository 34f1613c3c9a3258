"""Searching over HTTP/2, in cleartext and over TLS."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.drive import Played, play
from conformance.fuzz.grammar import draw
from conformance.fuzz.search import Search, SearchSettings, search, station_of
from conformance.fuzz.trial import Trial, members
from conformance.model.scenario import TogetherStep, Verb
from conformance.model.transcript import CutHow
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Iterator

HOWS = (CutHow.RESET, CutHow.CLOSE)


def searched(*arguments: str, tls: bool = False, **settings: object) -> Search:
    with Embedded(restartable=False, arguments=arguments, tls=tls) as embedded:
        target = as_target(embedded.configurations["plain"])
        usual = {"drafts": (3, 6, 9), "seconds": 40.0, "lanes": 8, "tidy": False}
        made = SearchSettings(target=target, transport="h2", **(usual | settings))  # type: ignore[arg-type]
        return asyncio.run(search(made))


def drawn(amount: int) -> Iterator[Trial]:
    for number in range(amount):
        yield draw(SeededChoices(Random(str(number))), DRAFTS[9], seed="1", transport="h2")


@pytest.mark.parametrize("tls", [False, True], ids=["cleartext", "tls"])
def test_nothing_is_found_in_a_correct_server(*, tls: bool) -> None:
    found = searched(tls=tls, requests=300)
    assert (found.findings, found.errors, found.unconfirmed) == ([], [], {})
    assert found.trials > 20


def test_a_fault_that_needs_a_cut_is_found() -> None:
    found = searched("--defect", "cut-append-completes", drafts=(9,), first=True)
    (finding,) = found.findings
    cuts = [each.cut.how for step in finding.trial.steps for each in members(step) if each.cut]
    assert cuts
    assert set(cuts) <= set(HOWS)
    assert finding.transport == "h2"
    assert not finding.violation.requirement.startswith("H1-")


def test_what_only_http1_has_is_not_drawn() -> None:
    steps = [each for trial in drawn(400) for step in trial.steps for each in members(step)]
    assert not any(each.verb is Verb.OCTETS or each.http == "1.0" for each in steps)
    assert {each.cut.how for each in steps if each.cut is not None} == set(HOWS)
    races = [step for trial in drawn(400) for step in trial.steps if isinstance(step, TogetherStep)]
    assert {step.over for step in races} == {"one-connection", "two-connections"}


@pytest.mark.parametrize("how", HOWS)
def test_a_cut_ends_the_stream_or_the_connection(how: CutHow) -> None:
    trial = next(
        each
        for each in drawn(4000)
        if (first := members(each.steps[0]))
        and first[0].verb is Verb.CREATE
        and first[0].cut is not None
        and first[0].cut.how is how
        and first[0].cut.once is None
    )

    async def run() -> Played:
        with Embedded(restartable=False) as embedded:
            target = as_target(embedded.configurations["plain"])
            settings = SearchSettings(target=target, drafts=(9,), transport="h2", tidy=False)
            station = await station_of(settings)
            return await play(trial, station.world, station.facts(9), "h2")

    exchange = asyncio.run(run()).happened[0].exchange
    assert exchange is not None
    made = exchange.request.cut
    assert made is not None
    assert (made.how, made.note) == (how, "")
