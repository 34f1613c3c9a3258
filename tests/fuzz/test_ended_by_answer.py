"""An upload whose length is reached may be completed by the answer, where a text lets a target."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from reference_server.defects.catalogue import load_defects
from reference_server.serve import Configuration, start
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from pathlib import Path

CREATED_WHOLE = """\
  - create: up
    send: all
    complete: false
    length: end
    set-up: false
"""
BEGUN = """\
  - create: up
    send: 0 B..8 B
    complete: false
    length: 16 B
    set-up: false
"""
CUT = """\
  - create: up
    send: 0 B..16 B
    complete: true
    length: null
    cut: {how: half-close, after: 8 B, at-most: 200 ms}
    set-up: false
"""
REST = """\
  - append: rest
    of: up
    at: 8 B
    send: 8 B..16 B
    complete: false
    set-up: false
"""
RACE = """\
  - together: race
    over: two-connections
    release: last octet
    of:
      - append: one
        of: up
        at: 8 B
        send: 8 B..16 B
        complete: false
        set-up: false
      - append: two
        of: up
        at: 8 B
        send: 8 B..16 B
        complete: false
        set-up: false
"""
BEYOND = """\
  - append: beyond
    of: up
    at: 16 B
    send: 16 B..24 B
    framing: chunked
    complete: false
    set-up: false
"""
ODD = """\
  - append: odd
    of: up
    at: AT B
    fields: {Upload-Complete: "yes"}
    send: AT B..END B
    complete: null
    set-up: false
"""
SEEN = """\
  - retrieve: seen
    of: up
    set-up: false
"""
ODD_AT_THE_END = ODD.replace("AT", "16").replace("END", "16")
ODD_TO_THE_END = ODD.replace("AT", "8").replace("END", "16")
UNTOLD = BEGUN.replace("length: 16 B", "length: null")


def accused(rig: Any, steps: str, folder: Path, draft: int, server: str) -> set[str]:
    """Return what a variant of the reference server, or one with a defect, is accused of."""
    built = load_variants().get(server) or load_defects()[server]

    async def run() -> set[str]:
        running = await start(built.into(Configuration(name="plain")))
        try:
            found: set[str] = await rig.judged(rig.written(steps, folder, draft), running.port)
            return found
        finally:
            await running.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "steps",
    [
        CREATED_WHOLE + SEEN,
        BEGUN + REST + SEEN,
        CUT + SEEN + REST + SEEN.replace("seen", "after"),
        BEGUN + RACE + SEEN,
        BEGUN + REST + BEYOND + SEEN,
        BEGUN + REST + ODD_AT_THE_END + SEEN,
        BEGUN + ODD_TO_THE_END + SEEN,
    ],
    ids=["creation", "append", "counted", "race", "beyond", "odd-after", "odd"],
)
def test_who_ends_an_upload_by_its_answer_is_not_accused(
    steps: str, rig: Any, tmp_path: Path
) -> None:
    assert accused(rig, steps, tmp_path, 9, "completes-at-length") == set()


@pytest.mark.parametrize("draft", [6, 7, 8])
@pytest.mark.parametrize("steps", [CREATED_WHOLE + SEEN, BEGUN + REST + SEEN])
def test_before_a_text_lets_it_counting_is_a_mistake(
    draft: int, steps: str, rig: Any, tmp_path: Path
) -> None:
    found = accused(rig, steps, tmp_path, draft, "length-completes")
    assert "RUFH-LENGTH-NOT-COMPLETION" in found


@pytest.mark.parametrize(
    ("steps", "server", "requirement"),
    [
        (CREATED_WHOLE + SEEN, "complete-at-length", "RUFH-LENGTH-NOT-COMPLETION"),
        (BEGUN + REST + SEEN, "complete-at-length", "RUFH-LENGTH-NOT-COMPLETION"),
        (BEGUN + REST + BEYOND + SEEN, "overlength-forgiven", "RUFH-APPEND-OVERLENGTH-INVALIDATE"),
        (UNTOLD + ODD_TO_THE_END + SEEN, "truth-in-any-spelling", "RUFH-COMPLETE-SF-IGNORE-SERVER"),
    ],
)
def test_what_no_answer_said_is_still_a_mistake(
    steps: str, server: str, requirement: str, rig: Any, tmp_path: Path
) -> None:
    assert requirement in accused(rig, steps, tmp_path, 9, server)
