"""Reading back what a target stored, by each of the ways a user may declare."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hashlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.readback import Sought, identifier, read_back, stored_url
from conformance.engine.target import ReadBackWish
from conformance.model.content import Content
from conformance.model.interruption import Cut, Point
from conformance.model.scenario import ReadBackStep
from conformance.model.transcript import CutHow, End, Exchange, ReceivedContent, Stored
from tests.engine.exchanges import exchange, message, request

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = Content(seed="stored", size=5000)
OCTETS = CONTENT.slice(0, 5000)
UPLOAD = "http://h/up/abcdef0123"


def answer(
    status: int, content: bytes = b"", url: str = "http://h/files", **fields: str
) -> Exchange:
    """Make an exchange answered with fields whose names' underscores stand for hyphens."""
    received = ReceivedContent(
        length=len(content), octets=content, sha256=hashlib.sha256(content).digest()
    )
    final = message(status, fields, content=received)
    return exchange(End.FINAL, final, request=request(url=url))


def sought(
    exchange: Exchange | None = None, upload: str | None = UPLOAD, *, marked: bool = False
) -> Sought:
    return Sought(
        upload=upload, exchange=exchange, content=CONTENT, marked=marked, began=time.time()
    )


class Fetches:
    """Answers from a list; the last one again and again."""

    def __init__(self, *answers: Exchange) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, method: str, url: str, fields: Any, at_most: float) -> Exchange:
        self.asked.append((method, url))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def look(wish: ReadBackWish, where: Sought, fetch: Any = None, within: float = 0.2) -> Stored:
    return asyncio.run(
        read_back(wish, where, fetch or Fetches(answer(404)), within=within, patience=within)
    )


@pytest.mark.parametrize(
    ("keys", "exchange", "expected"),
    [
        ({}, answer(201), "abcdef0123"),
        ({"pattern": "up/(.{3})"}, answer(201), "abc"),
        ({"pattern": "[0-9]+"}, answer(201), "0123"),
        ({"pattern": "nothing"}, answer(201), None),
        ({"id_from": "content-location"}, answer(201, Content_Location="/f/a%20b/"), "a b"),
        ({"id_from": "content-location"}, answer(201), None),
        ({"id_from": "field", "field": "X-Id"}, answer(201, X_Id="77?"), "77?"),
        ({"id_from": "field", "field": "X-Id"}, answer(201, X_Id="/x/77"), "77"),
        ({"id_from": "content", "pattern": '"id": "(.*?)"'}, answer(200, b'{"id": "q"}'), "q"),
        ({"id_from": "put-path"}, answer(201, url="http://h/f/name.bin"), "name.bin"),
        ({"id_from": "put-path"}, None, None),
    ],
)
def test_the_identifier_is_found_where_the_user_says(
    keys: dict[str, Any], exchange: Exchange | None, expected: str | None
) -> None:
    wish = ReadBackWish(url="http://h/{id}", **keys)
    assert identifier(wish, sought(exchange)) == expected


def test_the_path_asked_to_create_is_that_of_the_creation() -> None:
    where = dataclasses.replace(
        sought(answer(200, url=UPLOAD)), creation=answer(201, url="http://h/f/name.bin")
    )
    assert identifier(ReadBackWish(url="/{id}", id_from="put-path"), where) == "name.bin"


@pytest.mark.parametrize(
    ("last", "earlier", "expected"),
    [
        ({"Location": "/objects/new"}, {"Location": "/objects/old"}, "new"),
        ({}, {"Location": "/objects/old"}, "old"),
        ({"Location": "/parts/7"}, {"Location": "/objects/old"}, "old"),
        ({}, {"Location": "/parts/7"}, None),
    ],
)
def test_where_the_finishing_response_is_silent_an_earlier_one_tells(
    last: dict[str, Any], earlier: dict[str, Any], expected: str | None
) -> None:
    wish = ReadBackWish(url="/{id}", id_from="field", field="Location", pattern="/objects/([a-z]+)")
    where = dataclasses.replace(
        sought(answer(200, **last)), earlier=(answer(201), answer(201, **earlier))
    )
    assert identifier(wish, where) == expected


def test_without_an_upload_resource_the_response_tells_the_identifier() -> None:
    plain = sought(answer(201, Location="/f/one"), None)
    assert identifier(ReadBackWish(url="/{id}"), plain) == "one"


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("http://h/files/{id}", "http://h/files/abcdef0123"),
        ("/files/{id}?raw", "http://h/files/abcdef0123?raw"),
        ("{url}/raw", "http://h/up/abcdef0123/raw"),
        ("http://h2{path}", "http://h2/up/abcdef0123"),
    ],
)
def test_templates_are_filled_in(template: str, url: str) -> None:
    assert stored_url(ReadBackWish(url=template), sought(answer(201))) == url


