"""A cut made on the path is recorded as what reached the peer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.transcript import (
    CutHow,
    CutMade,
    End,
    FieldLine,
    Framing,
    Moment,
    SentRange,
)
from conformance.wire import H1Connection, OutgoingRequest, Recorder, reach
from conformance.wire.path_cuts import note_path_cut

if TYPE_CHECKING:
    from conformance.model.transcript import Exchange

REQUEST = OutgoingRequest(
    method="POST",
    target="/f",
    url="http://h/f",
    fields=(FieldLine(b"Content-Length", b"300"),),
    framing=Framing.CONTENT_LENGTH,
    declared=300,
)


async def interrupted(port: int, how: CutHow, handed: int, *, whole: bool) -> Exchange:
    recorder = Recorder()
    connection = await H1Connection.open(await reach("127.0.0.1", port), recorder, 5)
    live = connection.begin(REQUEST)
    await live.send_head()
    await live.send(b"a" * 100, SentRange(start=0, end=100))
    await live.send(b"b" * 200, SentRange(start=500, end=700))
    made = CutMade(how=how, content_handed=handed, acknowledged=handed, at=Moment(0, 0.0))
    note_path_cut(live, made, whole=whole)
    exchange = live.snapshot()
    await connection.close()
    return exchange


@pytest.mark.parametrize(
    ("handed", "ranges"),
    [
        (0, ()),
        (100, (SentRange(start=0, end=100),)),
        (150, (SentRange(start=0, end=100), SentRange(start=500, end=550))),
        (300, (SentRange(start=0, end=100), SentRange(start=500, end=700))),
    ],
)
def test_octets_behind_the_cut_were_never_sent(
    rig: Any, handed: int, ranges: tuple[SentRange, ...]
) -> None:
    async def work() -> None:
        async with rig.serving() as server:
            whole = handed == 300
            exchange = await interrupted(server.port, CutHow.RESET, handed, whole=whole)
            assert (exchange.request.handed, exchange.request.ranges) == (handed, ranges)
            assert exchange.request.complete is whole
            assert exchange.end is End.CUT
            assert exchange.request.cut is not None
            assert exchange.request.cut.how is CutHow.RESET

    rig.run(work())


def test_a_half_closed_exchange_goes_on(rig: Any) -> None:
    async def work() -> None:
        async with rig.serving() as server:
            exchange = await interrupted(server.port, CutHow.HALF_CLOSE, 10, whole=False)
            assert exchange.end is End.OPEN
            await asyncio.sleep(0)

    rig.run(work())
