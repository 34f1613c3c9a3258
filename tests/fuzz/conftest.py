"""Trials written as scenarios, played and judged, for the tests of the oracle."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.target import ReadBackWish, Target
from conformance.fuzz.drive import play
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import SearchSettings, station_of
from conformance.fuzz.trial import Trial
from conformance.scenario.decode import expand, load_scenario

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
scenario: rufh/fuzz/{name}
title: What a server does
why: Nobody is to be accused of it.
content: {{size: 24 B, fixed: true}}
steps:
"""


def written(steps: str, folder: Path, draft: int) -> Trial:
    """Return a trial that is written as a scenario."""
    path = folder / "trial.yaml"
    path.write_text(HEAD.format(name=path.stem) + steps, encoding="utf-8")
    (case,) = expand(load_scenario(path))
    return Trial(draft=draft, content=case.scenario.content, seed="1", steps=case.steps)  # type: ignore[arg-type]  # no restarts here


async def judged(trial: Trial, port: int) -> set[str]:
    """Return the requirements a server is accused of violating in a trial."""
    url = f"http://127.0.0.1:{port}/"
    target = Target(url=url, read_back=ReadBackWish(url=f"{url}files/{{id}}"))
    station = await station_of(SearchSettings(target=target, drafts=(trial.draft,), tidy=False))
    played = await play(trial, station.world, station.facts(trial.draft))
    assert not played.stopped
    return {each.requirement for each in judge_played(played)}


@pytest.fixture
def rig() -> Any:
    """Everything above, for the tests."""
    return SimpleNamespace(written=written, judged=judged)