def test_an_identifier_cannot_leave_its_place_in_the_url() -> None:
    wish = ReadBackWish(url="http://h/files/{id}", id_from="field", field="X-Id")
    assert stored_url(wish, sought(answer(201, X_Id="a?b#c"))) == "http://h/files/a%3Fb%23c"


def test_octets_are_fetched_by_url() -> None:
    fetch = Fetches(answer(200, OCTETS))
    stored = look(ReadBackWish(url="http://h/f/{id}"), sought(answer(201)), fetch)
    assert (stored.found, stored.octets, stored.length) == (True, OCTETS, 5000)
    assert stored.sha256 == CONTENT.sha256()
    assert fetch.asked == [("GET", "http://h/f/abcdef0123")]


def test_a_target_that_processes_later_is_asked_again() -> None:
    fetch = Fetches(answer(404), answer(200, OCTETS[:10]), answer(200, OCTETS))
    stored = look(ReadBackWish(url="http://h/f/{id}"), sought(answer(201)), fetch, within=5.0)
    assert stored.octets == OCTETS
    assert len(fetch.asked) == 3


def test_what_was_found_last_counts_when_time_is_over() -> None:
    stored = look(
        ReadBackWish(url="http://h/f/{id}"), sought(answer(201)), Fetches(answer(200, b"short"))
    )
    assert (stored.found, stored.octets) == (True, b"short")


def test_an_answer_without_octets_is_nothing_found() -> None:
    stored = look(ReadBackWish(url="http://h/f/{id}"), sought(answer(201)))
    assert (stored.found, stored.detail) == (False, "answered 404")


def test_an_unknown_identifier_is_nothing_found() -> None:
    wish = ReadBackWish(url="http://h/f/{id}", id_from="field", field="X-Id")
    stored = look(wish, sought(answer(201)))
    assert (stored.found, stored.detail) == (
        False,
        "no success about the upload told the identifier (X-Id)",
    )


@pytest.mark.parametrize(
    ("digest", "length"), [(CONTENT.sha256(), 5000), (hashlib.sha256(b"x").digest(), 0)]
)
def test_a_digest_is_compared_where_only_that_is_told(digest: bytes, length: int) -> None:
    told = f"sha-512=:AAAA:, sha-256=:{base64.b64encode(digest).decode()}:"
    fetch = Fetches(answer(204, Repr_Digest=told))
    stored = look(ReadBackWish(digest=True), sought(answer(201)), fetch)
    assert (stored.found, stored.sha256, stored.length) == (True, digest, length)
    assert fetch.asked[0] == ("HEAD", UPLOAD)


def test_no_digest_is_nothing_found() -> None:
    stored = look(ReadBackWish(digest=True), sought(answer(201)), Fetches(answer(204)))
    assert not stored.found


def command(script: str) -> ReadBackWish:
    return ReadBackWish(command=(sys.executable, "-c", script, "{id}", "{path}", "{url}"))


def test_a_command_prints_the_octets() -> None:
    script = "import sys; sys.stdout.write('|'.join(sys.argv[1:]))"
    stored = look(command(script), sought(answer(201)), within=10.0)
    assert stored.found
    assert stored.octets == f"abcdef0123|/up/abcdef0123|{UPLOAD}".encode()


@pytest.mark.parametrize(
    ("script", "detail"),
    [("import sys; sys.exit(3)", "exit status 3"), ("import time; time.sleep(60)", "not finished")],
)
def test_a_command_that_fails_finds_nothing(script: str, detail: str) -> None:
    stored = look(command(script), sought(answer(201)), within=1.0)
    assert not stored.found
    assert detail in stored.detail


def test_a_command_that_is_not_there_finds_nothing() -> None:
    stored = look(ReadBackWish(command=("/no/such/command",)), sought(answer(201)))
    assert "cannot be started" in stored.detail


def test_a_folder_is_searched_for_the_octets(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "same-size").write_bytes(bytes(5000))
    (tmp_path / "deep" / "er" / "data").write_bytes(OCTETS)
    stored = look(ReadBackWish(folder=str(tmp_path)), sought(answer(201), None))
    assert (stored.found, stored.octets) == (True, OCTETS)
    assert stored.way.endswith("er/data")


def test_a_file_named_after_the_upload_counts_whatever_it_holds(tmp_path: Path) -> None:
    (tmp_path / "abcdef0123").write_bytes(b"corrupt" * 10)
    (tmp_path / "abcdef0123.info").write_bytes(b"{}")
    stored = look(ReadBackWish(folder=str(tmp_path)), sought(answer(201)))
    assert stored.octets == b"corrupt" * 10


