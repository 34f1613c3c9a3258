"""What the runner hands to a scripted server: all of it, a part, later, in pieces."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.engine.judge_context import Context
from conformance.model.node import Scalar
from conformance.model.scenario import Cut, Hold, OctetPart, Point, ResumeStep, Trickle
from conformance.model.transcript import CutHow, End, Framing
from conformance.model.values import Duration, EndOfContent, Octets, Percent, Range, Size
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.syntax.values import read_template
from tests.engine.scripts import ends, final, octets, store


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


def test_octets_are_written_as_they_are(bench: Any, make_step: Any) -> None:
    text = "HEAD /odd HTTP/1.1\r\nhost: ${target.authority}\r\n\r\n"
    part = OctetPart(text=read_template(Scalar(text)))

    async def script(ask: Any) -> None:
        ask.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")

    ran = bench.run(script, make_step("octets", "odd", octets=(part,)))
    assert bench.server.lines == ["HEAD /odd"]
    assert ends(ran) == ["final"]


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


def test_a_peer_that_never_answers_ends_by_the_deadline(bench: Any, make_step: Any) -> None:
    async def silent(ask: Any) -> None:
        await asyncio.sleep(30)

    ran = bench.run(silent, make_step("retrieve", "x", within=Duration(0.1), to="/x"))
    assert ends(ran) == ["deadline"]
