"""What real servers do that no text forbids: the oracle keeps quiet about it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.engine.target import ReadBackWish, Target
from conformance.fuzz.drive import play
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import SearchSettings, station_of
from conformance.fuzz.trial import Trial
from conformance.scenario.decode import expand, load_scenario
from reference_server.defects.catalogue import load_defects
from reference_server.serve import Configuration, start

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
scenario: rufh/fuzz/{name}
title: What a server does
why: Nobody is to be accused of it.
content: {{size: 24 B, fixed: true}}
steps:
"""
COMPLETE_WITH_A_PART = """\
  - create: up
    send: 0 B..8 B
    complete: false
    length: null
    set-up: false
  - append: last
    of: up
    at: 8 B
    send: 8 B..16 B
    complete: true
    set-up: false
  - retrieve: seen
    of: up
    set-up: false
"""
APPENDED_AGAIN = """\
  - append: more
    of: up
    at: 16 B
    send: 16 B..24 B
    complete: true
    set-up: false
  - read-back: stored
    of: up
    given: more
"""
NOTHING_APPENDED = """\
  - append: more
    of: up
    at: 16 B
    send: nothing
    complete: false
    set-up: false
"""
CUT_AFTER_COMPLETION = """\
  - append: more
    of: up
    at: 16 B
    send: 16 B..24 B
    framing: chunked
    complete: true
    cut: {how: half-close, after: 0 B, wait-for: null, at-most: 200 ms}
    set-up: false
"""


def accused(steps: str, folder: Path, *, draft: int, defect: str) -> set[str]:
    """Return the requirements a server is accused of violating in a written trial."""
    path = folder / "trial.yaml"
    path.write_text(HEAD.format(name=path.stem) + steps, encoding="utf-8")
    (case,) = expand(load_scenario(path))
    trial = Trial(draft=draft, content=case.scenario.content, seed="1", steps=case.steps)  # type: ignore[arg-type]  # no restarts here

    async def run() -> set[str]:
        server = await start(load_defects()[defect].into(Configuration(name="plain")))
        url = f"http://127.0.0.1:{server.port}/"
        target = Target(url=url, read_back=ReadBackWish(url=f"{url}files/{{id}}"))
        settings = SearchSettings(target=target, drafts=(draft,), tidy=False)
        try:
            station = await station_of(settings)
            played = await play(trial, station.world, station.facts(draft))
            assert not played.stopped
            return {each.requirement for each in judge_played(played)}
        finally:
            await server.close()

    return asyncio.run(run())


def test_what_is_acknowledged_after_completion_need_not_be_stored(tmp_path: Path) -> None:
    steps = COMPLETE_WITH_A_PART + APPENDED_AGAIN
    assert accused(steps, tmp_path, draft=3, defect="append-after-completion-dropped") == set()


def test_an_append_after_completion_may_be_answered_before_its_end(tmp_path: Path) -> None:
    steps = COMPLETE_WITH_A_PART + CUT_AFTER_COMPLETION
    assert accused(steps, tmp_path, draft=3, defect="append-after-completion-dropped") == set()


def test_where_it_must_be_refused_it_still_counts(tmp_path: Path) -> None:
    steps = COMPLETE_WITH_A_PART + NOTHING_APPENDED
    found = accused(steps, tmp_path, draft=6, defect="append-after-completion-dropped")
    assert found == {"RUFH-H-APPEND-COMPLETED-REJECT"}
