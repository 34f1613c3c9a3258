"""Making trials smaller."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.grammar import draw
from conformance.fuzz.shrink import Shrinker, drawn_together, names_in, without
from conformance.model.scenario import ExchangeStep
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from conformance.fuzz.trial import Trial


def long_trial() -> Trial:
    found = (
        draw(SeededChoices(random.Random(f"s/{number}")), DRAFTS[9], seed="content")
        for number in range(500)
    )
    return next(each for each in found if len(each.steps) > 9 and has_astray(each))


def has_astray(trial: Trial) -> bool:
    return any(step.name.startswith("astray") for step in trial.steps)


def shrunk(trial: Trial, shows: object) -> tuple[Trial, int]:
    shrinker = Shrinker(shows)  # type: ignore[arg-type]
    return asyncio.run(shrinker.shrink(trial)), shrinker.tried


def test_only_the_step_that_matters_and_what_it_rests_on_stay() -> None:
    async def shows(trial: Trial) -> bool:
        return has_astray(trial)

    small, tried = shrunk(long_trial(), shows)
    astray = [step for step in small.steps if step.name.startswith("astray")]
    assert len(astray) == 1
    assert {step.name for step in small.steps} == {astray[0].name} | names_in(astray[0])
    assert tried <= 160


def test_what_cannot_be_shown_smaller_stays_as_it_is() -> None:
    whole = long_trial()

    async def shows(trial: Trial) -> bool:
        return trial == whole

    small, _ = shrunk(whole, shows)
    assert small == whole


def test_steps_go_with_the_steps_they_rest_on() -> None:
    trial = long_trial()
    assert without(trial, {trial.steps[0].name}) != trial
    left = without(trial, {step.name for step in trial.steps[:3]})
    kept = {step.name for step in left.steps} if left is not None else set()
    for step in left.steps if left is not None else ():
        assert names_in(step) <= kept | {each.name for each in getattr(step, "steps", ())}


def test_nothing_is_left_when_everything_is_dropped() -> None:
    trial = long_trial()
    assert without(trial, {step.name for step in trial.steps}) is None


def test_numbers_are_drawn_together_in_their_order() -> None:
    trial = long_trial()
    small = drawn_together(trial, 1)
    assert small.content.size <= trial.content.size
    before = [step.at for step in trial.steps if isinstance(step, ExchangeStep)]
    after = [step.at for step in small.steps if isinstance(step, ExchangeStep)]
    assert len(before) == len(after)
    assert drawn_together(small, 1) == small


def test_a_bound_on_candidates_is_kept() -> None:
    tried = 0

    async def shows(_: Trial) -> bool:
        nonlocal tried
        tried += 1
        return False

    asyncio.run(Shrinker(shows, most=5).shrink(long_trial()))
    assert tried == 5


def test_octets_written_out_keep_the_numbers_they_tell() -> None:
    found = (
        draw(SeededChoices(random.Random(f"s/{number}")), DRAFTS[9], seed="content")
        for number in range(500)
    )
    whole = next(each for each in found if any("trailer" in step.name for step in each.steps))

    async def shows(trial: Trial) -> bool:
        return any("trailer" in step.name for step in trial.steps)

    small, _ = shrunk(whole, shows)
    assert len(small.steps) < len(whole.steps)
    assert small.content == whole.content
