"""What an upload's exchanges mean."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model.transcript import End
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.observations import (
    Acknowledged,
    Announced,
    Cancelled,
    Completed,
    Created,
    Lost,
    Observations,
    OffsetSeen,
)
from conformance.profiles.rufh.observe import observe

UPLOAD = "http://target.example/u/1"


def seen(build: Any) -> Observations:
    return observe(build.transcript, DRAFTS[build.draft])


def test_the_life_of_an_upload(build: Any) -> None:
    said = {"Upload-Complete": "?0"}
    build.exchange("up", build.message(104, Location="/u/1"), closing=End.CUT, fields=said, end=9)
    build.exchange("seen", build.message(204, Upload_Offset=7), method="HEAD", url=UPLOAD)
    done = build.message(204, Upload_Complete="?1", sent_before=2)
    said = {"Upload-Offset": "7", "Upload-Complete": "?1"}
    build.exchange("rest", done, method="PATCH", url=UPLOAD, start=7, end=9, fields=said)
    build.exchange("check", build.message(200, Upload_Complete="?1"), method="GET", url=UPLOAD)
    build.exchange("drop", build.message(204), method="DELETE", url=UPLOAD)
    build.exchange("gone", build.message(404), method="HEAD", url=UPLOAD)
    found = seen(build)
    kinds = [type(each) for each in found.all]
    assert kinds == [
        Created,
        Announced,
        OffsetSeen,
        Acknowledged,
        Completed,
        Acknowledged,
        Completed,
        Cancelled,
        Lost,
    ]
    assert {each.upload for each in found.all} == {UPLOAD}
    assert [each.offset for each in found.acknowledged(UPLOAD)] == [7, 9]
    assert [each.value for each in found.offsets(UPLOAD)] == [7]
    assert found.creations == {0}


@pytest.mark.parametrize(
    ("draft", "version", "completes"),
    [(5, "5", False), (8, "8", False), (9, "9", True), (9, "4", False)],
)
def test_an_answer_completes_what_its_request_does_not_where_a_text_says_so(
    build: Any, draft: int, version: str, completes: bool
) -> None:
    build.draft = draft
    fields = {"Upload-Complete": "?0", "Upload-Draft-Interop-Version": version}
    build.exchange("up", build.message(201, Location="/u/1", Upload_Complete="?1"), fields=fields)
    assert any(isinstance(each, Completed) for each in seen(build).all) is completes


def test_two_uploads_are_kept_apart(build: Any) -> None:
    for number in (1, 2):
        build.exchange(
            f"up{number}",
            build.message(201, Location=f"/u/{number}", Upload_Offset=number),
            fields={"Upload-Complete": "?0"},
        )
    found = seen(build)
    assert [each.value for each in found.offsets("http://target.example/u/2")] == [2]
    assert len(found.exchanges(UPLOAD, build.transcript)) == 1


def test_an_ordinary_upload_is_none_of_ours(build: Any) -> None:
    build.exchange("plain", build.message(201, Location="/files/1"))
    build.exchange("other", build.message(200), url="http://target.example/files/1")
    assert seen(build).all == ()


def test_a_location_that_names_nothing_creates_nothing(build: Any) -> None:
    said = {"Upload-Complete": "?0"}
    build.exchange("a", build.message(201, Location=["/u/1", "/u/2"]), fields=said)
    build.exchange("b", build.message(400, Location="/u/1"), fields=said)
    build.exchange("c", build.message(201, Location="/u 1"), fields=said)
    build.exchange("d", build.message(104, Location="/u/9"), closing=End.CUT)
    found = seen(build)
    assert set(found.uploads) == {3}


def test_offsets_of_refusals_and_nonsense_are_not_offsets(build: Any) -> None:
    said = {"Upload-Complete": "?0"}
    build.exchange("up", build.message(201, Location="/u/1"), fields=said)
    for status, value in ((404, 3), (204, "x"), (204, -1)):
        build.exchange(
            "seen", build.message(status, Upload_Offset=value), method="HEAD", url=UPLOAD
        )
    assert seen(build).offsets(UPLOAD) == []


def test_completeness_in_the_sense_of_the_draft(build: Any) -> None:
    build.draft = 3
    said = {"Upload-Incomplete": "?0"}
    done = build.message(201, Location="/u/1", Upload_Incomplete="?0")
    build.exchange("up", done, fields=said)
    bad = build.message(201, Location="/u/2", Upload_Incomplete="no")
    build.exchange("bad", bad, fields={"Upload-Incomplete": "?1"})
    completed = [each for each in seen(build).all if isinstance(each, Completed)]
    assert [(each.upload, each.by) for each in completed] == [(UPLOAD, "answer")]


def begun(build: Any) -> None:
    """Create an upload of 9 octets without content."""
    said = {"Upload-Complete": "?0"}
    build.exchange("up", build.message(201, Location="/u/1"), fields=said)


def appended(build: Any, name: str, status: int, **told: str) -> None:
    """Give an upload all its 9 octets and complete it; the answer comes after all of them."""
    said = {"Upload-Offset": "0", "Upload-Complete": "?1"}
    asked = build.now()
    answer = build.message(status, sent_before=9, **told)
    build.exchange(name, answer, method="PATCH", url=UPLOAD, end=9, fields=said, begun=asked)


@pytest.mark.parametrize(
    ("status", "told", "completed"),
    [
        (200, {"Upload_Complete": "?1"}, True),
        (303, {"Upload_Complete": "?1", "Location": "/result"}, True),
        (303, {"Upload_Complete": "?0", "Location": "/result"}, False),
        (303, {"Upload_Complete": "yes", "Location": "/result"}, False),
        (303, {"Location": "/result"}, False),
    ],
)
def test_the_targets_own_answer_may_point_elsewhere_and_still_complete(
    build: Any, status: int, told: dict[str, str], completed: bool
) -> None:
    begun(build)
    appended(build, "rest", status, **told)
    found = [each for each in seen(build).all if isinstance(each, Completed)]
    assert [each.by for each in found] == (["answer"] if completed else [])


def test_where_a_redirect_points_to_is_no_upload_and_it_acknowledges_no_octets(build: Any) -> None:
    begun(build)
    appended(build, "rest", 303, Upload_Complete="?1", Location="/result")
    found = seen(build)
    assert {each.upload for each in found.all} == {UPLOAD}
    assert found.acknowledged(UPLOAD) == []


def test_a_retrieval_sent_elsewhere_completes_nothing(build: Any) -> None:
    begun(build)
    sent_away = build.message(303, Upload_Complete="?1", Location="/result")
    build.exchange("seen", sent_away, method="HEAD", url=UPLOAD)
    assert not [each for each in seen(build).all if isinstance(each, Completed)]


@pytest.mark.parametrize(("first", "offsets"), [(303, []), (409, [9])])
def test_what_comes_after_a_completing_redirect_takes_nothing_in(
    build: Any, first: int, offsets: list[int]
) -> None:
    begun(build)
    appended(build, "rest", first, Upload_Complete="?1")
    appended(build, "again", 200, Upload_Complete="?1")
    assert [each.offset for each in seen(build).acknowledged(UPLOAD)] == offsets
