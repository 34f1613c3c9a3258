"""Field matchers: meanings are compared, not spellings."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from conformance.model.protocols import Look, MissingCapture
from conformance.model.transcript import End

OFFSET, LIMIT, VERSION = "Upload-Offset", "Upload-Limit", "Upload-Draft-Interop-Version"


def see(build: Any, name: str, value: Any, status: int = 200) -> None:
    fields = {} if value is None else {name: value}
    build.exchange("up", build.message(status, **fields), fields={VERSION: "9"})


@pytest.mark.parametrize(
    ("name", "value", "test", "holds"),
    [
        (OFFSET, "10240", "10 KiB", True),
        (OFFSET, "010240", "10 KiB", True),
        (OFFSET, "10240;a=1", "10 KiB", True),
        (OFFSET, "10239", "10 KiB", False),
        (OFFSET, "ten", "10 KiB", False),
        (OFFSET, None, "10 KiB", False),
        (OFFSET, ["1", "1"], 1, False),
        (OFFSET, "8192", "8 KiB..40 KiB", True),
        (OFFSET, "8191", "8 KiB..40 KiB", False),
        (OFFSET, None, None, True),
        (OFFSET, "1", None, False),
        (OFFSET, "1", {"is": "absent"}, False),
        (OFFSET, "5", {"min": 5}, True),
        (OFFSET, "5", {"max": 4}, False),
        (OFFSET, "x", {"min": 1, "max": 9}, False),
        (OFFSET, "5", {"is": "sf-integer", "min": 1, "max": 9}, True),
        (OFFSET, "5.0", {"is": "sf-integer"}, False),
        (OFFSET, "5", {"not": 6}, True),
        (OFFSET, "5", {"not": {"is": "sf-integer"}}, False),
        (OFFSET, None, {"not": 6}, True),
        (OFFSET, "5", {"one-of": [4, 5]}, True),
        (OFFSET, "6", {"one-of": [4, 5]}, False),
        (OFFSET, "5", {"text": "5"}, True),
        (OFFSET, "05", {"text": "5"}, False),
        (OFFSET, ["5", "5"], {"lines": 2}, True),
        (OFFSET, "5", {"lines": 2}, False),
        ("Content-Length", "5", 5, True),
        ("Content-Length", "5, 5", 5, False),
        ("Content-Length", None, {"max": 5}, False),
        ("Upload-Complete", "?1", True, True),
        ("Upload-Complete", "?0", True, False),
        ("Upload-Complete", "?1;a", {"is": "sf-boolean"}, True),
        ("Upload-Complete", "1", {"is": "sf-boolean"}, False),
        ("Cache-Control", "private, NO-STORE", {"contains": "no-store"}, True),
        ("Cache-Control", ["private", "no-store"], {"contains": "no-store"}, True),
        ("Cache-Control", 'private="a, no-store"', {"contains": "no-store"}, False),
        ("Cache-Control", None, {"contains": "no-store"}, False),
        (
            "Accept-Patch",
            "application/partial-upload;q=1",
            {"contains": "application/partial-upload"},
            True,
        ),
        ("Server", "a", "a", True),
        ("Server", "a", {"not": "b"}, True),
        ("Server", "a", {"is": "present"}, True),
        ("Server", None, {"is": "present"}, False),
        ("Server", 'a\\"b', {"contains": 'a\\"b'}, True),
        ("Cache-Control", 'a="x\\", no-store"', {"contains": "no-store"}, False),
        (LIMIT, "max-size=5", {"is": "sf-dictionary"}, True),
        (LIMIT, "max-size=", {"is": "sf-dictionary"}, False),
        (LIMIT, "max-size=5", {"contains": "max-size"}, True),
        (LIMIT, "max-size=5", {"contains": "min-size"}, False),
        (LIMIT, "=", {"contains": "min-size"}, False),
        (LIMIT, "a=5, b", {"members": {"a": 5, "b": True}}, True),
        (LIMIT, "a=5", {"members": {"a": {"min": 6}}}, False),
        (LIMIT, "a=(1 2)", {"members": {"a": 1}}, False),
        (LIMIT, 'a="5"', {"members": {"a": 5}}, False),
        (LIMIT, "a=?0", {"members": {"a": {"is": "sf-boolean"}, "b": None}}, True),
        (LIMIT, "=", {"members": {"b": None}}, False),
        (LIMIT, "a=:AQ==:", {"members": {"a": {"is": "present"}}}, True),
        ("Location", "/u/1", {"is": "uri-reference"}, True),
        ("Location", "/u 1", {"is": "uri-reference"}, False),
        ("Location", ["/u", "/u"], {"is": "uri-reference"}, False),
        ("Location", "/u/1", {"resolves-to": "up"}, True),
        ("Location", "/u/2", {"resolves-to": "up"}, False),
        ("Location", None, {"resolves-to": "up"}, False),
        ("Date", "Tue, 15 Nov 1994 08:12:31 GMT", {"is": "http-date"}, True),
        ("Date", "yesterday", {"is": "http-date"}, False),
        ("Content-Type", 'text/plain; a="b;c"', {"is": "media-type"}, True),
        ("Content-Type", "plain", {"is": "media-type"}, False),
        (VERSION, "9", {"same-as": "request"}, True),
        (VERSION, "09", {"same-as": "request"}, True),
        (VERSION, "8", {"same-as": "request"}, False),
        (VERSION, "x", {"same-as": "request"}, False),
        ("Location", "/u/1", {"same-as": "request"}, None),
        (OFFSET, "5", {"same-as": "never"}, None),
        (OFFSET, "5", {"same-as": "up.first-104"}, None),
        (OFFSET, "5", {"not": {"same-as": "never"}}, None),
        (OFFSET, "5", {"one-of": [6, {"same-as": "never"}]}, None),
        (OFFSET, "5", {"one-of": [5, {"same-as": "never"}]}, True),
        (OFFSET, "5", {"is": "sf-integer", "same-as": "never"}, None),
        (OFFSET, "5", {"text": "6", "same-as": "never"}, False),
    ],
)
def test_field(build: Any, name: str, value: Any, test: Any, holds: bool | None) -> None:
    build.binding["uploads"] = {"up": "http://target.example/u/1"}
    see(build, name, value)
    assert build.match(name, test).holds is holds


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "holds"),
    [
        ("Location", "/u/1", "http://target.example/u/1", True),
        ("Location", "/u/1", "/u/2", False),
        ("Location", "/u /1", "/u /1", True),
        ("Upload-Complete", "?1;a=1", "?1", True),
        (LIMIT, "a=1,b=2", "a=1, b=2", True),
        ("Server", "a", "b", False),
        (OFFSET, "7", None, None),
    ],
)
def test_same_as_another_message(
    build: Any, name: str, mine: str, theirs: str | None, holds: bool | None
) -> None:
    fields = {} if theirs is None else {name: theirs}
    build.exchange("first", build.message(104, **fields), build.message(201, **fields))
    see(build, name, mine)
    assert build.match(name, {"same-as": "first"}).holds is holds
    assert build.match(name, {"same-as": "first.first-104"}).holds is holds


def test_expected_and_observed_are_words(build: Any) -> None:
    see(build, OFFSET, "8192")
    found = build.match(OFFSET, "10 KiB")
    assert (found.expected, found.observed) == ("Upload-Offset 10240", "Upload-Offset 8192")
    assert build.match("Location", {"is": "present"}).observed == "no Location field"
    assert build.match("Location", None).expected == "no Location field"
    see(build, OFFSET, ["1", "x"])
    assert build.match(OFFSET, 1).observed == '2 field lines Upload-Offset: "1", "x"'
    see(build, LIMIT, "a=1")
    assert "at least 1" in build.match(LIMIT, {"members": {"b": {"min": 1}}}).expected


def test_fields_of_an_exchange_without_answer(build: Any) -> None:
    build.exchange("up", closing=End.CLOSED)
    found = build.match(OFFSET, 1)
    assert found.holds is None
    assert "the target closed the connection" in found.observed


def test_a_message_without_its_exchange(build: Any) -> None:
    see(build, "Location", "/u/1")
    look = Look(step="up", message=build.message(201, Location="/u/1"))
    assert build.match("Location", {"is": "uri-reference"}, look).holds is False
    assert build.match("Location", {"same-as": "request"}, look).holds is None


def test_a_missing_capture_is_for_the_judge(build: Any) -> None:
    see(build, OFFSET, "5")
    with pytest.raises(MissingCapture):
        build.match(OFFSET, "$nobody.Upload-Offset")


def digest(algorithm: str, octets: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, octets).digest()).decode()


@pytest.mark.parametrize(
    ("algorithms", "wrong", "holds"),
    [
        (["sha256"], False, True),
        (["sha256", "sha512"], False, True),
        (["sha512"], True, False),
        (["md5"], False, None),
    ],
)
def test_digest(build: Any, algorithms: list[str], wrong: bool, holds: bool | None) -> None:
    octets = b"x" if wrong else build.content.slice(0, build.content.size)
    members = (f"{name.replace('sha', 'sha-')}=:{digest(name, octets)}:" for name in algorithms)
    see(build, "Repr-Digest", ", ".join(members))
    assert build.match("Repr-Digest", {"digest-of": "content"}).holds is holds


@pytest.mark.parametrize("value", ["sha-256=(1 2)", "=", None])
def test_what_is_no_digest(build: Any, value: str | None) -> None:
    see(build, "Repr-Digest", value)
    assert build.match("Repr-Digest", {"digest-of": "content"}).holds is False
