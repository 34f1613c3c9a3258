"""Ordinary uploads, stored representations, redirections and digests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from reference_server.core.limits import Limits

MakeBench = Callable[..., Any]


def digest(data: bytes, name: str = "sha-256") -> str:
    value = hashlib.new(name.replace("-", ""), data).digest()
    return f"{name}=:{base64.b64encode(value).decode()}:"


def test_ordinary_upload_and_read_back(bench: Any) -> None:
    hostile = ("Content-Disposition", 'inline; filename="../../etc/passwd"')
    sent = bench.send("PUT", "/a", hostile, ("Content-Type", "text/x"), content=b"hello")
    assert (sent.status, sent.interims) == (201, [])
    path = sent.fields.get("Content-Location")
    for _ in range(2):
        read = bench.send("GET", path)
        assert (read.status, read.document) == (200, b"hello")
        assert read.fields.get("Content-Type") == "text/x"
        assert read.fields.get("Repr-Digest") == digest(b"hello")


def test_ordinary_upload_that_is_cut_leaves_nothing(make_bench: MakeBench) -> None:
    bench = make_bench(9, room=5)
    for _ in range(3):
        sent = bench.begin("POST", "/a", length=10)
        sent.exchange.content(b"hello")
        sent.exchange.interrupted()
        sent.exchange.interrupted()
        sent.exchange.content(b"late")
        sent.exchange.end()
        assert sent.response is None


def test_ordinary_upload_is_bounded(bench: Any, make_bench: MakeBench) -> None:
    limited = make_bench(bench.version, limits=Limits(max_size=4))
    for chunked in (True, False):
        sent = limited.send("POST", "/a", content=b"hello", chunked=chunked)
        assert sent.status == 413
        assert ("Upload-Limit" in sent.fields) is bench.draft.has("limits")


def test_100_continue_for_ordinary_uploads(bench: Any) -> None:
    sent = bench.begin("POST", "/a", ("Expect", "100-Continue"), length=5)
    assert [status for status, _ in sent.interims] == [100]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_methods_a_target_lacks(bench: Any, method: str) -> None:
    sent = bench.send(method, "/a")
    assert (sent.status, sent.fields.get("Allow")) == (405, "OPTIONS, PATCH, POST, PUT")


@pytest.mark.parametrize("target", ["/a", "/uploads/x", "/files/x"])
def test_unknown_method(bench: Any, target: str) -> None:
    assert bench.send("BREW", target).status == 501


def test_methods_of_stored_representations(bench: Any) -> None:
    path = bench.send("POST", "/a", content=b"x").fields.get("Content-Location")
    assert bench.send("HEAD", path).status == 200
    assert bench.send("OPTIONS", path).fields.get("Allow") == "GET, HEAD, OPTIONS"
    refused = bench.send("PUT", path, content=b"y")
    assert (refused.status, refused.fields.get("Allow")) == (405, "GET, HEAD, OPTIONS")
    assert bench.send("GET", "/files/unknown").status == 404


def test_partial_put_is_refused(bench: Any) -> None:
    sent = bench.send("PUT", "/a", ("Content-Range", "bytes 0-0/2"), content=b"x")
    assert sent.status == 400


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        ("/moved/a?b=c", 307, "/a?b=c"),
        ("/moved-permanently/a/b", 308, "/a/b"),
        ("/moved//example.org/x", 307, "/example.org/x"),
        ("/moved/", 307, "/"),
    ],
)
def test_redirections(bench: Any, target: str, status: int, location: str) -> None:
    for method in ("POST", "OPTIONS"):
        sent = bench.send(method, target)
        assert (sent.status, sent.fields.get("Location")) == (status, location)


def test_a_redirected_creation_is_told_that_nothing_is_complete(bench: Any) -> None:
    sent = bench.send("POST", "/moved/a", bench.complete(True), content=b"x")
    assert (sent.status, bench.completeness_of(sent.fields)) == (307, False)


def test_the_asterisk_takes_no_uploads(bench: Any) -> None:
    assert bench.send("POST", "*", content=b"x").status == 400


def test_old_representations_make_room(make_bench: MakeBench) -> None:
    bench = make_bench(9, capacity=2)
    paths = [
        bench.send("POST", "/a", content=b"x").fields.get("Content-Location") for _ in range(3)
    ]
    assert [bench.send("GET", path).status for path in paths] == [404, 200, 200]


# Digests


def test_content_digest(bench: Any) -> None:
    wrong, right = (("Content-Digest", digest(data)) for data in (b"other", b"def"))
    path = bench.path(b"abc")
    sent = bench.append(path, 3, b"def", wrong)
    if not bench.draft.has("digests"):
        assert bench.offset(path) == 6
        return
    assert sent.status == 400
    assert bench.completeness_of(sent.fields) is False
    assert bench.offset(path) == 3
    assert bench.append(path, 3, b"def", right, complete=True).status == 201


def test_no_progress_is_reported_that_a_digest_may_undo(make_bench: MakeBench) -> None:
    bench = make_bench(8)
    path = bench.path(b"")
    fields = [*bench.append_fields(0, complete=False), ("Content-Digest", digest(b"abcd"))]
    sent = bench.begin("PATCH", path, *fields, length=4)
    sent.exchange.content(b"ab")
    bench.now += 1
    sent.exchange.content(b"cX")
    sent.exchange.end()
    assert (sent.status, sent.interims) == (400, [])
    assert bench.offset(path) == 0


def test_digest_of_the_representation(bench: Any) -> None:
    right, wrong = ((("Repr-Digest", digest(data)),) for data in (b"abcdef", b"other"))
    path = bench.path(b"abc", *right)
    assert bench.append(path, 3, b"def", complete=True).status == 201
    path = bench.path(b"abc", *wrong)
    sent = bench.append(path, 3, b"def", complete=True)
    if bench.draft.has("digests"):
        assert sent.status == 400
        assert bench.completeness_of(sent.fields) is False
        assert bench.send("HEAD", path).status == 404
        assert bench.send("GET", path.replace("uploads", "files")).status == 404
    else:
        assert sent.status == 201


def test_digests_of_ordinary_uploads(make_bench: MakeBench) -> None:
    bench = make_bench(8)
    wrong = ("Repr-Digest", digest(b"other"))
    assert bench.send("POST", "/a", wrong, content=b"abc").status == 400


@pytest.mark.parametrize("value", ["sha-256=:AAAA:, md5=:AAAA:", "=", "md5=:AAAA:", "sha-256=1"])
def test_digests_that_say_nothing(make_bench: MakeBench, value: str) -> None:
    bench = make_bench(8)
    sent = bench.create(b"abc", ("Repr-Digest", value), complete=True)
    assert sent.status == (400 if value.startswith("sha-256=:") else 201)


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("sha-256=5", digest(b"abc")),
        ("sha-256=1, sha-512=9", digest(b"abc", "sha-512")),
        ("sha-256=0", None),
        ("md5=5", None),
        ("sha-256=11, sha-512=?1", None),
        ("(", None),
    ],
)
def test_wanted_digest(bench: Any, wish: str, answer: str | None) -> None:
    want = ("Want-Repr-Digest", wish)
    assert bench.create(b"abc", want, complete=True).fields.get("Repr-Digest") == answer
    path = bench.path(b"a", want)
    sent = bench.append(path, 1, b"bc", complete=True)
    assert sent.fields.get("Repr-Digest") == answer
    plain = bench.send("POST", "/a", want, content=b"abc")
    assert plain.fields.get("Repr-Digest") == answer
