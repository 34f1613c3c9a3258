"""Fuzzing by Hypothesis, against the reference server in a process of its own."""

from __future__ import annotations

import pytest

from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.properties import ViolationError, hold
from conformance.fuzz.search import SearchSettings
from conformance.scenario.decode import expand, loads_scenario


def test_a_correct_server_holds() -> None:
    with Embedded(restartable=False) as embedded:
        target = as_target(embedded.configurations["plain"])
        hold(SearchSettings(target=target, drafts=(9,), controlled=False), 9, examples=15)


def test_hypothesis_hands_back_what_it_finds_as_a_scenario() -> None:
    with Embedded(restartable=False, arguments=("--defect", "any-offset-accepted")) as embedded:
        target = as_target(embedded.configurations["plain"])
        with pytest.raises(ViolationError) as caught:
            hold(SearchSettings(target=target, drafts=(9,)), 9, examples=600)
    found = loads_scenario(caught.value.scenario.encode())
    assert len(expand(found)) == 1
    assert "- append:" in caught.value.scenario  # as a step, or two of them in a race
