"""What fails on every correct server accuses nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.target import Target
from conformance.fuzz.confirm import confirm
from conformance.fuzz.control import Control
from conformance.fuzz.drive import play
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import Search, SearchSettings, search, station_of
from conformance.fuzz.view import Violation
from conformance.model.errors import InternalError
from reference_server.defects.catalogue import load_defects
from reference_server.serve import Configuration, start

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.fuzz.confirm import Confirmed
    from conformance.fuzz.trial import Trial

CHANGED = "SUITE-INTEGRITY-COMPLETED-UNCHANGED/offset"
TOLD_COMPLETE = """\
  - create: create-1
    send: 0 B..1 B
    complete: false
    length: null
    set-up: false
"""
ECHOED = """\
  - create: create-1
    send: 0 B..1 B
    complete: false
    set-up: false
  - append: wrong-2
    of: create-1
    at: 5 B
    send: 5 B..24 B
    complete: true
    set-up: false
"""
LOOKED_AT_TWICE = """\
  - retrieve: retrieve-3
    of: create-1
    set-up: false
  - append: odd-4
    of: create-1
    at: 1 B
    send: 1 B..2 B
    complete: false
    set-up: false
  - retrieve: retrieve-5
    of: create-1
    set-up: false
"""


async def shown(trial: Trial, port: int) -> dict[str, Violation]:
    """Return what a server shows in a trial, by key."""
    station = await station_of(settings(trial, port))
    played = await play(trial, station.world, station.facts(trial.draft))
    return {each.key: each for each in judge_played(played)}


async def confirmed(trial: Trial, violation: Violation, port: int) -> Confirmed:
    """Return what the engine says of it on a server."""
    station = await station_of(settings(trial, port))
    facts = station.facts(trial.draft)
    return await confirm(trial, violation, station.world, facts, "h1")


def settings(trial: Trial, port: int) -> SearchSettings:
    target = Target(url=f"http://127.0.0.1:{port}/")
    return SearchSettings(target=target, drafts=(trial.draft,), tidy=False)


@pytest.mark.parametrize(
    ("defect", "draft", "first"),
    [("creation-told-complete", 9, TOLD_COMPLETE), ("refusal-echoes-completeness", 7, ECHOED)],
    ids=["answer", "refusal"],
)
def test_who_never_called_it_complete_may_append(
    defect: str, draft: int, first: str, rig: Any, tmp_path: Path
) -> None:
    trial = rig.written(first + LOOKED_AT_TWICE, tmp_path, draft)
    plain = Configuration(name="plain")

    async def run() -> tuple[Confirmed, Confirmed]:
        faulty, clean = await start(load_defects()[defect].into(plain)), await start(plain)
        try:
            violation = (await shown(trial, faulty.port))[CHANGED]
            return (
                await confirmed(trial, violation, faulty.port),
                await confirmed(trial, violation, clean.port),
            )
        finally:
            await faulty.close()
            await clean.close()

    accused, acquitted = asyncio.run(run())
    assert accused.fails is not None
    assert acquitted.fails is None
    assert not acquitted.cause


GROWN = Violation(
    requirement="RUFH-RETRIEVE-UPLOAD-OFFSET",
    step="retrieve-3",
    label="answer",
    said="something",
    expect="{on: 2xx, Upload-Offset: 1 B}",
)


@pytest.mark.parametrize(
    ("expect", "limits", "shared"),
    [
        ("{on: 2xx, Upload-Offset: 0 B}", {}, False),
        ("{on: 2xx, Upload-Offset: 2 B}", {}, True),
        ("{on: 409, Upload-Offset: 2 B}", {}, False),
        ("{on: 2xx, Upload-Limit: {contains: max-size}}", {}, True),
        ("{on: 2xx, Upload-Limit: {contains: max-size}}", {"max-size": 9}, False),
        ("{on: 2xx, Upload-Limit: null}", {"max-size": 9}, True),
    ],
)
def test_what_a_correct_server_shows_is_shared(
    expect: str, limits: dict[str, int], *, shared: bool, rig: Any, tmp_path: Path
) -> None:
    empty = TOLD_COMPLETE.replace("0 B..1 B", "nothing")  # within all limits
    trial = rig.written(empty + LOOKED_AT_TWICE, tmp_path, 9)

    async def run() -> bool:
        control = Control(settings(trial, 1))
        try:
            return await control.shows(trial, replace(GROWN, expect=expect), limits)
        finally:
            await control.close()

    assert asyncio.run(run()) is shared


async def searched(port: int, **more: Any) -> Search:
    target = Target(url=f"http://127.0.0.1:{port}/")
    usual: dict[str, Any] = {"drafts": (9,), "seconds": 20.0, "lanes": 4, "tidy": False}
    return await search(SearchSettings(target=target, **(usual | more)))


def found_in(defect: str, **more: Any) -> Search:
    plain = Configuration(name="plain")

    async def run() -> Search:
        server = await start(load_defects()[defect].into(plain) if defect else plain)
        try:
            return await searched(server.port, **more)
        finally:
            await server.close()

    return asyncio.run(run())


@pytest.fixture
def accusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every retrieval accused of what is no fault."""

    def judge_wrongly(played: Any, **_: Any) -> tuple[Violation, ...]:
        steps = (each.step for each in played.happened if each.exchange is not None)
        return tuple(
            replace(GROWN, step=step.name, expect="{on: 2xx, Upload-Offset: null}")
            for step in steps
            if step.name.startswith("retrieve") and "retrieve" in str(step.verb)
        )[:1]

    monkeypatch.setattr("conformance.fuzz.search.judge_played", judge_wrongly)
    monkeypatch.setattr("conformance.fuzz.investigate.judge_played", judge_wrongly)


@pytest.mark.usefixtures("accusing")
def test_a_mistake_of_the_suite_is_a_note_and_no_finding() -> None:
    found = found_in("", requests=600)
    assert not found.findings
    assert not found.errors
    assert found.unconfirmed[GROWN.key]
    assert found.shared == {GROWN.key}


@pytest.mark.usefixtures("accusing")
def test_the_embedded_server_is_searched_without_a_control() -> None:
    found = found_in("", requests=600, controlled=False, first=True)
    assert [each.violation.key for each in found.findings] == [GROWN.key]


def test_a_search_that_finds_nothing_starts_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "conformance.embedded.Embedded.start", lambda _: pytest.fail("it was started")
    )
    found = found_in("", requests=200)
    assert not found.findings
    assert not found.errors


def test_without_a_reference_server_a_finding_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise InternalError("no process can be started")

    monkeypatch.setattr("conformance.embedded.Embedded.start", fail)
    found = found_in("conflict-without-offset", first=True)
    assert len(found.findings) == 1
    assert "no process can be started" in found.errors[0]
