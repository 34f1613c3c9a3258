"""Standing rules about what is told of one upload over time: offsets, receipts, limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.model.transcript import End, Framing
from tests.profiles.uploads import UPLOAD, append, ask, create, results, retrieve


def test_an_offset_that_goes_back(build: Any) -> None:
    create(build)
    retrieve(build, 100)
    retrieve(build, 40)
    found = results(build)
    assert found["RUFH-OFFSET-NO-DECREASE"] == [False]
    assert found["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"] == [True, False]


def test_offsets_of_one_exchange_go_forward(build: Any) -> None:
    create(build)
    head = build.now()
    told = [build.message(104, Upload_Offset=offset, sent_before=50) for offset in (120, 110)]
    final = build.message(204, Upload_Offset=150, sent_before=50)
    append(build, *told, final, start=100, end=150, begun=head)
    assert results(build)["RUFH-OFFSET-NO-DECREASE"] == [False, True]


def test_the_first_offset_has_nothing_to_compare(build: Any) -> None:
    head = build.now()
    told = build.message(201, Location="/u/1", Upload_Offset=0)
    ask(build, told, begun=head)
    found = results(build)
    assert "RUFH-OFFSET-NO-DECREASE" not in found
    assert "SUITE-INTEGRITY-ACKNOWLEDGED-LOST" not in found


def test_answers_that_crossed_are_not_compared(build: Any) -> None:
    create(build)
    asked = build.now()
    append(build, build.message(204, Upload_Offset=200, sent_before=100), start=100, end=200)
    late = build.message(204, Upload_Offset=100)
    ask(build, late, method="HEAD", url=UPLOAD, begun=asked)
    assert "RUFH-OFFSET-NO-DECREASE" not in results(build)


def test_success_acknowledges(build: Any) -> None:
    create(build)
    retrieve(build, 60)
    assert results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"] == [False]


@pytest.mark.parametrize(
    "more",
    [
        {"done": False},
        {"closing": End.CLOSED},
        {"fields": {"Upload-Offset": ["100", "100"]}},
        {"fields": {"Content-Length": "4"}},
        {"framing": Framing.RAW},
        {"framing": Framing.CHUNKED, "fields": {"Content-Length": "4"}},
        {
            "framing": Framing.CHUNKED,
            "fields": {"Content-Length": "4", "Transfer-Encoding": "chunked"},
        },
        {"early": True},
    ],
)
def test_success_that_acknowledges_nothing(build: Any, more: dict[str, Any]) -> None:
    create(build)
    sent_before = 10 if more.pop("early", False) else 50
    append(build, build.message(204, sent_before=sent_before), start=100, end=150, **more)
    retrieve(build, 100)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


def test_an_append_after_completion_acknowledges_nothing(build: Any) -> None:
    create(build)
    complete = {"fields": {"Upload-Complete": "?1"}}
    append(build, build.message(204, sent_before=50), start=100, end=150, **complete)
    append(build, build.message(204, sent_before=50), start=150, end=200)
    retrieve(build, 150)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


def test_an_overtaken_append_acknowledges_nothing(build: Any) -> None:
    create(build)
    head, late = build.now(), build.now()
    append(build, build.message(204, sent_before=50), start=100, end=150, begun=head)
    append(build, build.message(204, sent_before=60), start=100, end=160, begun=late)
    retrieve(build, 110)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]
    build.exchanges.clear()
    create(build)
    append(build, build.message(204, sent_before=50), start=100, end=150)
    append(build, closing=End.OPEN, start=100, end=120)
    retrieve(build, 110)
    assert False in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


@pytest.mark.parametrize(("offset", "holds"), [(100, True), (101, False)])
def test_an_offset_beyond_what_was_sent(build: Any, offset: int, holds: bool) -> None:
    create(build)
    retrieve(build, offset)
    append(build, build.message(204), start=100, end=300)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [holds]


def test_what_was_sent_when_an_interim_response_came(build: Any) -> None:
    create(build)
    head = build.now()
    told = [build.message(104, Upload_Offset=150, sent_before=sent) for sent in (49, 50)]
    append(build, *told, build.message(204), start=100, end=300, begun=head)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [False, True]


def test_requests_of_unclear_position_count_in_full(build: Any) -> None:
    create(build)
    ask(build, build.message(204), method="PATCH", url=UPLOAD, start=0, end=50)
    retrieve(build, 150)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [True]


@pytest.mark.parametrize(
    "more", [{"method": ""}, {"framing": Framing.CHUNKED, "fields": {"Content-Length": "4"}}]
)
def test_requests_of_unclear_size_prove_nothing(build: Any, more: dict[str, Any]) -> None:
    create(build)
    method = more.pop("method", "PATCH")
    ask(build, build.message(204), url=UPLOAD, end=50, method=method, **more)
    retrieve(build, 500)
    assert "SUITE-INTEGRITY-BEYOND-SENT" not in results(build)


@pytest.mark.parametrize(
    ("draft", "before", "now", "requirement", "holds"),
    [
        (9, "max-size=9", "max-size=9", "RUFH-LIMIT-MAX-NO-DECREASE", [True]),
        (9, "max-size=9", "max-size=8", "RUFH-LIMIT-MAX-NO-DECREASE", [False]),
        (9, "max-append-size=9", "max-append-size=8", "RUFH-LIMIT-STABLE", [False]),
        (9, "min-size=9", "min-size=10", "RUFH-LIMIT-MIN-NO-INCREASE", [False]),
        (9, "min-append-size=9", "min-append-size=8", "RUFH-LIMIT-STABLE", [True]),
        (9, "max-age=60", "max-age=59", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [True]),
        (9, "max-age=60", "max-age=5", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [False]),
        (6, "expires=60", "expires=5", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [False]),
        (9, "max-size=9", "max-age=9", "RUFH-LIMIT-STABLE", None),
        (9, "max-size=9", "=", "RUFH-LIMIT-STABLE", None),
        (9, "wings=9", "wings=8", "RUFH-LIMIT-STABLE", None),
        (9, "max-size=?1, a=(1)", "max-size=3", "RUFH-LIMIT-STABLE", None),
    ],
)
def test_limits_do_not_tighten(
    build: Any, draft: int, before: str, now: str, requirement: str, holds: list[bool] | None
) -> None:
    build.draft = draft
    create(build)
    retrieve(build, 100, Upload_Limit=before)
    retrieve(build, 100, Upload_Limit=now)
    assert results(build).get(requirement) == holds


def test_limits_told_at_once_are_not_compared(build: Any) -> None:
    create(build)
    asked = build.now()
    retrieve(build, 100, Upload_Limit="max-size=9")
    late = build.message(204, Upload_Limit="max-size=8")
    ask(build, late, method="HEAD", url=UPLOAD, begun=asked)
    assert "RUFH-LIMIT-STABLE" not in results(build)


def test_requests_that_never_went_out_show_nothing(build: Any) -> None:
    create(build)
    made = retrieve(build, 999, Upload_Limit="max-size=1")
    build.exchanges[-1] = replace(made, request=replace(made.request, head_at=None))
    retrieve(build, 100, Upload_Limit="max-size=0")
    found = results(build)
    assert found["SUITE-INTEGRITY-BEYOND-SENT"] == [True]
    assert "RUFH-LIMIT-STABLE" not in found
