"""Creating uploads, in every draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reference_server.core.limits import Limits

MakeBench = Callable[..., Any]
LENGTH_PROBLEM = "https://iana.org/assignments/http-problem-types#inconsistent-upload-length"


def test_incomplete_creation(bench: Any) -> None:
    sent = bench.create(b"hello")
    assert sent.status == 201
    assert sent.fields.get("Location").startswith("/uploads/")
    assert bench.completeness_of(sent.fields) is False
    assert sent.fields.get("Upload-Offset") == "5"
    assert ("Upload-Limit" in sent.fields) is bench.draft.has("limits")


def test_creation_is_announced_with_version_and_the_same_location(bench: Any) -> None:
    sent = bench.create(b"hello")
    [(status, fields)] = sent.interims
    assert status == 104
    assert fields.get("Upload-Draft-Interop-Version") == str(bench.version)
    assert fields.get("Location") == sent.fields.get("Location")
    assert "Upload-Offset" not in fields


def test_complete_creation_answers_as_the_target_does(bench: Any) -> None:
    plain = bench.send("POST", "/a", content=b"hello")
    sent = bench.create(b"hello", complete=True)
    assert (plain.status, plain.document) == (sent.status, sent.document)
    assert bench.completeness_of(plain.fields) is None
    assert bench.completeness_of(sent.fields) is True
    announced = sent.interims[0][1].get("Location")
    assert bench.stored(announced) == b"hello"
    expected = announced if bench.draft.has("location-always") else None
    assert sent.fields.get("Location") == expected
    assert ("Upload-Offset" in sent.fields) is bench.draft.has("offset-in-responses")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_methods_and_any_path(bench: Any, method: str) -> None:
    sent = bench.send(method, "/some/where?x=1", bench.complete(False), content=b"ab")
    assert sent.status == 201
    assert bench.offset(sent.fields.get("Location")) == 2


@pytest.mark.parametrize("complete", [True, False])
def test_empty_creation(bench: Any, complete: bool) -> None:
    sent = bench.create(b"", complete=complete)
    assert sent.status == 201
    assert bench.completeness_of(sent.fields) is complete


def test_no_interim_response_for_http_1_0(bench: Any) -> None:
    sent = bench.create(b"hello", ("Expect", "100-continue"), http_version=(1, 0))
    assert sent.status == 201
    assert sent.interims == []


def test_100_is_sent_beside_the_104_before_content(bench: Any) -> None:
    sent = bench.begin("POST", "/a", bench.complete(False), ("Expect", "100-continue"), length=5)
    assert [status for status, _ in sent.interims] == [104, 100]


@pytest.mark.parametrize("version", [None, 999])
def test_without_known_version_a_complete_upload_is_ordinary(
    make_bench: MakeBench, version: int | None
) -> None:
    bench = make_bench(9)
    bench.version = version
    sent = bench.create(b"hello", ("Expect", "100-continue"), complete=True)
    assert [status for status, _ in sent.interims] == [100]
    assert sent.status == 201
    assert "Location" not in sent.fields
    assert bench.completeness_of(sent.fields) is None


def test_without_known_version_a_part_is_not_taken_for_the_whole(make_bench: MakeBench) -> None:
    bench = make_bench(3)
    bench.version = None
    sent = bench.create(b"hello")
    assert sent.interims == []
    assert bench.completeness_of(sent.fields) is False
    path = sent.fields.get("Location")
    assert bench.append(path, 5, b"!", complete=True).status == 201
    assert bench.stored(path) == b"hello!"


def test_malformed_completeness(bench: Any) -> None:
    sent = bench.send("POST", "/a", (bench.draft.completeness_field, "1"), content=b"x")
    assert sent.interims == []
    assert sent.status == (201 if bench.draft.has("malformed-ignored") else 400)


def test_offset_on_creation(bench: Any) -> None:
    sent = bench.create(b"x", ("Upload-Offset", "0"))
    assert sent.status == (400 if bench.draft.has("forbidden-fields-400") else 201)


@pytest.mark.parametrize("length", ["4", "6"])
def test_length_against_content_length(bench: Any, length: str) -> None:
    sent = bench.create(b"hello", ("Upload-Length", length), complete=True)
    if not bench.draft.has("upload-length"):
        assert sent.status == 201
        return
    assert sent.status == 400
    assert sent.interims == []
    assert bench.completeness_of(sent.fields) is False
    known = bench.draft.has("inconsistent-length-problem")
    assert (sent.problem["type"] == LENGTH_PROBLEM) is known


def test_more_content_than_length_is_refused_unread(bench: Any) -> None:
    sent = bench.create(b"hello", ("Upload-Length", "4"))
    known = bench.draft.has("upload-length")
    assert sent.status == (400 if known else 201)
    assert len(sent.interims) == (0 if known else 1)


@pytest.mark.parametrize("text", ["-1", "1.5", "1" * 16, "x"])
def test_malformed_length(bench: Any, text: str) -> None:
    sent = bench.create(b"hello", ("Upload-Length", text))
    ignored = bench.draft.has("malformed-ignored") or not bench.draft.has("upload-length")
    assert sent.status == (201 if ignored else 400)


def test_chunked_content_short_of_the_length_completes_nothing(bench: Any) -> None:
    if not bench.draft.has("upload-length"):
        return
    sent = bench.create(b"hello", ("Upload-Length", "9"), complete=True, chunked=True)
    assert sent.status == 400
    path = sent.fields.get("Location")
    assert bench.completeness_of(bench.send("HEAD", path).fields) is False


def test_limits_on_creation(make_bench: MakeBench) -> None:
    limits = Limits(max_size=100, max_append_size=20, min_append_size=3)
    for number in (8, 9):
        bench = make_bench(number, limits=limits)
        bound = bench.draft.has("append-limits-on-creation")
        assert bench.create(b"").status == 201
        assert bench.create(b"x").status == (400 if bound else 201)
        assert bench.create(b"x", complete=True).status == 201
        large = bench.create(b"x" * 21)
        assert large.status == (413 if bound else 201)
        assert "max-append-size=20" in large.fields.get("Upload-Limit")
        chunked = bench.create(b"x" * 21, chunked=True)
        assert chunked.status == (413 if bound else 201)
        short = bench.create(b"x", chunked=True)
        assert short.status == (400 if bound else 201)


@pytest.mark.parametrize("chunked", [True, False])
def test_max_size(bench: Any, make_bench: MakeBench, chunked: bool) -> None:
    limited = make_bench(bench.version, limits=Limits(max_size=4))
    sent = limited.create(b"hello", chunked=chunked)
    assert sent.status == 413
    assert ("Upload-Limit" in sent.fields) is bench.draft.has("limits")
    assert bool(sent.interims) is chunked


def test_announced_length_above_max_size(make_bench: MakeBench) -> None:
    sent = make_bench(9, limits=Limits(max_size=4)).create(b"", ("Upload-Length", "5"))
    assert sent.status == 413


def test_small_representations_are_taken_without_an_upload_resource(make_bench: MakeBench) -> None:
    bench = make_bench(9, limits=Limits(min_size=10))
    sent = bench.create(b"hello", complete=True)
    assert (sent.status, sent.interims) == (201, [])
    assert bench.completeness_of(sent.fields) is True
    refused = bench.create(b"he", ("Upload-Length", "5"))
    assert (refused.status, refused.fields.get("Upload-Limit")) == (400, "min-size=10")
    assert bench.create(b"he").status == 201


def test_too_many_uploads(make_bench: MakeBench) -> None:
    bench = make_bench(9, capacity=2)
    first, second = bench.path(b"a"), bench.path(b"b")
    refused = bench.create(b"c")
    assert refused.status == 503
    assert "Retry-After" in refused.fields
    assert bench.append(first, 1, complete=True).status == 201
    third = bench.path(b"c")
    assert bench.send("HEAD", first).status == 404
    assert bench.offset(second) == 1
    bench.now += 11
    assert bench.offset(third) == 1
    bench.path(b"d")
    assert bench.send("HEAD", second).status == 404
    assert bench.offset(third) == 1


def test_a_crowded_store_loses_what_is_complete_then_what_is_idle(make_bench: MakeBench) -> None:
    bench = make_bench(9, room=100)
    plain = bench.send("POST", "/a", content=b"x" * 20).fields.get("Content-Location")
    done, idle = bench.path(b"x" * 20), bench.path(b"x" * 20)
    bench.append(done, 20, complete=True)
    bench.now += 11
    busy = bench.path(b"x" * 18)
    assert bench.create(b"").status == 201
    assert [bench.send("GET", plain).status, bench.send("HEAD", done).status] == [404, 204]
    bench.append(busy, 18, b"x" * 18)
    assert bench.create(b"").status == 201
    assert bench.send("HEAD", done).status == 404
    assert bench.send("GET", done.replace("uploads", "files")).status == 404
    bench.append(busy, 36, b"x" * 21)
    bench.now += 11
    assert bench.offset(busy) == 57
    assert bench.create(b"").status == 201
    assert bench.send("HEAD", idle).status == 404
    bench.append(busy, 57, b"x" * 20)
    assert bench.create(b"").status == 201
    assert bench.offset(busy) == 77


def test_no_room(make_bench: MakeBench) -> None:
    bench = make_bench(9, room=10)
    assert bench.create(b"x" * 11).status == 507
    assert bench.send("POST", "/a", content=b"x" * 11).status == 507
    path = bench.path(b"x" * 10)
    assert bench.send("DELETE", path).status == 204
    assert bench.create(b"x" * 10).status == 201
