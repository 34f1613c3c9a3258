"""What real servers do that no text forbids: the oracle keeps quiet about it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.fuzz.lengths import may_be_whole
from conformance.fuzz.possible import active_at
from conformance.fuzz.rules import append
from conformance.fuzz.upload import UploadState
from conformance.model.scenario import Verb
from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.defects.catalogue import load_defects
from reference_server.serve import Configuration, start

if TYPE_CHECKING:
    from pathlib import Path

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
PLAIN_BY_NOW = """\
  - create: up
    send: 0 B..8 B
    complete: false
    set-up: false
  - retrieve: laden-1
    of: up
    set-up: false
  - append: waiting-2
    of: up
    at: 8 B
    send: 8 B..16 B
    complete: false
    set-up: false
  - append: closing-3
    of: up
    at: 16 B
    send: 16 B..20 B
    complete: false
    set-up: false
  - retrieve: seen-4
    of: up
    over: closing-3
    set-up: false
  - cancel: laden-5
    of: up
    set-up: false
"""
TRAILER = """\
  - create: up
    send: 0 B..8 B
    complete: false
    length: LENGTH
    set-up: false
  - octets: trailer-1
    of: up
    needs: h1
    write:
      - "PATCH ${up.path} HTTP/1.1\\r\\nHost: ${target.authority}\\r\\n"
      - "Upload-Draft-Interop-Version: ${draft.number}\\r\\nUpload-Offset: 8\\r\\n"
      - "${draft.completeness}: ${draft.incomplete}\\r\\n"
      - "Content-Type: application/partial-upload\\r\\n"
      - "Transfer-Encoding: chunked\\r\\n\\r\\n8\\r\\n"
      - content: 8 B..16 B
      - "\\r\\n0\\r\\n${draft.completeness}: ${draft.complete}\\r\\n\\r\\n"
    set-up: false
  - retrieve: seen
    of: up
    set-up: false
"""


def accused(rig: Any, steps: str, folder: Path, *, draft: int, defect: str = "") -> set[str]:
    """Return what the reference server, or one with a defect, is accused of in a written trial."""
    plain = Configuration(name="plain")

    async def run() -> set[str]:
        server = await start(load_defects()[defect].into(plain) if defect else plain)
        try:
            found: set[str] = await rig.judged(rig.written(steps, folder, draft), server.port)
            return found
        finally:
            await server.close()

    return asyncio.run(run())


def test_what_is_acknowledged_after_completion_need_not_be_stored(rig: Any, tmp_path: Path) -> None:
    steps = COMPLETE_WITH_A_PART + APPENDED_AGAIN
    assert accused(rig, steps, tmp_path, draft=3, defect="append-after-completion-dropped") == set()


def test_an_append_after_completion_may_be_answered_before_its_end(
    rig: Any, tmp_path: Path
) -> None:
    steps = COMPLETE_WITH_A_PART + CUT_AFTER_COMPLETION
    assert accused(rig, steps, tmp_path, draft=3, defect="append-after-completion-dropped") == set()


def test_a_name_proves_nothing(rig: Any, tmp_path: Path) -> None:
    """Made smaller, a step keeps its name and may lose what it was named after."""
    assert accused(rig, PLAIN_BY_NOW, tmp_path, draft=6) == set()


def test_where_it_must_be_refused_it_still_counts(rig: Any, tmp_path: Path) -> None:
    steps = COMPLETE_WITH_A_PART + NOTHING_APPENDED
    found = accused(rig, steps, tmp_path, draft=6, defect="append-after-completion-dropped")
    assert found == {"RUFH-H-APPEND-COMPLETED-REJECT"}


@pytest.mark.parametrize("length", ["16 B", "24 B", "null"])
def test_who_counts_is_not_accused_of_reading_trailers(
    length: str, rig: Any, tmp_path: Path
) -> None:
    steps = TRAILER.replace("LENGTH", length)
    found = accused(rig, steps, tmp_path, draft=9, defect="length-completes")
    assert "HTTP-TRAILER-NOT-MERGED" not in found


def test_who_does_read_trailers_still_is(rig: Any, tmp_path: Path) -> None:
    found = accused(
        rig, TRAILER.replace("LENGTH", "null"), tmp_path, draft=9, defect="trailers-merged"
    )
    assert found == {"HTTP-TRAILER-NOT-MERGED"}


@pytest.mark.parametrize(
    ("draft", "end", "whole"), [(9, 24, True), (9, 23, False), (8, 24, False), (3, 24, False)]
)
def test_where_targets_answer_early_the_last_octet_may_be_the_end(
    draft: int, end: int, *, whole: bool
) -> None:
    view = SimpleNamespace(
        asked_complete=True, asked_length=None, request=SimpleNamespace(complete=False)
    )
    upload = UploadState(hints={24})
    assert may_be_whole(view, upload, end, DRAFTS[draft]) is whole  # type: ignore[arg-type]


def test_what_is_taken_of_an_overrun_is_not_measured_by_what_was_sent() -> None:
    view = SimpleNamespace(
        verb=Verb.APPEND,
        ordinary=True,
        whole=True,
        success=True,
        status=204,
        asked_offset=2,
        asked_complete=False,
        content_length=1,
        complete=False,
        offset=2,
        request=SimpleNamespace(handed=1),
        violation=lambda *_: pytest.fail("it was told the length"),
    )
    upload = UploadState(possible=active_at(2), hints={2})
    assert list(append(view, upload)) == []  # type: ignore[arg-type]