@pytest.mark.parametrize("marks", [(3,), (3, 9)])
def test_octets_with_marks_are_found_by_their_start(tmp_path: Path, marks: tuple[int, ...]) -> None:
    half = CONTENT.slice(0, 20, marks[0]) + CONTENT.slice(20, 5000, marks[-1])
    (tmp_path / "noise").write_bytes(hashlib.shake_128(b"noise").digest(5000))
    (tmp_path / "data").write_bytes(half)
    stored = look(ReadBackWish(folder=str(tmp_path)), sought(answer(201), None, marked=True))
    assert stored.octets == half


def test_files_from_before_the_run_are_not_ours(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(OCTETS)
    os.utime(old, (1.0, 1.0))
    assert not look(ReadBackWish(folder=str(tmp_path)), sought(answer(201), None)).found


def test_a_folder_that_is_not_there_finds_nothing(tmp_path: Path) -> None:
    stored = look(ReadBackWish(folder=str(tmp_path / "none")), sought(answer(201)))
    assert "cannot be read" in stored.detail


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data").write_bytes(OCTETS)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside / "data")
    (inside / "folder").symlink_to(outside)
    assert not look(ReadBackWish(folder=str(inside)), sought(answer(201), None)).found


async def serve_file(ask: Any) -> None:
    """Store uploads at /up/1 and serve them at /files/1."""
    kept = ask.server.__dict__
    if ask.method == "POST":
        ask.announce("/up/1")
        kept["octets"] = await ask.read()
        ask.say(200, Upload_Complete="?1")
    elif ask.path == "/files/1":
        ask.say(200, kept["octets"])
    else:
        ask.say(204)


def test_a_read_back_step_is_bound_to_what_it_found(bench: Any, make_step: Any) -> None:
    ran = bench.run(
        serve_file,
        make_step("create", "up"),
        ReadBackStep(name="stored", of="up"),
        read_back=ReadBackWish(url="/files/{id}"),
    )
    assert ran.binding.stored == {"stored": 0}
    stored = ran.transcript.stored[0]
    assert (stored.found, stored.length) == (True, 65536)
    assert len(ran.transcript.exchanges) == 1


OBJECTS = ReadBackWish(
    url="/objects/{id}", id_from="field", field="Location", pattern="/objects/([a-z]+)"
)


async def keep_elsewhere(ask: Any) -> None:
    """Take uploads at /part and tell only in the finishing answer where the octets are kept."""
    kept = ask.server.__dict__
    content = await ask.read()
    if ask.method == "POST":
        kept["octets"] = content
        ask.announce("/part")
        ask.say(201, Location="/part", Upload_Complete="?0")
    elif ask.method == "PATCH" and "done" in kept:
        ask.say(400, Upload_Complete="?1")
    elif ask.method == "PATCH":
        kept["octets"] += content
        done = kept["done"] = ask.fields["upload-complete"]
        ask.say(201, Location="/objects/one", Upload_Complete=done)
    elif ask.path == "/objects/one":
        ask.say(200, kept["octets"])
    else:
        ask.say(204, Upload_Complete="?1", Upload_Offset="65536")


@pytest.mark.parametrize("given", [(), ("last",)])
def test_what_is_refused_after_the_end_hides_nothing_of_what_was_told(
    bench: Any, make_step: Any, given: tuple[str, ...]
) -> None:
    ran = bench.run(
        keep_elsewhere,
        make_step("create", "up", send="0..8 KiB", complete=False),
        make_step("append", "last", of="up", at="8 KiB"),
        make_step(
            "append", "extra", of="up", at="end", send="end..end", complete=True, set_up=False
        ),
        make_step("retrieve", "after", of="up", set_up=False),
        ReadBackStep(name="stored", of="up", given=given),
        read_back=OBJECTS,
    )
    assert ran.transcript.stored[0].found
    assert ran.transcript.stored[0].length == 65536


def test_an_answer_that_tells_complete_counts_though_nothing_of_it_was_awaited(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(
        keep_elsewhere,
        make_step("create", "up", send="0..8 KiB", complete=False),
        make_step(
            "request",
            "last",
            of="up",
            method="PATCH",
            to="$up.path",
            fields={"Upload-Complete": "?1"},
            send="8 KiB..end",
            cut=Cut(how=CutHow.RESET, once=Point.FINAL_HEAD),
        ),
        ReadBackStep(name="stored", of="up"),
        read_back=OBJECTS,
    )
    assert ran.transcript.stored[0].length == 65536


def test_nothing_is_read_back_when_the_upload_was_refused(bench: Any, make_step: Any) -> None:
    async def refuses(ask: Any) -> None:
        await ask.read()
        ask.say(400)

    ran = bench.run(
        refuses,
        make_step("create", "up", set_up=False),
        ReadBackStep(name="stored", of="up"),
        read_back=ReadBackWish(url="/files/{id}"),
    )
    assert ran.binding.not_due == {"stored": "step up was answered 400"}
