"""Steps over HTTP/2 against the reference server: what is shared, released, shut and framed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from conformance.embedded import Embedded, EmbeddedTarget
from conformance.model.node import Scalar
from conformance.model.scenario import Cut, FrameKind, FramePart, Point, ResumeStep, TogetherStep
from conformance.model.transcript import CutHow, End
from conformance.model.values import Duration
from conformance.syntax.values import read_range, read_size, read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.engine.runner import Ran


@pytest.fixture(scope="module")
def target() -> Iterator[EmbeddedTarget]:
    with Embedded() as running:
        yield running.configurations["plain"]


def perform(bench: Any, target: EmbeddedTarget, *steps: Any, transport: str = "h2") -> Ran:
    bench.transport = transport
    ran: Ran = asyncio.run(bench.against(target.url, *steps))
    return ran


def fields(**given: str) -> tuple[tuple[str, Any], ...]:
    named = {":method": "PATCH", ":scheme": "http", ":authority": "h", ":path": "$up.path"}
    named |= {name.replace("_", "-"): value for name, value in given.items()}
    return tuple((name, (read_template(Scalar(value)),)) for name, value in named.items())


def test_an_upload_in_parts_uses_a_connection_for_each_exchange(
    bench: Any, make_step: Any, target: EmbeddedTarget
) -> None:
    ran = perform(
        bench,
        target,
        make_step("create", "up", send="0..1 KiB", complete=False),
        make_step("append", "rest", of="up", at="1 KiB", complete=True),
        make_step("retrieve", "seen", of="up", over="rest"),
    )
    assert ran.binding.not_run == {}
    created, appended, seen = ran.transcript.exchanges
    assert [each.request.version for each in (created, appended, seen)] == ["HTTP/2"] * 3
    assert created.connection != appended.connection == seen.connection
    assert (appended.stream, seen.stream) == (1, 3)
    assert seen.final is not None
    assert seen.final.value("Upload-Complete") == b"?1"
    assert ran.leftovers == 0


def test_a_connection_is_shared_while_an_exchange_on_it_is_open(
    bench: Any, make_step: Any, target: EmbeddedTarget
) -> None:
    ran = perform(
        bench,
        target,
        make_step("create", "up", send="0..1 KiB", declare="whole", complete=True, leave=True),
        make_step("retrieve", "seen", of="up", over="up"),
        ResumeStep(name="rest", exchange="up", send=read_range(Scalar("1 KiB..end"))),
    )
    assert (ran.binding.not_run, ran.binding.not_due) == ({}, {})
    up, seen = ran.transcript.exchanges
    assert seen.connection == up.connection
    assert seen.end is End.FINAL


def test_a_cut_resets_the_stream_and_the_connection_lives(
    bench: Any, make_step: Any, target: EmbeddedTarget
) -> None:
    cut = Cut(how=CutHow.RESET, after=read_size(Scalar("3000 B")), at_most=Duration(1.0))
    ran = perform(
        bench,
        target,
        make_step("create", "up", declare="whole", complete=True, cut=cut),
        make_step("retrieve", "seen", of="up", over="up"),
    )
    up, seen = ran.transcript.exchanges
    assert (up.end, up.request.handed) == (End.CUT, 3000)
    assert seen.connection == up.connection
    assert seen.final is not None
    assert seen.final.value("Upload-Offset") == b"3000"


@pytest.mark.parametrize("release", ["header end", "last octet"])
def test_together_on_one_connection_is_one_write(
    bench: Any, make_step: Any, target: EmbeddedTarget, release: str
) -> None:
    steps = tuple(
        make_step("append", name, of="up", at="1 KiB", send="1 KiB..2 KiB", complete=False)
        for name in "ab"
    )
    ran = perform(
        bench,
        target,
        make_step("create", "up", send="0..1 KiB", complete=False),
        TogetherStep(name="race", release=release, over="one-connection", steps=steps),
    )
    assert ran.binding.errors == {}
    assert ran.binding.overlapped == {"race"}
    _, first, second = ran.transcript.exchanges
    assert first.connection == second.connection
    assert {first.stream, second.stream} == {1, 3}


def test_a_window_stays_shut_until_the_exchange_goes_on(
    bench: Any, make_step: Any, target: EmbeddedTarget
) -> None:
    ran = perform(
        bench,
        target,
        make_step("request", "get", method="GET", leave=True, window=read_size(Scalar("0 B"))),
        ResumeStep(name="rest", exchange="get"),
    )
    (exchange,) = ran.transcript.exchanges
    frames = ran.transcript.connections[0].frames
    settings = next(f for f in frames if f.direction == "sent" and f.type == "SETTINGS")
    assert "INITIAL_WINDOW_SIZE=0" in settings.note
    assert any(f.type == "WINDOW_UPDATE" and f.stream == exchange.stream for f in frames)
    assert exchange.end is End.FINAL


def test_frames_are_written_with_values_filled_in(
    bench: Any, make_step: Any, target: EmbeddedTarget
) -> None:
    parts = (
        FramePart(
            kind=FrameKind.HEADERS,
            fields=fields(
                upload_offset="1024",
                upload_complete="?0",
                upload_draft_interop_version="8",
                content_type="application/partial-upload",
            ),
            pad=10,
            split=read_size(Scalar("20 B")),
        ),
        FramePart(kind=FrameKind.WAIT, until=(Point.FINAL,), at_most=Duration(0.05)),
        FramePart(kind=FrameKind.DATA, content=read_range(Scalar("1 KiB..1500 B")), pad=8),
        FramePart(kind=FrameKind.PING, octets=b"12345678"),
        FramePart(kind=FrameKind.DATA, flags=("END_STREAM",)),
    )
    bench.draft = 8
    steps = (
        make_step("create", "up", send="0..1 KiB", complete=False),
        make_step("frames", "odd", of="up", frames=parts),
    )
    ran = perform(bench, target, *steps)
    assert ran.binding.not_run == {}
    odd = ran.transcript.exchanges[1]
    assert odd.final is not None
    assert 200 <= odd.final.status < 300
    assert (odd.request.method, odd.request.handed) == ("PATCH", 476)
    assert odd.request.url == ran.binding.uploads["up"]
    refused = perform(bench, target, *steps, transport="h1")
    assert "only be sent over HTTP/2" in refused.binding.not_run["odd"]
