"""Answers that no text forbids, and their neighbours that one does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from conformance.engine.target import Target
from conformance.fuzz.drive import play
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import SearchSettings, station_of
from conformance.fuzz.trial import Trial
from conformance.scenario.decode import expand, load_scenario

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """\
scenario: rufh/fuzz/permitted
title: What a server answers
why: Only what a text forbids is to be told.
content: {{size: 24 B, fixed: true}}
steps:
  - create: create-1
    send: 0 B..8 B
    complete: false
    length: null
    set-up: false
{more}"""
LAST = """\
  - {verb}: last-2
    of: create-1
    set-up: false
"""
ODD = """\
  - append: odd-2
    of: create-1
    at: 8 B
    fields: {Upload-Offset: "9x"}
    send: 8 B..16 B
    complete: false
    set-up: false
  - append: odd-3
    of: create-1
    at: 8 B
    fields: {Upload-Offset: "8x"}
    send: 8 B..16 B
    complete: false
    set-up: false
"""
END = "Content-Length: 0\r\nConnection: close\r\n\r\n"
CREATED = (
    "HTTP/1.1 201 Created\r\nLocation: /u\r\nUpload-Offset: 8\r\n"
    "Upload-Incomplete: ?1\r\nUpload-Complete: ?0\r\n"
)
ANNOUNCED = "HTTP/1.1 104 X\r\nUpload-Draft-Interop-Version: {draft}\r\nLocation: /u\r\n\r\n"


def accused(more: str, folder: Path, draft: int, *answers: str) -> set[str]:
    """Return what a server is accused of that gives these answers, one a connection.

    It is tried out first: a creation and what else is asked then gets a proper answer.
    """
    path = folder / "trial.yaml"
    path.write_text(SCENARIO.format(more=more), encoding="utf-8")
    (case,) = expand(load_scenario(path))
    trial = Trial(draft=draft, content=case.scenario.content, seed="1", steps=case.steps)  # type: ignore[arg-type]  # no restarts here
    left: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-l")]
        await reader.readexactly(sum(int(line.partition(b":")[2]) for line in lengths))
        writer.write(((left.pop(0) if left else CREATED) + END).encode())
        writer.close()

    async def run() -> set[str]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            settings = SearchSettings(target=Target(url=url), drafts=(draft,), tidy=False)
            station = await station_of(settings)
            left.extend(answers)
            played = await play(trial, station.world, station.facts(draft))
        return {each.requirement for each in judge_played(played, standing_rules=False)}

    return asyncio.run(run())


def status(code: int) -> str:
    return f"HTTP/1.1 {code} X\r\nLocation: /elsewhere\r\n"


@pytest.mark.parametrize("draft", [3, 7])
@pytest.mark.parametrize(
    ("verb", "requirement"),
    [("retrieve", "RUFH-RETRIEVE-NO-30123"), ("cancel", "RUFH-CANCEL-NO-30123")],
)
def test_older_texts_forbid_301_and_302_and_no_other_redirect(
    draft: int, verb: str, requirement: str, tmp_path: Path
) -> None:
    last = LAST.format(verb=verb)
    assert accused(last, tmp_path, draft, CREATED, status(302)) == {requirement}
    for code in (303, 307, 308):
        assert accused(last, tmp_path, draft, CREATED, status(code)) == set()


@pytest.mark.parametrize("code", [301, 401, 403, 405])
def test_what_is_refused_or_elsewhere_tells_no_limits_by_options(code: int, tmp_path: Path) -> None:
    last = "  - discover: last-2\n    set-up: false\n"
    assert accused(last, tmp_path, 9, CREATED, status(code)) == set()
    assert "RUFH-OPTIONS-UPLOAD-LIMIT" in accused(last, tmp_path, 9, CREATED, status(200))


@pytest.mark.parametrize("draft", [3, 9])
def test_a_creation_may_be_served_like_any_other_request(draft: int, tmp_path: Path) -> None:
    assert accused("", tmp_path, draft, "HTTP/1.1 200 OK\r\n") == set()
    announced = ANNOUNCED.format(draft=draft) + "HTTP/1.1 201 Created\r\n"
    assert "RUFH-CREATE-INCOMPLETE-LOCATION" in accused("", tmp_path, draft, announced)


def test_a_malformed_offset_that_is_ignored_is_no_mistake_and_one_that_is_read_is(
    tmp_path: Path,
) -> None:
    appended = "HTTP/1.1 204 X\r\nUpload-Complete: ?0\r\n"
    refused = "HTTP/1.1 409 X\r\nUpload-Complete: ?0\r\nUpload-Offset: 8\r\n"
    assert accused(ODD, tmp_path, 9, CREATED, appended, appended) == set()
    assert accused(ODD, tmp_path, 9, CREATED, refused, refused) == set()
    found = accused(ODD, tmp_path, 9, CREATED, refused, appended)
    assert found == {"SF-FAIL-IGNORE-OR-MALFORMED"}


@pytest.mark.parametrize("code", [401, 403, 423, 429])
def test_a_refusal_for_another_reason_need_not_be_the_one_that_is_due(
    code: int, tmp_path: Path
) -> None:
    last = """\
  - append: astray-2
    of: create-1
    at: 3 B
    send: 3 B..5 B
    complete: false
    set-up: false
