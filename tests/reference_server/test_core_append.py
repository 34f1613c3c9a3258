"""Appending to uploads, in every draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload

MakeBench = Callable[..., Any]
PROBLEMS = "https://iana.org/assignments/http-problem-types#"


def test_upload_in_parts(bench: Any) -> None:
    path = bench.path(b"abc")
    sent = bench.append(path, 3, b"def")
    assert sent.status == (201 if bench.draft.has("created-201") else 204)
    assert bench.completeness_of(sent.fields) is False
    assert sent.fields.get("Upload-Offset") == "6"
    assert sent.interims == []
    final = bench.append(path, 6, b"ghi", complete=True)
    assert final.status == 201
    assert bench.completeness_of(final.fields) is True
    assert bench.stored(path) == b"abcdefghi"


def test_empty_request_completes(bench: Any) -> None:
    path = bench.path(b"abc")
    assert bench.append(path, 3, b"", complete=True).status == 201
    assert bench.stored(path) == b"abc"


def test_reaching_the_length_does_not_complete(bench: Any) -> None:
    path = bench.path(b"abc", ("Upload-Length", "6"))
    assert bench.completeness_of(bench.append(path, 3, b"def").fields) is False
    assert bench.completeness_of(bench.send("HEAD", path).fields) is False
    assert bench.append(path, 6, b"", complete=True).status == 201


@pytest.mark.parametrize("offset", [0, 2, 4, 999])
def test_wrong_offset(bench: Any, offset: int) -> None:
    path = bench.path(b"abc")
    sent = bench.append(path, offset, b"xyz", complete=True)
    assert sent.status == 409
    assert sent.fields.get("Upload-Offset") == "3"
    assert bench.completeness_of(sent.fields) is False
    known = bench.draft.has("problem-types")
    assert (sent.problem["type"] == PROBLEMS + "mismatching-upload-offset") is known
    assert (sent.problem["expected-offset"], sent.problem["provided-offset"]) == (3, offset)
    assert bench.offset(path) == 3


def test_missing_or_malformed_offset(bench: Any) -> None:
    path = bench.path(b"abc")
    for lines in ([], [("Upload-Offset", "+3")]):
        fields = [("Content-Type", "application/partial-upload"), bench.complete(True), *lines]
        sent = bench.send("PATCH", path, *fields, content=b"x")
        assert sent.status == 400
        assert bench.completeness_of(sent.fields) is False
    assert bench.offset(path) == 3


def test_missing_completeness(bench: Any) -> None:
    path = bench.path(b"abc")
    fields = bench.append_fields(3, complete=True)[:2]
    sent = bench.send("PATCH", path, *fields, content=b"x")
    if bench.draft.has("completeness-on-append"):
        assert sent.status == 400
        assert bench.offset(path) == 3
    else:
        assert sent.status == 201
        assert bench.stored(path) == b"abcx"


def test_malformed_completeness(bench: Any) -> None:
    path = bench.path(b"abc")
    fields = [*bench.append_fields(3, complete=True)[:2], (bench.draft.completeness_field, "1")]
    assert bench.send("PATCH", path, *fields, content=b"x").status == 400
    assert bench.offset(path) == 3


def test_media_type(bench: Any) -> None:
    path = bench.path(b"abc")
    fields = [("Upload-Offset", "3"), bench.complete(True), ("Content-Type", "text/plain")]
    sent = bench.send("PATCH", path, *fields, content=b"x")
    if bench.draft.has("append-media-type"):
        assert sent.status == 415
        assert sent.fields.get("Accept-Patch") == "application/partial-upload"
    else:
        assert sent.status == 201


def test_unknown_upload(bench: Any) -> None:
    sent = bench.append("/uploads/nothing", 0, b"x")
    assert sent.status == 404
    assert bench.completeness_of(sent.fields) is False


def test_append_to_completed_upload(bench: Any) -> None:
    path = bench.path(b"abc")
    final = bench.append(path, 3, b"d", complete=True)
    refused = bench.append(path, 4, b"more", complete=True)
    assert refused.status == 400
    assert bench.completeness_of(refused.fields) is False
    known = bench.draft.has("completed-upload-problem")
    assert (refused.problem["type"] == PROBLEMS + "completed-upload") is known
    unread = bench.begin("PATCH", path, *bench.append_fields(4, complete=True), length=4)
    assert unread.status == 400
    more = bench.append(path, 4, b"", complete=False)
    assert more.status == 400
    empty = bench.append(path, 4, b"", complete=True)
    if bench.draft.has("early-response"):
        assert (empty.status, empty.document) == (final.status, final.document)
        assert bench.completeness_of(empty.fields) is True
        assert bench.append(path, 3, b"", complete=True).status == 409
    else:
        assert empty.status == 400
    assert bench.stored(path) == b"abcd"


def test_replay_of_chunked_append_depends_on_its_content(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"abc")
    bench.append(path, 3, complete=True)
    expect = ("Expect", "100-continue")
    empty = bench.append(path, 3, b"", expect, complete=True, chunked=True)
    assert empty.status == 201
    assert [status for status, _ in empty.interims] == [100]
    refused = bench.append(path, 3, b"x", complete=True, chunked=True)
    assert refused.status == 400
    refused.exchange.content(b"late")
    refused.exchange.content(b"")
    assert bench.stored(path) == b"abc"


def test_100_continue(bench: Any) -> None:
    path = bench.path(b"")
    fields = [*bench.append_fields(0, complete=True), ("Expect", "100-continue")]
    sent = bench.begin("PATCH", path, *fields, length=5)
    assert [status for status, _ in sent.interims] == [100]


def test_cut_append_keeps_what_arrived_and_never_completes(bench: Any) -> None:
    path = bench.path(b"abc")
    sent = bench.hang(path, 3, b"def", length=10)
    sent.exchange.interrupted()
    assert sent.response is None
    assert bench.offset(path) == 6
    assert bench.completeness_of(bench.send("HEAD", path).fields) is False
    sent.exchange.content(b"late")
    sent.exchange.end()
    sent.exchange.interrupted()
    assert bench.offset(path) == 6
    assert bench.append(path, 6, b"x" * 7, complete=True).status == 201


def test_metadata_of_appends_is_ignored(bench: Any) -> None:
    path = bench.path(b"a", ("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    bench.append(path, 1, b"b", ("Content-Encoding", "br"), complete=True)
    fields = bench.send("GET", path.replace("uploads", "files")).fields
    assert fields.get("Content-Type") == "text/html"
    assert fields.get("Content-Encoding") == "gzip"


# Lengths


def test_length_recorded_from_a_completing_request(bench: Any) -> None:
    path = bench.path(b"abc")
    bench.hang(path, 3, b"d", length=7).exchange.interrupted()
    sent = bench.append(path, 4, b"xy", complete=True)
    if bench.draft.has("length-from-content-length"):
        assert sent.status == 400
        assert bench.offset(path) == 4
        assert bench.append(path, 4, b"6 more", complete=True).status == 201
    else:
        assert sent.status == 201


def test_inconsistent_lengths_change_nothing(make_bench: MakeBench) -> None:
    for number in (6, 7, 8, 9, 10):
        bench = make_bench(number)
        path = bench.path(b"abc", ("Upload-Length", "9"))
        other = bench.append(path, 3, b"d", ("Upload-Length", "8"))
        assert other.status == 400
        short = bench.append(path, 3, b"d", complete=True)
        assert short.status == 400
        assert bench.offset(path) == 3
        assert bench.send("HEAD", path).fields.get("Upload-Length") == "9"
        assert bench.append(path, 3, b"defghi", complete=True).status == 201


def test_length_below_the_offset(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"abc")
    assert bench.append(path, 3, b"", ("Upload-Length", "2")).status == 400
    assert bench.offset(path) == 3


def test_length_told_by_an_append(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"abc")
    assert bench.append(path, 3, b"d", ("Upload-Length", "6")).status == 204
    assert bench.send("HEAD", path).fields.get("Upload-Length") == "6"


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("complete", [True, False])
def test_content_beyond_the_length(bench: Any, chunked: bool, complete: bool) -> None:
    if not bench.draft.has("upload-length"):
        return
    path = bench.path(b"abc", ("Upload-Length", "5"))
    sent = bench.append(path, 3, b"defg", complete=complete, chunked=chunked)
    assert sent.status == 400
    assert bench.completeness_of(sent.fields) is False
    if bench.draft.has("overlength-invalidates"):
        for method in ("HEAD", "DELETE", "OPTIONS"):
            assert bench.send(method, path).status == 404
        assert bench.append(path, 5, b"", complete=True).status == 404
    else:
        assert bench.offset(path) == (5 if chunked else 3)


def test_an_invalid_upload_gives_its_room_back(make_bench: MakeBench) -> None:
    bench = make_bench(9, room=8)
    path = bench.path(b"abcdef", ("Upload-Length", "6"))
    assert bench.append(path, 6, b"g").status == 400
    assert bench.create(b"x" * 8).status == 201


def test_limits_told_after_the_end_of_the_lifetime(make_bench: MakeBench) -> None:
    bench = make_bench(9, limits=Limits(max_size=5, max_age=2))
    sent = bench.hang(bench.path(b"abc"), 3, b"d")
    bench.now += 9
    sent.exchange.content(b"efg")
    assert sent.status == 413
    assert sent.fields.get("Upload-Limit") == "max-size=5, max-age=0"


def test_an_append_that_declares_less_than_it_carries(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"")
    assert bench.append(path, 0, b"abcdef", ("Upload-Length", "5")).status == 400
    assert bench.send("HEAD", path).status == 404


def test_chunked_completing_append_short_of_the_length(bench: Any) -> None:
    if not bench.draft.has("upload-length"):
        return
    path = bench.path(b"abc", ("Upload-Length", "9"))
    assert bench.append(path, 3, b"d", complete=True, chunked=True).status == 400
    assert bench.offset(path) == 3
    assert bench.completeness_of(bench.send("HEAD", path).fields) is False


# Limits


def test_limits_of_appends(bench: Any, make_bench: MakeBench) -> None:
    limits = Limits(max_size=60, max_append_size=20, min_append_size=3)
    limited = make_bench(bench.version, limits=limits)
    path = limited.path(b"")
    bound = bench.draft.has("limits")
    for chunked in (True, False):
        large = limited.append(path, 0, b"x" * 21, chunked=chunked)
        small = limited.append(path, 0, b"x", chunked=chunked)
        if not bound:
            return
        assert (large.status, small.status) == (413, 400)
        for refused in (large, small):
            assert "max-size=60, max-append-size=20" in refused.fields.get("Upload-Limit")
            assert limited.completeness_of(refused.fields) is False
            assert refused.fields.get("Upload-Offset") == "0"
    assert limited.append(path, 0, b"").status == 400
    for offset, size in ((0, 3), (3, 20)):
        assert limited.append(path, offset, b"x" * size).status in (201, 204)
    assert limited.append(path, 23, b"x", complete=True).status == 201


@pytest.mark.parametrize("chunked", [True, False])
def test_max_size_of_appends(bench: Any, make_bench: MakeBench, chunked: bool) -> None:
    limited = make_bench(bench.version, limits=Limits(max_size=5))
    path = limited.path(b"abc")
    assert limited.append(path, 3, b"def", chunked=chunked).status == 413
    assert limited.offset(path) == 3
    assert limited.append(path, 3, b"de", complete=True).status == 201


def test_store_that_runs_full(make_bench: MakeBench) -> None:
    bench = make_bench(9, room=5)
    path = bench.path(b"abc")
    assert bench.append(path, 3, b"def").status == 507
    assert bench.offset(path) == 3


def test_store_that_runs_full_at_the_length(make_bench: MakeBench) -> None:
    bench = make_bench(6, room=4)
    path = bench.path(b"abc", ("Upload-Length", "5"))
    assert bench.append(path, 3, b"defg", chunked=True).status == 507
    assert bench.offset(path) == 3


def test_keeping_cut_transfers_is_one_decision(make_bench: MakeBench) -> None:
    class Forgetful(Policy):
        def keeps_interrupted(self, upload: Upload) -> bool:
            return False

    bench = make_bench(9, policy=Forgetful)
    path = bench.path(b"abc")
    bench.hang(path, 3, b"def").exchange.interrupted()
    assert bench.offset(path) == 3


# Progress


def test_progress_is_reported_at_intervals(bench: Any) -> None:
    path = bench.path(b"")
    sent = bench.hang(path, 0, b"ab")
    assert sent.interims == []
    bench.now += 2
    sent.exchange.content(b"cd")
    bench.now += 0.01
    sent.exchange.content(b"ef")
    told = [(status, fields.get("Upload-Offset")) for status, fields in sent.interims]
    assert told == ([(104, "4")] if bench.draft.has("progress-104") else [])
    for _, fields in sent.interims:
        assert "Location" not in fields
        assert fields.get("Upload-Draft-Interop-Version") == str(bench.version)


def test_progress_is_reported_although_nothing_more_arrives(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"")
    sent = bench.hang(path, 0, b"ab")
    sent.exchange.content(b"c")
    [seconds] = sent.wakes
    bench.now += seconds
    sent.exchange.wake()
    assert [fields.get("Upload-Offset") for _, fields in sent.interims] == ["3"]
    bench.now += 1
    sent.exchange.wake()
    assert len(sent.interims) == 1
    sent.exchange.end()
    sent.exchange.wake()
    assert len(sent.interims) == 1


def test_much_progress_is_reported_sooner_than_little(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"")
    sent = bench.hang(path, 0, b"a")
    sent.exchange.content(b"b" * 100_000)
    slow, fast = sent.wakes
    assert fast < slow
    bench.now += fast
    sent.exchange.wake()
    assert [fields.get("Upload-Offset") for _, fields in sent.interims] == ["100001"]


def test_what_was_reported_is_not_taken_back(make_bench: MakeBench) -> None:
    bench = make_bench(9, limits=Limits(max_append_size=4))
    path = bench.path(b"")
    fields = bench.append_fields(0, complete=False)
    sent = bench.begin("PATCH", path, *fields, length=None)
    sent.exchange.content(b"ab")
    bench.now += 2
    sent.exchange.wake()
    sent.exchange.content(b"cde")
    assert sent.status == 413
    assert sent.fields.get("Upload-Offset") == "2"
    assert bench.offset(path) == 2


def test_no_progress_for_unknown_versions(make_bench: MakeBench) -> None:
    bench = make_bench(9)
    path = bench.path(b"")
    bench.version = None
    sent = bench.hang(path, 0, b"ab")
    bench.now += 1
    sent.exchange.content(b"cd")
    assert sent.interims == []
