"""The runner against servers that do exactly what a test says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.engine.circumstances import overlapped
from conformance.engine.judge_context import Context
from conformance.engine.world import BoundReached, Counters
from conformance.model.scenario import (
    Cut,
    Hold,
    Point,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    TogetherStep,
    Trickle,
)
from conformance.model.transcript import CutHow, End, Framing
from conformance.model.values import Duration, EndOfContent, Octets, Percent, Range, Size
from conformance.profiles.rufh.drafts import DRAFTS


def octets(count: int) -> Size:
    return Size(((1, Octets(count)),))


async def store(ask: Any) -> None:
    """Store one upload in the simplest way that is right."""
    state = ask.server.__dict__.setdefault("stored", {})
    if ask.method == "POST":
        ask.announce("/up/1")
        state["octets"] = await ask.read()
        ask.say(201, Location="/up/1", Upload_Complete=ask.fields.get("upload-complete", "?1"))
    elif ask.method == "PATCH":
        offset, known = int(ask.fields["upload-offset"]), len(state["octets"])
        sent = await ask.read()
        if offset != known:
            ask.say(409, Upload_Offset=str(known), Upload_Complete="?0")
            return
        state["octets"] += sent
        ask.say(200, Upload_Complete=ask.fields.get("upload-complete", "?1"))
    elif ask.method == "HEAD":
        ask.say(204, Upload_Offset=str(len(state["octets"])), Upload_Complete="?0")
    else:
        ask.say(204)


def ends(ran: Any) -> list[str]:
    return [each.end.value for each in ran.transcript.exchanges]


def final(ran: Any, step: str) -> int | None:
    number = ran.binding.steps[step].subjects[-1]
    message = ran.transcript.exchange(number).final
    return message.status if message is not None else None


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


def test_the_first_conflict_may_be_followed_to_the_offset_it_tells(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(
        store,
        make_step("create", "up", send="0..10 KiB"),
        make_step("append", "rest", of="up", at="4 KiB", send="$rest.at..end", refresh=1),
    )
    bound = ran.binding.steps["rest"]
    assert (len(bound.exchanges), bound.subjects) == (2, bound.exchanges[1:])
    second = ran.transcript.exchange(bound.subjects[0]).request
    assert (second.at_offset, second.values("Upload-Offset")) == (10240, (b"10240",))
    assert second.ranges[0].start == 10240
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


def test_a_creation_left_open_tells_its_upload_and_can_be_resumed(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(
        store,
        make_step("create", "stuck", send="0..8 KiB", declare=octets(65536), leave=True),
        ResumeStep(
            name="stuck-resumed",
            exchange="stuck",
            send=Range(octets(8192), Size(((1, EndOfContent()),))),
        ),
    )
    assert ran.binding.steps["stuck"].subjects == ran.binding.steps["stuck-resumed"].subjects
    assert bench.server.asked[0].content == bench.plan((), "http://x/").content.slice(0, 65536)
    assert final(ran, "stuck-resumed") == 201
    assert ran.binding.uploads["stuck"].endswith("/up/1")


def test_an_exchange_left_open_is_still_open_in_the_record(bench: Any, make_step: Any) -> None:
    ran = bench.run(store, make_step("create", "stuck", declare="whole", send="0..1 B", leave=True))
    assert ends(ran) == ["open"]
    assert bench.server.lines == ["POST /files", "DELETE /up/1"]


@pytest.mark.parametrize("how", [CutHow.RESET, CutHow.CLOSE])
@pytest.mark.parametrize(
    ("after", "arrived"),
    [(octets(1), 1), (Size(((1, Percent(50)),)), 32768), (Size(((-1, Octets(1)),)), 65535)],
)
def test_a_cut_hands_over_exactly_the_octets_asked_for(
    bench: Any, make_step: Any, how: CutHow, after: Size, arrived: int
) -> None:
    async def keep(ask: Any) -> None:
        if ask.method == "POST":
            ask.announce("/up/1")
            try:
                await ask.read()
            finally:
                ask.server.__dict__["kept"] = len(ask.content)
        else:
            ask.say(204, Upload_Offset=str(ask.server.__dict__["kept"]))

    ran = bench.run(
        keep,
        make_step("create", "first", cut=Cut(how=how, after=after)),
        make_step("retrieve", "seen", of="first"),
    )
    first = ran.transcript.exchange(0)
    assert first.end is End.CUT
    assert first.request.cut is not None
    assert (first.request.cut.how, first.request.handed) == (how, arrived)
    assert first.interims[0].status == 104
    assert ran.binding.not_run == {}


def test_a_cut_once_the_answer_is_there_loses_it_for_the_client(bench: Any, make_step: Any) -> None:
    cut = Cut(how=CutHow.RESET, once=Point.FINAL_HEAD)
    ran = bench.run(store, make_step("create", "up", cut=cut))
    exchange = ran.transcript.exchange(0)
    assert exchange.request.complete
    assert exchange.request.cut is not None
    assert exchange.final is not None


def test_what_rests_on_a_cut_creation_that_nothing_announced_is_not_due(
    bench: Any, make_step: Any
) -> None:
    async def silent(ask: Any) -> None:
        await ask.read()

    cut = Cut(how=CutHow.CLOSE, after=octets(10), at_most=Duration(0.1))
    ran = bench.run(
        silent, make_step("create", "first", cut=cut), make_step("retrieve", "seen", of="first")
    )
    assert ran.binding.not_run == {}
    assert ran.binding.not_due["seen"] == "step first: no 104 announced it"


def test_content_is_withheld_until_the_event_awaited(bench: Any, make_step: Any) -> None:
    async def continues(ask: Any) -> None:
        if ask.method != "POST":
            ask.say(204)
            return
        ask.announce("/up/1")
        ask.say(100)
        await store(ask)

    hold = Hold(until=(Point.INTERIM_100,))
    ran = bench.run(
        continues, make_step("create", "up", fields={"Expect": "100-continue"}, hold=hold)
    )
    exchange = ran.transcript.exchange(0)
    assert [each.status for each in exchange.interims[:2]] == [104, 100]
    assert exchange.interims[1].sent_before == 0
    assert exchange.request.handed == 65536


def test_content_withheld_is_never_sent_after_a_final_response(bench: Any, make_step: Any) -> None:
    async def refuses(ask: Any) -> None:
        ask.say(413)

    hold = Hold(until=(Point.INTERIM_100,))
    ran = bench.run(refuses, make_step("create", "up", hold=hold, set_up=False))
    assert ran.transcript.exchange(0).request.handed == 0
    assert final(ran, "up") == 413


def test_a_trickle_goes_out_in_pieces(bench: Any, make_step: Any) -> None:
    bench.size = 100
    trickle = Trickle(piece=octets(40), every=Duration(0.001))
    ran = bench.run(store, make_step("create", "up", trickle=trickle))
    assert [each.end - each.start for each in ran.transcript.exchange(0).request.ranges] in (
        [40, 40, 20],
        [100],
    )
    assert len(bench.server.asked[0].content) == 100


def test_chunked_content_has_the_chunks_asked_for(bench: Any, make_step: Any) -> None:
    bench.size = 10_000
    ran = bench.run(store, make_step("create", "up", framing=Framing.CHUNKED, chunk="3000 B"))
    asked = bench.server.asked[0]
    assert asked.fields["transfer-encoding"] == "chunked"
    assert "content-length" not in asked.fields
    assert len(asked.content) == 10_000
    assert ran.transcript.exchange(0).request.complete


def test_literal_framing_fields_replace_the_generated_ones(bench: Any, make_step: Any) -> None:
    bench.size = 5
    ran = bench.run(store, make_step("create", "up", fields={"Content-Length": "0005"}))
    request = ran.transcript.exchange(0).request
    assert request.values("Content-Length") == (b"0005",)
    assert request.handed == 5


def test_a_step_may_go_on_with_the_connection_of_another(bench: Any, make_step: Any) -> None:
    ran = bench.run(
        store, make_step("create", "up"), make_step("retrieve", "seen", of="up", over="up")
    )
    assert [each.connection for each in ran.transcript.exchanges] == [0, 0]


def test_a_connection_the_target_closed_cannot_carry_another_step(
    bench: Any, make_step: Any
) -> None:
    async def closes(ask: Any) -> None:
        await ask.read()
        ask.say(201, Location="/up/1", Connection="close", Upload_Complete="?0")
        ask.writer.close()

    ran = bench.run(
        closes, make_step("create", "up"), make_step("retrieve", "seen", of="up", over="up")
    )
    assert ran.binding.not_due == {"seen": "the target closed the connection after its answer"}


def test_pipelined_requests_go_out_before_the_first_answer(bench: Any, make_step: Any) -> None:
    waiting: list[Any] = []

    async def together(ask: Any) -> None:
        waiting.append(ask)
        if len(waiting) == 2:
            for each in waiting:
                each.say(200, each.path.encode())

    ran = bench.run(
        together,
        make_step("request", "one", method="GET", to="/one"),
        make_step("request", "two", method="GET", to="/two", over="one", pipelined=True),
    )
    contents = [each.final.content.octets for each in ran.transcript.exchanges]
    assert contents == [b"/one", b"/two"]
    assert [each.connection for each in ran.transcript.exchanges] == [0, 0]


def test_times_makes_exchanges_side_by_side(bench: Any, make_step: Any) -> None:
    met = asyncio.Barrier(5)

    async def meets(ask: Any) -> None:
        if ask.method == "POST":
            async with asyncio.timeout(5):
                await met.wait()
            number = bench.server.lines.count("POST /files")
            await ask.read()
            ask.say(201, Location=f"/up/{number}-{id(ask)}", Upload_Complete="?0")
        else:
            ask.say(204)

    ran = bench.run(meets, make_step("create", "many", send="0..1 B", complete=False, times=5))
    assert len(ran.binding.steps["many"].subjects) == 5
    assert sum(line.startswith("DELETE") for line in bench.server.lines) == 5


@pytest.mark.parametrize("release", ["header end", "last octet"])
def test_a_race_is_proved_to_have_overlapped(bench: Any, make_step: Any, release: str) -> None:
    both = asyncio.Barrier(2)

    async def script(ask: Any) -> None:
        if ask.method != "PATCH":
            await store(ask)
            return
        await ask.read()
        async with asyncio.timeout(5):
            place = await both.wait()
        ask.say(200 if place else 409)

    members = tuple(
        make_step("append", name, of="up", at="1 KiB", send="1 KiB..2 KiB", complete=False)
        for name in ("a", "b")
    )
    ran = bench.run(
        script,
        make_step("create", "up", send="0..1 KiB"),
        TogetherStep(name="race", release=release, steps=members),
    )
    assert ran.binding.overlapped == {"race"}
    assert ran.binding.groups == {"race": ("a", "b")}
    assert {final(ran, "a"), final(ran, "b")} == {200, 409}


def test_a_race_is_not_proved_if_one_was_answered_before_the_other_began(
    bench: Any, make_step: Any
) -> None:
    async def answers(ask: Any) -> None:
        await ask.read()
        ask.say(200)

    steps = [make_step("request", name, send="all") for name in ("a", "b")]
    first, second = bench.run(answers, *steps).transcript.exchanges
    assert not overlapped([first, second])
    assert overlapped([first])


def test_checks_of_a_step_left_open_look_at_what_had_happened_when_it_was_resumed(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(
        store,
        make_step("create", "up", send="0..1 B", declare="whole", leave=True, quiet=Duration(0.05)),
        ResumeStep(name="more", exchange="up", send=Range(octets(1), octets(65536))),
    )
    seen = Context(bench.plan((), "http://h/f"), ran.binding, ran.transcript)
    left, resumed = seen.exchange("up"), seen.exchange("more")
    assert left is not None
    assert resumed is not None
    assert (left.end, left.final, left.interims_seen) == (End.OPEN, None, 1)
    assert (resumed.end, final(ran, "more")) == (End.FINAL, 201)


def test_octets_are_written_as_they_are(bench: Any, make_step: Any) -> None:
    from conformance.model.node import Scalar
    from conformance.model.scenario import OctetPart
    from conformance.syntax.values import read_template

    text = "HEAD /odd HTTP/1.1\r\nhost: ${target.authority}\r\n\r\n"
    part = OctetPart(text=read_template(Scalar(text)))

    async def script(ask: Any) -> None:
        ask.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")

    ran = bench.run(script, make_step("octets", "odd", octets=(part,)))
    assert bench.server.lines == ["HEAD /odd"]
    assert ends(ran) == ["final"]


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_of_a_creation_is_followed_once_and_pinned(
    bench: Any, make_step: Any, status: int
) -> None:
    async def moves(ask: Any) -> None:
        if ask.path == "/files":
            await ask.read()
            ask.say(status, Location="/elsewhere?x=1")
        else:
            await store(ask)

    ran = bench.run(moves, make_step("create", "up"), make_step("create", "more"))
    posts = [line for line in bench.server.lines if line.startswith("POST")]
    assert posts == ["POST /files", "POST /elsewhere?x=1", "POST /elsewhere?x=1"]
    assert len(ran.binding.steps["up"].exchanges) == 2
    assert final(ran, "up") == 201


def test_a_redirect_to_a_stranger_is_not_followed(bench: Any, make_step: Any) -> None:
    async def moves(ask: Any) -> None:
        await ask.read()
        ask.say(307, Location="http://127.0.0.2:9/elsewhere")

    ran = bench.run(moves, make_step("create", "up", set_up=False))
    assert len(ran.transcript.exchanges) == 1
    assert final(ran, "up") == 307


def test_credentials_go_to_the_own_origin_only(bench: Any, make_step: Any) -> None:
    bench.facts = {"fields": (("Authorization", "Bearer x"), ("X-Site", "y"))}

    async def elsewhere(ask: Any) -> None:
        if ask.method == "POST":
            await ask.read()
            home = f"http://localhost:{bench.server.port}/up/1"
            ask.say(201, Location=home, Upload_Complete="?0")
        else:
            ask.say(204, Upload_Offset="0")

    steps = (
        make_step("create", "up", send="0..1 B"),
        make_step("retrieve", "seen", of="up"),
    )
    bench.run(elsewhere, *steps)
    post, head, delete = bench.server.asked
    assert post.fields["authorization"] == "Bearer x"
    for foreign in (head, delete):
        assert not {"authorization", "x-site"} & foreign.fields.keys()
        assert foreign.fields["host"].startswith("localhost:")


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


def test_a_peer_that_never_answers_ends_by_the_deadline(bench: Any, make_step: Any) -> None:
    async def silent(ask: Any) -> None:
        await asyncio.sleep(30)

    ran = bench.run(silent, make_step("retrieve", "x", within=Duration(0.1), to="/x"))
    assert ends(ran) == ["deadline"]


def test_cookies_are_kept_within_a_scenario(bench: Any, make_step: Any) -> None:
    async def sets(ask: Any) -> None:
        ask.say(200, Set_Cookie="node=7; Path=/; Secure")

    steps = [make_step("request", name, method="GET") for name in ("one", "two")]
    bench.run(sets, *steps, cookies=True)
    assert [ask.fields.get("cookie") for ask in bench.server.asked] == [None, "node=7"]


def test_every_verb_and_draft_goes_out_with_its_framing(bench: Any, make_step: Any) -> None:
    async def answers(ask: Any) -> None:
        await ask.read()
        ask.say(204)

    verbs = ("create", "append", "retrieve", "cancel", "discover", "request")
    for draft in DRAFTS:
        bench.draft = draft
        steps = [make_step(verb, f"s-{verb}", set_up=False, to="/x") for verb in verbs]
        ran = bench.run(answers, *steps)
        assert ran.binding.errors == {}
        assert ends(ran) == ["final"] * 6
