"""What real servers do that no text forbids: the oracle keeps quiet about it."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random
from typing import TYPE_CHECKING

import pytest

from conformance.engine.target import ReadBackWish, Target
from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.drive import play
from conformance.fuzz.grammar import draw
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import SearchSettings, station_of
from conformance.fuzz.trial import Trial
from conformance.model.scenario import ContentSpec
from conformance.profiles.rufh.drafts import DRAFTS
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
CUT_CREATION = """\
  - create: up
    send: all
    complete: true
    length: null
    cut: {how: half-close, after: 8 B, at-most: 200 ms}
    set-up: false
  - retrieve: cut
    of: up
    set-up: false
"""
SHORT_END = """\
  - append: short
    of: up
    at: 8 B
    send: 8 B..16 B
    complete: true
    set-up: false
  - retrieve: open
    of: up
    set-up: false
"""
REAL_END = """\
  - append: rest
    of: up
    at: 16 B
    send: 16 B..24 B
    complete: true
    set-up: false
  - retrieve: done
    of: up
    set-up: false
"""
ALL_BUT_NOT_DONE = """\
  - append: rest
    of: up
    at: 8 B
    send: 8 B..24 B
    complete: false
    set-up: false
  - retrieve: seen
    of: up
    set-up: false
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


class Counting:
    """A server that announces by the version alone and completes by counting, whoever says what.

    It believes the Content-Length of a completing creation whatever is said later.
    """

    def __init__(self) -> None:
        self.stored = 0
        self.length: int | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of a connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        lines = head.decode("latin-1").replace("\r\n ", " ").split("\r\n")
        method = lines[0].partition(" ")[0]
        named = (line.partition(":") for line in lines[1:])
        fields = {name.lower(): value.strip() for name, _, value in named}
        if method == "POST" and fields.get("upload-draft-interop-version"):
            self.stored, self.length = 0, None
            announced = f"Upload-Draft-Interop-Version: {fields['upload-draft-interop-version']}"
            writer.write(f"HTTP/1.1 104 X\r\nLocation: /u\r\n{announced}\r\n\r\n".encode())
        wanted = int(fields.get("content-length", "0"))
        said = "upload-incomplete" if "upload-incomplete" in fields else "upload-complete"
        last = fields.get(said) == ("?0" if said == "upload-incomplete" else "?1")
        if last:
            self.length = self.stored + wanted if self.length is None else self.length
        with contextlib.suppress(ConnectionError):
            while wanted and (octets := await reader.read(wanted)):
                wanted -= len(octets)
                self.stored += len(octets)
            await self.answer(writer, method, last=last)
        writer.close()

    async def answer(self, writer: asyncio.StreamWriter, method: str, *, last: bool) -> None:
        """Say how many octets there are, and in retrievals whether that is what was announced."""
        done = self.stored == self.length if method == "HEAD" else last
        told = f"Upload-Incomplete: ?{int(not done)}\r\nUpload-Complete: ?{int(done)}\r\n"
        status = "201 Created\r\nLocation: /u" if method == "POST" else "204 No Content"
        told += f"Upload-Offset: {self.stored}\r\n"
        if self.length is not None:
            told += f"Upload-Length: {self.length}\r\n"
        end = "Content-Length: 0\r\n" if method == "POST" else ""
        writer.write(f"HTTP/1.1 {status}\r\n{told}{end}Connection: close\r\n\r\n".encode())
        await writer.drain()


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


def accused(steps: str, folder: Path, *, draft: int, defect: str) -> set[str]:
    """Return what the reference server with a defect is accused of in a written trial."""

    async def run() -> set[str]:
        server = await start(load_defects()[defect].into(Configuration(name="plain")))
        try:
            return await judged(written(steps, folder, draft), server.port)
        finally:
            await server.close()

    return asyncio.run(run())


def accused_counting(trial: Trial) -> set[str]:
    """Return what the counting server is accused of in a trial."""

    async def run() -> set[str]:
        server = await asyncio.start_server(Counting().serve, "127.0.0.1", 0)
        async with server:
            return await judged(trial, server.sockets[0].getsockname()[1])

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


def test_what_was_never_told_complete_may_go_on(tmp_path: Path) -> None:
    trial = written(CUT_CREATION + SHORT_END + REAL_END, tmp_path, 3)
    assert accused_counting(trial) == set()


def test_counting_is_blamed_by_its_own_name_where_that_is_a_rule(tmp_path: Path) -> None:
    steps = CUT_CREATION + ALL_BUT_NOT_DONE
    assert accused_counting(written(steps, tmp_path, 3)) == set()
    assert accused_counting(written(steps, tmp_path, 6)) == {"RUFH-LENGTH-NOT-COMPLETION"}


@pytest.mark.parametrize("draft", [3, 9])
def test_a_fold_read_as_a_space_hides_the_version(draft: int) -> None:
    drawn = (
        draw(SeededChoices(Random(str(number))), DRAFTS[draft], seed="1", transport="h1")
        for number in range(3000)
    )
    step = next(
        each for trial in drawn for each in trial.steps if getattr(each, "name", "") == "folded-1"
    )
    content = ContentSpec(size=24)
    trial = Trial(draft=draft, content=content, seed="1", steps=(step,))
    assert accused_counting(trial) == set()
