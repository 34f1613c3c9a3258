"""Matchers of read-backs, of simultaneous exchanges, and of values over several exchanges."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.protocols import Look
from conformance.model.transcript import End
from conformance.syntax.attribution import attribute

if TYPE_CHECKING:
    from conformance.model.content import Content
from conformance.matchers import matcher
from conformance.model.node import Mapping, Scalar, Sequence

KIB = 1024


def node(value: Any) -> Any:
    if isinstance(value, dict):
        return Mapping(tuple((Scalar(key), node(each)) for key, each in value.items()))
    if isinstance(value, list):
        return Sequence(tuple(map(node, value)))
    return Scalar(value)


def stored(build: Any, octets: bytes | None, **more: Any) -> Look:
    return Look(step="back", stored=build.read_back("back", octets, **more))


@pytest.mark.parametrize(
    ("octets", "value", "holds"),
    [
        ((0, 65536), "content", True),
        ((0, 65535), "content", False),
        ((0, 8192), {"0..8 KiB": None}, True),
        ((0, 8192), "0..8 KiB", True),
        ((0, 8193), "0..8 KiB", False),
        ((100, 8292), "0..8 KiB", False),
        (None, "content", None),
    ],
)
def test_equals(build: Any, octets: tuple[int, int] | None, value: Any, holds: bool | None) -> None:
    look = stored(build, None if octets is None else build.content.slice(*octets))
    assert build.match("equals", value, look).holds is holds


def test_equals_tells_where_it_differs(build: Any) -> None:
    good = build.content.slice(0, 65536)
    broken = good[:40000] + bytes([good[40000] ^ 1]) + good[40001:]
    assert "from octet 40000 on" in build.match("equals", "content", stored(build, broken)).observed
    same = stored(build, good[:1000], length=65536)
    assert "after the first 1000 octets" in build.match("equals", "content", same).observed
    short = stored(build, good[:1000])
    assert "as far as both go" in build.match("equals", "content", short).observed
    digest_only = stored(build, b"", sha256=b"?" * 32)
    assert "another digest" in build.match("equals", "content", digest_only).observed
    empty = stored(build, b"", sha256=b"?" * 32)
    assert build.match("equals", "nothing", empty).observed == "nothing"
    assert build.match("equals", "content", Look(step="back")).holds is None


def marked(build: Any) -> None:
    for mark, name in enumerate(("up", "a", "b"), start=1):
        build.exchange(name, build.message(204), end=8, mark=mark)


def laid(content: Content, *runs: tuple[int, int, int]) -> bytes:
    return b"".join(content.slice(*run) for run in runs)


ALL = {"0..8 KiB": "up", "8 KiB..end": ["a", "b"]}


@pytest.mark.parametrize(
    ("runs", "value", "holds"),
    [
        ([(0, 8192, 1), (8192, 65536, 2)], ALL, True),
        ([(0, 8192, 1), (8192, 65536, 3)], ALL, True),
        ([(0, 8192, 1), (8192, 9000, 2), (9000, 65536, 3)], ALL, False),
        ([(0, 65536, 2)], ALL, False),
        ([(0, 8192, 1), (8192, 65535, 2)], ALL, False),
        ([(0, 8192, 1), (8192, 9000, 2)], {"0..8 KiB": "up"}, True),
        ([(0, 8191, 1)], {"0..8 KiB": "up"}, False),
        ([(0, 8192, 1), (8192, 9000, 2)], {"one-of": ["a", "b"], "from": "8 KiB"}, True),
        ([(0, 8192, 1), (8192, 9000, 1)], {"one-of": ["a", "b"], "from": "8 KiB"}, False),
        ([(0, 900, 2)], {"one-of": "a"}, True),
    ],
)
def test_written_by(build: Any, runs: list[tuple[int, int, int]], value: Any, holds: bool) -> None:
    marked(build)
    look = stored(build, laid(build.content, *runs))
    assert build.match("written-by", value, look).holds is holds


def test_written_by_names_its_steps() -> None:
    spec = matcher("written-by")
    assert spec is not None
    argument: Any = spec.decode(node(ALL))
    assert argument.steps == ("up", "a", "b")


def test_the_ledger_is_bounded(build: Any) -> None:
    pieces = [(at, at + 64, 1 + at // 64 % 2) for at in range(0, 6400, 64)]
    runs = attribute(build.content, laid(build.content, *pieces), [1, 2], most=10)
    assert [(run.start, run.end, run.mark) for run in runs[:2]] == [(0, 64, 1), (64, 128, 2)]
    assert (runs[-1].start, runs[-1].end, runs[-1].mark) == (640, 6400, None)


def test_written_by_tells_the_ledger(build: Any) -> None:
    marked(build)
    octets = laid(build.content, (0, 8192, 1), (8192, 9000, 2)) + bytes(2000)
    observed = build.match("written-by", ALL, stored(build, octets)).observed
    assert observed.startswith("11000 octets: octets 0..8192 by up; octets 8192..9000 by a; ")
    assert observed.endswith("by none of these")


def test_written_by_where_not_all_is_known(build: Any) -> None:
    marked(build)
    whole = laid(build.content, (0, 8192, 1), (8192, 65536, 2))
    kept = stored(build, whole[:9000], length=65536, sha256=hashlib.sha256(whole).digest())
    assert build.match("written-by", ALL, kept).holds is True
    unsure = stored(build, whole[:9000], length=65536, sha256=b"?" * 32)
    assert build.match("written-by", ALL, unsure).holds is None
    digest_only = stored(build, b"", sha256=hashlib.sha256(whole).digest())
    assert build.match("written-by", ALL, digest_only).holds is True
    other = stored(build, b"", sha256=b"?" * 32)
    assert build.match("written-by", ALL, other).holds is None
    assert build.match("written-by", ALL, stored(build, None)).holds is None
    assert build.match("written-by", ALL, Look(step="back")).holds is None
    nothing = build.match("written-by", ALL, stored(build, b""))
    assert (nothing.holds, nothing.observed) == (False, "no octets")


@pytest.mark.parametrize(
    ("statuses", "most", "exactly"),
    [
        ([204, 409], True, True),
        ([204, 204], False, False),
        ([409, 409], True, False),
        ([409, None], True, None),
        ([204, None], True, True),
        ([], None, None),
    ],
)
def test_together(
    build: Any, statuses: list[int | None], most: bool | None, exactly: bool | None
) -> None:
    members = {}
    for number, status in enumerate(statuses):
        responses = [build.message(status)] if status else []
        members[f"m{number}"] = build.exchange(f"m{number}", *responses)
    look = Look(step="race", members=members)
    assert build.match("at-most-one", "2xx", look).holds is most
    found = build.match("exactly-one", "2xx", look)
    assert found.holds is exactly
    assert ("m0: " in found.observed) is bool(statuses)


def located(build: Any, *locations: str | None) -> None:
    for value in locations:
        fields = {} if value is None else {"Location": value}
        build.exchange("up", build.message(104, **fields), build.message(201))


def test_unique(build: Any) -> None:
    located(build, "/u/1", "/u/2", None)
    assert build.match("unique", "Location").holds is True
    located(build, "http://target.example/u/1")
    found = build.match("unique", "Location")
    assert found.holds is False
    assert "/u/1 came more than once" in found.observed


def test_unique_needs_two(build: Any) -> None:
    build.exchange("up", build.message(201, Server="x"))
    build.exchange("up", closing=End.CLOSED)
    assert build.match("unique", "Server").holds is None


@pytest.mark.parametrize(
    ("make", "bits", "holds"),
    [
        (lambda source, _: f"/u/{source.getrandbits(128):032x}", 64, True),
        (lambda source, _: f"/u/{source.getrandbits(128):032X}.bin", 64, True),
        (lambda _, number: f"/u/{1000000 + number}", 64, False),
        (lambda _, number: f"/u/{number}", 16, False),
        (
            lambda source, _: "/" + "".join(source.choices("abcDEFxyz_-0123", k=30)),
            64,
            True,
        ),
        (lambda source, _: "/" + "".join(source.choices("abcxyz", k=30)), 40, True),
    ],
)
def test_entropy(build: Any, make: Any, bits: int, holds: bool) -> None:
    source = random.Random(7)
    located(build, *(make(source, number) for number in range(30)))
    assert build.match("entropy", {"of": "Location", "bits": bits}).holds is holds


def test_entropy_needs_samples(build: Any) -> None:
    located(build, "/u/1")
    assert build.match("entropy", {"of": "Location", "bits": 1}).holds is None


def test_equal_values_have_no_entropy(build: Any) -> None:
    located(build, *[f"/u/{number}x{number}" for number in range(1, 3)] * 10)
    assert build.match("entropy", {"of": "Location", "bits": 3}).holds is False
    build.exchanges.clear()
    located(build, *["/u/1"] * 20)
    assert build.match("entropy", {"of": "Location", "bits": 1}).holds is False


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "holds"),
    [
        ("Upload-Offset", "7", "07", True),
        ("Upload-Offset", "7", None, False),
        ("Upload-Complete", "?1", "?1;a", True),
        ("Upload-Limit", "a=1,b=1", "a=1, b=1", True),
        ("Location", "/u", "http://target.example/u", True),
        ("Location", None, None, True),
        ("Server", "a", "b", False),
        ("Server", None, "b", False),
    ],
)
def test_same(build: Any, name: str, mine: str | None, theirs: str | None, holds: bool) -> None:
    for step, value in (("first", theirs), ("up", mine)):
        build.exchange(step, build.message(200, **({} if value is None else {name: value})))
    assert build.match("same", {"as": "first", "fields": [name]}).holds is holds


def test_same_without_answers(build: Any) -> None:
    build.exchange("first", closing=End.RESET)
    build.exchange("up", build.message(200))
    value = {"as": "first", "fields": ["Upload-Offset"]}
    assert build.match("same", value).holds is None
    assert build.match("same", value | {"as": "never"}).holds is None
    build.exchange("up", closing=End.RESET)
    assert build.match("same", value).holds is None


@pytest.mark.parametrize(
    ("before", "now", "keys", "holds"),
    [
        ("max-size=9, min-size=1", "max-size=9", None, True),
        ("max-size=9", "max-size=8", None, False),
        ("max-size=9", "max-size=8", ["min-size"], True),
        ("min-size=1", "min-size=2", None, False),
        ("max-age=9", "max-size=2", None, False),
        (None, "max-size=2", None, True),
        ("max-size=9", "=", None, True),
    ],
)
def test_limits(
    build: Any, before: str | None, now: str, keys: list[str] | None, holds: bool
) -> None:
    for step, value in (("first", before), ("up", now)):
        fields = {} if value is None else {"Upload-Limit": value}
        build.exchange(step, build.message(200, **fields))
    said = {"not-tighter-than": "first"} | ({"keys": keys} if keys else {})
    assert build.match("limits", said).holds is holds


@pytest.mark.parametrize(
    ("before", "now", "holds"),
    [
        ("max-age=9", "max-size=2", True),
        ("max-age=9", "max-age=8, min-size=2", True),
        ("max-size=9", "max-size=8", False),
        ("min-append-size=1", "min-append-size=2, max-size=1", False),
    ],
)
def test_limits_told_for_the_first_time_can_be_ignored(
    build: Any, before: str, now: str, holds: bool
) -> None:
    for step, value in (("first", before), ("up", now)):
        build.exchange(step, build.message(200, **{"Upload-Limit": value}))
    said = {"not-tighter-than": "first", "untold": "ignored"}
    assert build.match("limits", said).holds is holds


def test_limits_without_answers(build: Any) -> None:
    build.exchange("first", closing=End.RESET)
    build.exchange("up", build.message(200))
    assert build.match("limits", {"not-tighter-than": "first"}).holds is None
    assert build.match("limits", {"not-tighter-than": "never"}).holds is None
    look = Look(step="up")
    assert build.match("limits", {"not-tighter-than": "up"}, look).holds is True
    message = build.message(104, Upload_Limit="max-size=(1), min-size=?1")
    look = Look(step="up", message=message)
    assert build.match("limits", {"not-tighter-than": "up"}, look).holds is True
