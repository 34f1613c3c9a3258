"""Appends in frames of their own: what is malformed must not be served, padding is no content."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz import odd_frames
from conformance.fuzz.belief import Sketch
from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.drive import play
from conformance.fuzz.grammar import draw
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.orderly import create
from conformance.fuzz.search import SearchSettings, station_of
from conformance.fuzz.trial import Trial, members
from conformance.model.scenario import ContentKind, ContentSpec, ExchangeStep, Verb
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Iterator


def trials(amount: int, draft: int = 9) -> Iterator[Trial]:
    """Yield creations with one append in frames behind each."""
    for number in range(amount):
        sketch = Sketch(
            choices=SeededChoices(Random(str(number))),
            draft=DRAFTS[draft],
            transport="h2",
            size=200,
            read_back=False,
            limits={},
        )
        create(sketch)
        odd_frames.append(sketch)
        content = ContentSpec(kind=ContentKind.GENERATED, size=sketch.size, fixed=True)
        yield Trial(draft=draft, content=content, seed="1", steps=tuple(sketch.steps))


def accused(*arguments: str, amount: int, draft: int = 9) -> set[str]:
    """Return what a server is accused of by so many trials."""

    async def run(port_url: str) -> set[str]:
        found: set[str] = set()
        target = replace(as_target(embedded.configurations["plain"]), url=port_url)
        settings = SearchSettings(target=target, drafts=(draft,), transport="h2", tidy=False)
        station = await station_of(settings)
        for trial in trials(amount, draft):
            played = await play(trial, station.world, station.facts(draft), "h2")
            found |= {each.requirement for each in judge_played(played)}
        return found

    with Embedded(restartable=False, arguments=arguments) as embedded:
        return asyncio.run(run(embedded.configurations["plain"].url))


def test_every_kind_of_frames_is_drawn_and_only_over_http2() -> None:
    labels = {
        step.name.rpartition("-")[0]
        for trial in trials(300)
        for step in trial.steps
        if isinstance(step, ExchangeStep) and step.verb is Verb.FRAMES
    }
    assert labels == {"malformed", "padded", "behind"}
    drawn = (draw(SeededChoices(Random(str(n))), DRAFTS[9], seed="1") for n in range(300))
    steps = [each for trial in drawn for step in trial.steps for each in members(step)]
    assert not any(step.verb is Verb.FRAMES for step in steps)


def test_the_span_is_that_of_the_content_before_the_end() -> None:
    for trial in trials(50):
        for step in trial.steps:
            if isinstance(step, ExchangeStep) and step.verb is Verb.FRAMES:
                span = odd_frames.framed_span(step)
                assert span is not None
                assert 0 < span[1] - span[0] <= 15
            else:
                assert odd_frames.framed_span(step) is None


def test_a_correct_server_is_not_accused() -> None:
    assert accused(amount=120) == set()


@pytest.mark.parametrize(
    ("defect", "draft", "requirement"),
    [
        ("connection-fields-dropped", 9, "H2-MALFORMED-REFUSED"),
        ("last-pseudo-field-wins", 9, "H2-MALFORMED-REFUSED"),
        ("missing-pseudo-fields-made-up", 9, "H2-MALFORMED-REFUSED"),
        ("names-made-lower-case", 9, "H2-MALFORMED-REFUSED"),
        ("odd-names-dropped", 9, "H2-MALFORMED-REFUSED"),
        ("pseudo-fields-anywhere", 9, "H2-MALFORMED-REFUSED"),
        ("padding-stored", 3, "SUITE-INTEGRITY-BEYOND-SENT"),
        ("data-behind-the-end-stored", 3, "SUITE-INTEGRITY-BEYOND-SENT"),
    ],
)
def test_who_serves_or_stores_them_is(defect: str, draft: int, requirement: str) -> None:
    assert requirement in accused("--defect", defect, amount=250, draft=draft)