"""
    assert accused(last, tmp_path, 9, CREATED, status(code)) == set()
    assert accused(last, tmp_path, 9, CREATED, status(400)) == {"RUFH-APPEND-OFFSET-MISMATCH-409"}


@pytest.mark.parametrize("length", ["4 B", "12 B"])
def test_a_length_below_the_offset_may_be_ignored_but_not_believed(
    length: str, tmp_path: Path
) -> None:
    last = f"""\
  - append: odd-2
    of: create-1
    at: 8 B
    send: 8 B..16 B
    complete: false
    length: {length}
    set-up: false
"""
    ignored = "HTTP/1.1 204 X\r\nUpload-Offset: 16\r\nUpload-Complete: ?0\r\n"
    believed = "HTTP/1.1 204 X\r\nUpload-Offset: 16\r\nUpload-Complete: ?1\r\n"
    beyond = {"RUFH-APPEND-OVERLENGTH-REJECT"}
    assert accused(last, tmp_path, 9, CREATED, ignored) == (set() if length == "4 B" else beyond)
    assert beyond <= accused(last, tmp_path, 9, CREATED, believed)


@pytest.mark.parametrize("draft", [8, 9])
def test_an_answer_may_complete_an_upload_before_its_length_where_a_text_lets_it(
    draft: int, tmp_path: Path
) -> None:
    steps = """\
  - append: rest-2
    of: create-1
    at: 8 B
    send: 8 B..16 B
    complete: false
    set-up: false
  - retrieve: seen-3
    of: create-1
    set-up: false
"""
    done = "HTTP/1.1 204 X\r\nUpload-Offset: 16\r\nUpload-Complete: ?1\r\n"
    told = "Upload-Length: 16\r\nCache-Control: no-store\r\n"
    found = accused(steps, tmp_path, draft, CREATED, done, done + told)
    assert ("RUFH-LENGTH-NOT-COMPLETION" in found) == (draft == 8)
    assert draft == 8 or found == set()


WHOLE = """\
  - create: whole-2
    send: all
    complete: true
    length: null
    set-up: false
"""


@pytest.mark.parametrize("told", ["Upload-Offset: 24\r\n", ""])
def test_a_complete_creation_tells_no_offset_or_its_end(told: str, tmp_path: Path) -> None:
    begun = "HTTP/1.1 201 Created\r\nLocation: /v\r\nUpload-Incomplete: ?0\r\n"
    assert accused(WHOLE, tmp_path, 3, CREATED, begun + told) == set()
    found = accused(WHOLE, tmp_path, 3, CREATED, begun + "Upload-Offset: 0\r\n")
    assert found == {"RUFH-H-CREATE-UPLOAD-OFFSET"}


def appended(name: str, start: int, end: int, *, complete: bool = False) -> str:
    return f"""\
  - append: {name}
    of: create-1
    at: {start} B
    send: {start} B..{end} B
    complete: {str(complete).lower()}
    set-up: false
