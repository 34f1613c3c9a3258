"""What the grammar draws."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.grammar import MOST_STEPS, draw
from conformance.fuzz.shrink import names_in
from conformance.fuzz.strategy import trials
from conformance.fuzz.trial import Trial, members, scenario_head
from conformance.model.scenario import ExchangeStep, Verb
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.decode import expand, loads_scenario
from conformance.scenario.encode import dump, scenario_from_steps


def drawn(seed: str, draft: int = 9, **more: object) -> Trial:
    choices = SeededChoices(random.Random(seed))
    return draw(choices, DRAFTS[draft], seed="content", **more)  # type: ignore[arg-type]


def read_back_from_file(trial: Trial) -> tuple[object, ...]:
    head = scenario_head(trial)
    written = dump(
        scenario_from_steps(head.id, head.title, trial.steps, content=head.content, seed=head.seed)
    )
    (case,) = expand(loads_scenario(written.encode()))
    return case.steps


def test_the_same_seed_draws_the_same_trial() -> None:
    assert drawn("7/3") == drawn("7/3")
    assert drawn("7/3") != drawn("7/4")


@pytest.mark.parametrize("draft", sorted(DRAFTS))
def test_every_trial_is_a_scenario_file_that_reads_back(draft: int) -> None:
    for number in range(12):
        trial = drawn(f"{draft}/{number}", draft, read_back=True)
        assert read_back_from_file(trial) == trial.steps


@settings(max_examples=40, deadline=None)
@given(data=st.data(), draft=st.sampled_from(sorted(DRAFTS)))
def test_what_hypothesis_draws_is_a_scenario_file_too(data: st.DataObject, draft: int) -> None:
    trial = data.draw(trials(draft, read_back=True))
    assert trial.steps
    assert read_back_from_file(trial) == trial.steps


@settings(max_examples=40, deadline=None)
@given(trial=trials(9))
def test_steps_rest_only_on_steps_before_them(trial: Trial) -> None:
    known: set[str] = set()
    for step in trial.steps:
        own = {step.name, *(each.name for each in members(step))}
        assert names_in(step) <= known | own
        assert not own & known
        known |= own


def test_a_trial_is_short() -> None:
    longest = max(len(drawn(f"l/{number}").steps) for number in range(300))
    assert longest <= 2 * MOST_STEPS


def test_http2_gets_nothing_that_only_http1_has() -> None:
    for number in range(200):
        for step in drawn(f"h2/{number}", transport="h2").steps:
            for each in members(step):
                assert each.verb is not Verb.OCTETS
                assert "h1" not in each.needs


def test_a_minimum_of_the_target_is_heeded() -> None:
    sizes = []
    for number in range(100):
        trial = drawn(f"m/{number}", limits={"min-append-size": 1024})
        assert trial.content.size >= 2048
        sizes += [
            step.send.end.terms[0][1].count - step.send.start.terms[0][1].count
            for step in trial.steps
            if isinstance(step, ExchangeStep)
            and step.name.startswith("append")
            and step.cut is None
            and step.complete is False
            and step.send is not None
            and len(step.send.start.terms) == len(step.send.end.terms) == 1
            and hasattr(step.send.start.terms[0][1], "count")
            and hasattr(step.send.end.terms[0][1], "count")
        ]
    heeded = [size for size in sizes if size >= 1024]
    assert len(heeded) > len(sizes) / 2
