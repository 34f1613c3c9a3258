"""The runner against servers that do exactly what a test says: steps and what they rest on."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.engine.world import BoundReached, Counters
from conformance.model.scenario import ReadBackStep, RestartStep
from tests.engine.scripts import final, store


def test_an_upload_in_two_parts_is_made_and_bound_to_its_steps(bench: Any, make_step: Any) -> None:
    ran = bench.run(
        store,
        make_step("create", "up", send="0..10 KiB"),
        make_step("retrieve", "seen", of="up"),
        make_step("append", "rest", of="up", at="$seen.Upload-Offset"),
    )
    assert bench.server.lines[:3] == ["POST /files", "HEAD /up/1", "PATCH /up/1"]
    assert bench.server.__dict__["stored"]["octets"] == bench.plan((), "http://x/").content.slice(
        0, 65536
    )
    assert list(ran.binding.steps) == ["up", "seen", "rest"]
    assert ran.binding.uploads["up"].endswith("/up/1")
    assert (ran.binding.not_run, ran.binding.errors) == ({}, {})
    assert ran.requests == 3
    assert ran.octets == 65536


def test_what_was_created_is_removed_without_being_recorded(bench: Any, make_step: Any) -> None:
    ran = bench.run(store, make_step("create", "up"))
    assert bench.server.lines == ["POST /files", "DELETE /up/1"]
    assert bench.server.asked[1].fields["upload-draft-interop-version"] == "9"
    assert len(ran.transcript.exchanges) == 1
    assert ran.leftovers == 0


STORED = {"Location": "/objects/1"}
STATE = {"Upload_Offset": "10", "Upload_Complete": "?0"}


@pytest.mark.parametrize(
    ("draft", "told", "asked"),
    [
        (9, STORED, []),
        (9, {**STORED, "Upload_Complete": "?1"}, []),
        (3, STORED, []),
        (9, {"Location": "/up/1"}, ["DELETE /up/1"]),
        (9, {"Location": "/up/1", "Upload_Complete": "?0"}, ["DELETE /up/1"]),
        (8, {"Location": "/up/1", "Upload_Offset": "10"}, ["DELETE /up/1"]),
        (3, {"Location": "/up/1", "Upload_Incomplete": "?0"}, ["DELETE /up/1"]),
        (9, {"Location": "/files"}, []),
    ],
)
def test_only_what_shows_itself_an_upload_resource_is_removed(
    bench: Any, make_step: Any, draft: int, told: dict[str, str], asked: list[str]
) -> None:
    async def without_104(ask: Any) -> None:
        await ask.read()
        if ask.method == "POST":
            ask.say(201, **told)
        elif ask.method == "HEAD" and ask.path == "/up/1":
            ask.say(204, **STATE)
        else:
            ask.say(200)

    bench.draft = draft
    ran = bench.run(without_104, make_step("create", "up", send="0..10 B", complete=False))
    assert [line for line in bench.server.lines if line.startswith("DELETE")] == asked
    assert ran.leftovers == 0


def test_what_a_retrieval_showed_is_not_asked_again(bench: Any, make_step: Any) -> None:
    async def without_104(ask: Any) -> None:
        await ask.read()
        if ask.method == "POST":
            ask.say(201, Location="/up/1")
        else:
            ask.say(204, **STATE)

    bench.run(
        without_104,
        make_step("create", "up", send="0..10 B", complete=False),
        make_step("retrieve", "seen", of="up"),
    )
    assert bench.server.lines == ["POST /files", "HEAD /up/1", "DELETE /up/1"]


def test_a_cancelled_upload_is_not_removed_again(bench: Any, make_step: Any) -> None:
    bench.run(store, make_step("create", "up"), make_step("cancel", "gone", of="up"))
    assert bench.server.lines == ["POST /files", "DELETE /up/1"]


def test_an_upload_that_cannot_be_removed_is_counted(bench: Any, make_step: Any) -> None:
    async def stubborn(ask: Any) -> None:
        if ask.method == "DELETE":
            ask.say(405)
        else:
            await store(ask)

    assert bench.run(stubborn, make_step("create", "up")).leftovers == 1


def test_a_lost_set_up_is_the_cause_of_everything_after_it(bench: Any, make_step: Any) -> None:
    async def broken(ask: Any) -> None:
        await ask.read()
        ask.say(500)

    ran = bench.run(
        broken,
        make_step("create", "up"),
        make_step("retrieve", "seen", of="up"),
        make_step("append", "rest", of="up", at="$seen.Upload-Offset"),
    )
    cause = "set-up step up: 500 Internal Server Error"
    assert ran.binding.not_run == {"seen": cause, "rest": cause}
    assert bench.server.lines == ["POST /files"]


@pytest.mark.parametrize(
    ("status", "fields", "lack"),
    [
        (204, {}, "the answer has no usable Upload-Offset"),
        (204, {"Upload_Offset": "-1"}, "the answer has no usable Upload-Offset"),
        (404, {}, "404 Not Found"),
        (299, {}, "the answer has no usable Upload-Offset"),
    ],
)
def test_a_retrieval_as_set_up_must_tell_the_offset(
    bench: Any, make_step: Any, status: int, fields: dict[str, str], lack: str
) -> None:
    async def script(ask: Any) -> None:
        if ask.method == "HEAD":
            ask.say(status, **fields)
        else:
            await store(ask)

    ran = bench.run(
        script,
        make_step("create", "up"),
        make_step("retrieve", "seen", of="up"),
        make_step("cancel", "gone", of="up"),
    )
    assert ran.binding.not_run == {"gone": f"set-up step seen: {lack}"}


def test_a_missing_value_takes_along_what_needs_it_with_the_first_cause(
    bench: Any, make_step: Any
) -> None:
    async def silent_head(ask: Any) -> None:
        if ask.method == "HEAD":
            ask.say(404)
        else:
            await store(ask)

    ran = bench.run(
        silent_head,
        make_step("create", "up", send="0..1 KiB"),
        make_step("retrieve", "seen", of="up", set_up=False),
        make_step("append", "rest", of="up", at="$seen.Upload-Offset", set_up=False),
        make_step("append", "more", of="up", at="$rest.end", set_up=False),
        make_step("cancel", "gone", of="up"),
    )
    cause = "step seen: the answer 404 carries no usable Upload-Offset"
    assert ran.binding.not_run == {"rest": cause, "more": cause}
    assert final(ran, "gone") == 204


def test_steps_that_need_a_success_are_not_run_without_it(bench: Any, make_step: Any) -> None:
    async def script(ask: Any) -> None:
        await ask.read()
        ask.say(422)

    ran = bench.run(
        script,
        make_step("request", "plain", send="all", set_up=False),
        make_step("request", "again", given=("plain",)),
    )
    assert ran.binding.not_due == {"again": "step plain was answered 422"}


@pytest.mark.parametrize("send", [None, "$rest.at..end", "4 KiB..end"])
def test_the_first_conflict_may_be_followed_to_the_offset_it_tells(
    bench: Any, make_step: Any, send: str | None
) -> None:
    keys = {} if send is None else {"send": send}
    ran = bench.run(
        store,
        make_step("create", "up", send="0..10 KiB"),
        make_step("append", "rest", of="up", at="4 KiB", refresh=1, **keys),
    )
    bound = ran.binding.steps["rest"]
    assert (len(bound.exchanges), bound.subjects) == (2, bound.exchanges[1:])
    second = ran.transcript.exchange(bound.subjects[0]).request
    assert (second.at_offset, second.values("Upload-Offset")) == (10240, (b"10240",))
    assert (second.ranges[0].start, second.ranges[-1].end) == (10240, 65536)
    assert final(ran, "rest") == 200


def test_a_conflict_is_followed_only_as_often_as_allowed(bench: Any, make_step: Any) -> None:
    async def conflict(ask: Any) -> None:
        if ask.method == "PATCH":
            await ask.read()
            ask.say(409, Upload_Offset="1")
        else:
            await store(ask)

    ran = bench.run(
        conflict,
        make_step("create", "up", send="0..10 KiB"),
        make_step("append", "rest", of="up", at="0 B", refresh=2, set_up=False),
    )
    assert bench.server.lines.count("PATCH /up/1") == 3
    assert final(ran, "rest") == 409


def test_a_repeated_request_hands_over_the_octets_of_the_one_that_got_through(
    bench: Any, make_step: Any
) -> None:
    bench.marks = True
    bench.run(
        store,
        make_step("create", "up", send="0..10 KiB"),
        make_step("append", "last", of="up", at="0 B", send="$last.at..end", refresh=1),
        make_step("append", "again", repeat_of="last", set_up=False),
    )
    _, second, again, *_ = [ask for ask in bench.server.asked if ask.method == "PATCH"]
    assert again.fields["upload-offset"] == second.fields["upload-offset"] == "10240"
    assert again.content == second.content
    assert len(again.content) == 65536 - 10240


def test_a_restart_without_a_hook_is_left_out_with_what_rests_on_it(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(store, make_step("create", "up"), RestartStep(name="crash"))
    assert ran.binding.left_out == {"crash": "restart"}


def test_a_restart_that_fails_ends_the_scenario(bench: Any, make_step: Any) -> None:
    async def fails() -> None:
        raise OSError("no such command")

    ran = bench.run(
        store,
        make_step("create", "up"),
        RestartStep(name="crash"),
        make_step("retrieve", "seen", of="up"),
        restart=fails,
    )
    cause = "the target could not be restarted: no such command"
    assert ran.binding.not_run == {"crash": cause, "seen": cause}


def test_a_lifetime_nobody_announced_leaves_the_step_out(bench: Any, make_step: Any) -> None:
    ran = bench.run(
        store,
        make_step("create", "up"),
        make_step("retrieve", "late", of="up", after="up"),
        make_step("append", "rest", of="up", at="$late.Upload-Offset"),
    )
    assert ran.binding.left_out == {"late": "lifetime", "rest": "lifetime"}


def test_an_announced_lifetime_is_waited_for(bench: Any, make_step: Any) -> None:
    async def mortal(ask: Any) -> None:
        if ask.method == "POST":
            await ask.read()
            ask.say(201, Location="/up/1", Upload_Complete="?0", Upload_Limit="max-age=0")
        else:
            ask.say(404)

    ran = bench.run(
        mortal,
        make_step("create", "up", send="0..1 B"),
        make_step("retrieve", "late", of="up", after="up", set_up=False),
    )
    created, late = ran.transcript.exchanges
    assert late.request.head_at.at - created.ended.at >= 1.0


def test_without_a_way_in_nothing_is_read_back(bench: Any, make_step: Any) -> None:
    ran = bench.run(store, make_step("create", "up"), ReadBackStep(name="stored", of="up"))
    assert "no way to read back" in ran.binding.not_run["stored"]


def test_no_more_requests_than_the_bound_allows(bench: Any, make_step: Any) -> None:
    steps = [make_step("request", f"r{number}", method="GET") for number in range(5)]

    async def answers(ask: Any) -> None:
        ask.say(200)

    with pytest.raises(BoundReached, match="3 requests"):
        bench.run(answers, *steps, counters=Counters(max_requests=3))
    assert len(bench.server.asked) == 3


def test_uploads_are_removed_even_when_a_bound_is_reached(bench: Any, make_step: Any) -> None:
    with pytest.raises(BoundReached, match="65536 octets"):
        bench.run(
            store,
            make_step("create", "up"),
            make_step("append", "rest", of="up", at="0 B"),
            counters=Counters(max_octets=65536),
        )
    assert bench.server.lines == ["POST /files", "DELETE /up/1"]


def test_a_bound_reached_side_by_side_stops_the_run(bench: Any, make_step: Any) -> None:
    async def answers(ask: Any) -> None:
        ask.say(200)

    with pytest.raises(BoundReached, match="2 requests"):
        bench.run(
            answers,
            make_step("request", "many", method="GET", times=4),
            counters=Counters(max_requests=2),
        )


def test_a_mistake_of_ours_is_noted_with_its_step(
    bench: Any, make_step: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("oops")

    monkeypatch.setattr("conformance.engine.performance.prepare", broken)
    ran = bench.run(store, make_step("create", "up"), make_step("retrieve", "seen", of="up"))
    assert ran.binding.errors == {"up": "ValueError: oops"}
    assert ran.binding.not_run == {"seen": "step up failed because of an error of the suite"}
