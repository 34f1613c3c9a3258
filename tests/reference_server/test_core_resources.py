"""Offset retrieval, cancellation, discovery, and take-over, in every draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reference_server.core.limits import Limits
from reference_server.core.uploads import random_identifier

MakeBench = Callable[..., Any]
ALL_LIMITS = Limits(max_size=1000, min_size=1, max_append_size=100, min_append_size=2, max_age=60)


def test_retrieval(bench: Any) -> None:
    path = bench.path(b"abc", ("Upload-Length", "7"))
    sent = bench.send("HEAD", path)
    assert sent.status == 204
    assert sent.fields.get("Upload-Offset") == "3"
    assert bench.completeness_of(sent.fields) is False
    assert sent.fields.get("Cache-Control") == "no-store"
    expected = "7" if bench.draft.has("upload-length") else None
    assert sent.fields.get("Upload-Length") == expected
    expected = "min-size=0" if bench.draft.has("limits") else None
    assert sent.fields.get("Upload-Limit") == expected


def test_retrieval_after_completion(bench: Any) -> None:
    path = bench.path(b"abc")
    bench.append(path, 3, b"d", complete=True)
    sent = bench.send("HEAD", path)
    assert (sent.status, sent.fields.get("Upload-Offset")) == (204, "4")
    assert bench.completeness_of(sent.fields) is True


def test_get(bench: Any) -> None:
    path = bench.path(b"abc")
    sent = bench.send("GET", path)
    if bench.draft.has("get-retrieval"):
        assert (sent.status, sent.fields.get("Upload-Offset")) == (204, "3")
    else:
        assert sent.status == 405
        assert sent.fields.get("Allow") == "DELETE, HEAD, OPTIONS, PATCH"


@pytest.mark.parametrize("method", ["HEAD", "DELETE"])
def test_fields_that_older_drafts_forbid(bench: Any, method: str) -> None:
    path = bench.path(b"abc")
    lines = [("Upload-Offset", "3"), bench.complete(True)]
    if bench.draft.has("forbidden-fields-400") and bench.draft.has("upload-length"):
        lines.append(("Upload-Length", "3"))
    if not bench.draft.has("forbidden-fields-400"):
        assert bench.send(method, path, *lines).status == 204
        return
    for line in lines:
        assert bench.send(method, path, line).status == 400
    assert bench.offset(path) == 3


def test_cancellation(bench: Any) -> None:
    path = bench.path(b"abc")
    assert bench.send("DELETE", path).status == 204
    for method in ("HEAD", "DELETE", "OPTIONS", "GET"):
        assert bench.send(method, path).status == 404
    assert bench.append(path, 3, b"d").status == 404


def test_cancelling_a_completed_upload_leaves_the_representation(bench: Any) -> None:
    path = bench.path(b"abc")
    bench.append(path, 3, complete=True)
    assert bench.send("DELETE", path).status == 204
    assert bench.send("HEAD", path).status == 404
    assert bench.stored(path) == b"abc"


@pytest.mark.parametrize("target", ["/a", "*", "/b/c?d"])
def test_discovery(bench: Any, target: str) -> None:
    sent = bench.send("OPTIONS", target)
    assert sent.status == 204
    assert sent.fields.get("Allow") == "OPTIONS, PATCH, POST, PUT"
    expected = "min-size=0" if bench.draft.has("options-discovery") else None
    assert sent.fields.get("Upload-Limit") == expected
    assert ("Accept-Patch" in sent.fields) is bench.draft.has("accept-patch-options")


def test_discovery_on_the_upload_resource(bench: Any) -> None:
    sent = bench.send("OPTIONS", bench.path(b"abc"))
    assert sent.status == 204
    assert sent.fields.get("Accept-Patch") == "application/partial-upload"
    assert "PATCH" in sent.fields.get("Allow")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_methods_an_upload_resource_lacks(bench: Any, method: str) -> None:
    sent = bench.send(method, bench.path(b"abc"), content=b"x")
    assert sent.status == 405
    assert "Allow" in sent.fields


def test_limits_are_told_everywhere_and_count_down(make_bench: MakeBench) -> None:
    for number, key in ((6, "expires"), (7, "max-age"), (8, "max-age"), (9, "max-age")):
        bench = make_bench(number, limits=ALL_LIMITS)
        text = "max-size=1000, min-size=1, max-append-size=100, min-append-size=2, "
        created = bench.create(b"abc")
        path = created.fields.get("Location")
        for fields in (
            bench.send("OPTIONS", "/a").fields,
            created.interims[0][1],
            created.fields,
            bench.send("HEAD", path).fields,
        ):
            assert fields.get("Upload-Limit") == f"{text}{key}=60"
        bench.now += 20
        assert bench.send("HEAD", path).fields.get("Upload-Limit") == f"{text}{key}=40"


def test_expiry(bench: Any, make_bench: MakeBench) -> None:
    short = make_bench(bench.version, limits=Limits(max_age=2))
    path, done = short.path(b"abc"), short.path(b"d")
    short.append(done, 1, complete=True)
    hanging = short.hang(path, 3, b"def")
    short.now += 1.9
    assert short.offset(done) == 1
    short.now += 0.1
    for each in (path, done):
        for method in ("HEAD", "DELETE"):
            assert short.send(method, each).status == 404
        assert short.append(each, 6, b"").status == 404
    assert hanging.aborted
    assert short.stored(done) == b"d"


def test_expired_uploads_make_room(make_bench: MakeBench) -> None:
    bench = make_bench(9, limits=Limits(max_age=2), capacity=1)
    hanging = bench.hang(bench.path(b""), 0, b"abc")
    bench.now += 2
    assert bench.create(b"x").status == 201
    assert hanging.aborted


# Take-over


def test_each_newer_request_ends_a_hanging_append(bench: Any) -> None:
    for newer in ("HEAD", "PATCH", "DELETE"):
        path = bench.path(b"abc")
        hanging = bench.hang(path, 3, b"de")
        hanging.in_flight = [b"f"]
        if newer == "PATCH":
            assert bench.append(path, 6, b"g", complete=True).status == 201
            assert bench.stored(path) == b"abcdefg"
        elif newer == "HEAD":
            assert bench.offset(path) == 6
        else:
            assert bench.send("DELETE", path).status == 204
        assert hanging.aborted
        assert hanging.response is None


def test_late_octets_are_not_stored(bench: Any) -> None:
    path = bench.path(b"abc")
    hanging = bench.hang(path, 3, b"de")
    assert bench.offset(path) == 5
    hanging.exchange.content(b"late")
    hanging.exchange.end()
    assert bench.offset(path) == 5
    assert bench.append(path, 5, b"!", complete=True).status == 201
    hanging.exchange.content(b"late")
    assert bench.stored(path) == b"abcde!"


def test_a_hanging_creation_is_overtaken(bench: Any) -> None:
    sent = bench.begin("POST", "/a", bench.complete(True), length=10)
    sent.exchange.content(b"abc")
    path = sent.interims[0][1].get("Location")
    assert bench.offset(path) == 3
    assert sent.aborted


def test_a_transfer_whose_end_had_arrived_is_not_aborted(bench: Any) -> None:
    path = bench.path(b"abc")
    hanging = bench.hang(path, 3, b"de")
    hanging.ends_in_flight = True
    sent = bench.send("HEAD", path)
    assert bench.completeness_of(sent.fields) is True
    assert (hanging.aborted, hanging.status) == (False, 201)


def test_options_does_not_disturb(bench: Any) -> None:
    path = bench.path(b"abc")
    hanging = bench.hang(path, 3, b"de")
    assert bench.send("OPTIONS", path).status == 204
    hanging.exchange.end()
    assert hanging.status == 201


# Users


TOKENS = {"alice-token": "alice", "bob-token": "bob"}
ALICE = ("Authorization", "Bearer alice-token")
BOB = ("Authorization", "bearer bob-token")


def test_tokens(bench: Any, make_bench: MakeBench) -> None:
    shared = make_bench(bench.version, tokens=TOKENS)
    sent = shared.create(b"abc", ALICE)
    path = sent.fields.get("Location")
    hanging = shared.begin(
        "PATCH", path, *shared.append_fields(3, complete=True), ALICE, length=None
    )
    for method in ("HEAD", "DELETE", "OPTIONS"):
        assert shared.send(method, path, BOB).status == 404
        assert shared.send(method, path).status == 401
    assert shared.append(path, 3, b"evil", BOB).status == 404
    assert not hanging.aborted
    hanging.exchange.content(b"def")
    hanging.exchange.end()
    file = path.replace("uploads", "files")
    assert shared.send("GET", file, ALICE).document == b"abcdef"
    assert shared.send("GET", file, BOB).status == 404
    plain = shared.send("POST", "/a", ALICE, content=b"x").fields.get("Content-Location")
    assert shared.send("GET", plain, ALICE).status == 200
    assert shared.send("GET", plain, BOB).status == 404


@pytest.mark.parametrize("value", [None, "Bearer", "Bearer wrong", "Basic alice-token", ""])
def test_without_a_good_token(make_bench: MakeBench, value: str | None) -> None:
    bench = make_bench(9, tokens=TOKENS)
    lines = [] if value is None else [("Authorization", value)]
    sent = bench.create(b"abc", *lines)
    assert sent.status == 401
    assert sent.fields.get("WWW-Authenticate").startswith("Bearer")
    assert sent.fields.get("Upload-Complete") == "?0"
    assert sent.interims == []


def test_identifiers_are_long_and_different() -> None:
    made = {random_identifier() for _ in range(100)}
    assert len(made) == 100
    assert all(len(each) >= 22 for each in made)