"""


GOING_ON = "HTTP/1.1 204 X\r\nUpload-Offset: 16\r\nUpload-Complete: ?0\r\n"
DONE = "HTTP/1.1 204 X\r\nUpload-Offset: 24\r\nUpload-Complete: ?1\r\n"
TOLD = "Upload-Length: 24\r\nCache-Control: no-store\r\n"


@pytest.mark.parametrize("code", [404, 410])
@pytest.mark.parametrize("draft", [8, 9])
def test_410_to_an_append_may_mean_that_the_upload_is_complete(
    code: int, draft: int, tmp_path: Path
) -> None:
    steps = (
        appended("end-2", 8, 24, complete=True)
        + appended("more-3", 8, 12)
        + appended("more-4", 8, 9)
        + LAST.format(verb="retrieve").replace("last-2", "seen-5")
    )
    found = accused(steps, tmp_path, draft, CREATED, DONE, status(code), status(400), DONE + TOLD)
    assert found == set()


def test_an_upload_that_was_gone_and_is_back_is_no_matter_of_offsets(tmp_path: Path) -> None:
    steps = appended("gone-2", 8, 12) + appended("back-3", 8, 16)
    assert accused(steps, tmp_path, 9, CREATED, status(410), GOING_ON) == set()


def test_an_append_to_a_cancelled_upload_is_not_accepted(tmp_path: Path) -> None:
    steps = LAST.format(verb="cancel") + appended("more-3", 8, 16)
    going_on = GOING_ON + "Upload-Incomplete: ?1\r\n"
    found = accused(steps, tmp_path, 3, CREATED, "HTTP/1.1 204 X\r\n", going_on)
    assert found == {"RUFH-CANCEL-DEACTIVATE"}


def test_a_length_in_an_append_nobody_answered_need_not_have_been_read(tmp_path: Path) -> None:
    steps = (
        appended("lost-2", 8, 9, complete=True)
        + LAST.format(verb="retrieve").replace("last-2", "seen-3")
        + appended("more-4", 8, 16)
    )
    seen = "HTTP/1.1 204 X\r\nUpload-Offset: 8\r\nUpload-Complete: ?0\r\n" + TOLD
    assert accused(steps, tmp_path, 9, CREATED, "", seen, GOING_ON) == set()


@pytest.mark.parametrize("draft", [4, 5, 6])
def test_older_texts_ask_for_either_completeness_of_an_append_that_goes_on(
    draft: int, tmp_path: Path
) -> None:
    steps = appended("part-2", 8, 12) + appended("part-3", 12, 16)
    steps += LAST.format(verb="retrieve").replace("last-2", "seen-4")
    part = "HTTP/1.1 201 X\r\nUpload-Complete: ?1\r\nUpload-Offset: "
    seen = "HTTP/1.1 204 X\r\nUpload-Complete: ?0\r\nCache-Control: no-store\r\nUpload-Offset: "
    answers = (CREATED, part + "12\r\n", part + "16\r\n", seen + "16\r\n")
    assert accused(steps, tmp_path, draft, *answers) == set()


def test_an_answer_by_the_text_of_another_draft_completes_nothing(tmp_path: Path) -> None:
    other = appended("odd-2", 8, 12).replace(
        "    complete", '    fields: {Upload-Draft-Interop-Version: "4"}\n    complete'
    )
    seen = LAST.format(verb="retrieve").replace("last-2", "seen-3")
    steps = other + seen + appended("part-4", 12, 16) + seen.replace("seen-3", "seen-5")
    part = "HTTP/1.1 201 X\r\nUpload-Complete: ?1\r\nUpload-Offset: 12\r\n"
    told = "HTTP/1.1 204 X\r\nUpload-Complete: ?0\r\nCache-Control: no-store\r\nUpload-Offset: "
    answers = (CREATED, part, told + "12\r\n", GOING_ON, told + "16\r\n")
    assert accused(steps, tmp_path, 9, *answers) == set()
