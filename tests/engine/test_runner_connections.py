"""The runner's connections to scripted servers: shared, side by side, redirected, trusted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.engine.circumstances import overlapped
from conformance.model.scenario import TogetherStep
from tests.engine.scripts import final, store


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


def test_cookies_are_kept_within_a_scenario(bench: Any, make_step: Any) -> None:
    async def sets(ask: Any) -> None:
        ask.say(200, Set_Cookie="node=7; Path=/; Secure")

    steps = [make_step("request", name, method="GET") for name in ("one", "two")]
    bench.run(sets, *steps, cookies=True)
    assert [ask.fields.get("cookie") for ask in bench.server.asked] == [None, "node=7"]
