"""A server that counts octets, whoever says what: only what a text forbids is blamed."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.grammar import draw
from conformance.fuzz.trial import Trial
from conformance.model.scenario import ContentSpec
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
  - create: up
    send: all
    complete: true
    length: null
    set-up: false
  - retrieve: seen
    of: up
    set-up: false
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
SHORT_END_GOING_ON = """\
  - append: short
    of: up
    at: 8 B
    send: 8 B..16 B
    complete: false
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


class Counting:
    """A server that announces by the version alone and completes by counting, whoever says what.

    It believes the Content-Length of a completing creation whatever is said later, drops what goes
    beyond it, and says so. What is complete may be a plain resource from then on.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.plain = plain
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
            if self.length is not None:
                self.stored = min(self.stored, self.length)
            if wanted:
                writer.write(b"HTTP/1.1 400 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                await self.answer(writer, method, last=last)
        writer.close()

    async def answer(self, writer: asyncio.StreamWriter, method: str, *, last: bool) -> None:
        """Say how many octets there are, and in retrievals whether that is what was announced."""
        asked = method in ("HEAD", "GET")
        done = self.stored == self.length if asked else last
        if asked and done and self.plain:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        told = f"Upload-Incomplete: ?{int(not done)}\r\nUpload-Complete: ?{int(done)}\r\n"
        if last:
            told = ""
        status = "201 Created\r\nLocation: /u" if method == "POST" else "204 No Content"
        told += f"Upload-Offset: {self.stored}\r\n"
        if self.length is not None:
            told += f"Upload-Length: {self.length}\r\n"
        end = "Content-Length: 0\r\n" if method == "POST" else ""
        writer.write(f"HTTP/1.1 {status}\r\n{told}{end}Connection: close\r\n\r\n".encode())
        await writer.drain()


def accused(rig: Any, trial: Trial, *, plain: bool = False) -> set[str]:
    """Return what the counting server is accused of in a trial."""

    async def run() -> set[str]:
        server = await asyncio.start_server(Counting(plain=plain).serve, "127.0.0.1", 0)
        async with server:
            found: set[str] = await rig.judged(trial, server.sockets[0].getsockname()[1])
            return found

    return asyncio.run(run())


def test_what_was_never_told_complete_may_go_on(rig: Any, tmp_path: Path) -> None:
    trial = rig.written(CUT_CREATION + SHORT_END + REAL_END, tmp_path, 3)
    assert accused(rig, trial) == set()


def test_what_the_answer_says_was_not_taken_was_not_acknowledged(rig: Any, tmp_path: Path) -> None:
    steps = CUT_CREATION.replace("send: all", "send: 0 B..16 B") + SHORT_END_GOING_ON + REAL_END
    assert accused(rig, rig.written(steps, tmp_path, 3)) == set()


def test_counting_is_blamed_by_its_own_name_where_that_is_a_rule(rig: Any, tmp_path: Path) -> None:
    steps = CUT_CREATION + ALL_BUT_NOT_DONE
    assert accused(rig, rig.written(steps, tmp_path, 3)) == set()
    assert accused(rig, rig.written(steps, tmp_path, 6)) == {"RUFH-LENGTH-NOT-COMPLETION"}


def test_what_is_complete_may_be_a_plain_resource(rig: Any, tmp_path: Path) -> None:
    for method in ("HEAD", "GET"):
        trial = rig.written(WHOLE + f"    method: {method}\n", tmp_path, 9)
        assert accused(rig, trial, plain=True) == set()


@pytest.mark.parametrize("draft", [3, 9])
def test_a_fold_read_as_a_space_hides_the_version(rig: Any, draft: int) -> None:
    drawn = (
        draw(SeededChoices(Random(str(number))), DRAFTS[draft], seed="1", transport="h1")
        for number in range(3000)
    )
    step = next(
        each for trial in drawn for each in trial.steps if getattr(each, "name", "") == "folded-1"
    )
    content = ContentSpec(size=24)
    trial = Trial(draft=draft, content=content, seed="1", steps=(step,))
    assert accused(rig, trial) == set()
