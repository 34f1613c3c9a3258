"""Interruptions on TCP and TLS, made so that it is known what reached the peer.

A reset throws away what the kernel has not sent yet, and closing a socket with unread octets sends
RST instead of FIN. So every cut first waits until the out-queue is empty, and a FIN is made by
shutting down the sending side after everything that arrived has been read.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.model.transcript import CutHow, CutMade
from conformance.wire.tls import TlsLink

if TYPE_CHECKING:
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.carrier import Carrier
    from conformance.wire.link import Link

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02


async def make_cut(
    connection: Carrier, record: ExchangeRecord, how: CutHow, at_most: float
) -> None:
    """Interrupt an exchange, and with it the connection unless it is a half-close."""
    link, outbox = connection.link, connection.outbox
    if link is None or outbox is None:
        note_cut(connection, record, how, None, "there was no connection")
        return
    outbox.withdraw(record.sent)
    if how is CutHow.HALF_CLOSE:  # takes nothing back, so there is nothing to wait for
        left = link.unacknowledged()
    else:
        left = await settled(connection, link, at_most)
    made, note = how, ""
    if how is CutHow.TLS_TRUNCATE and not isinstance(link, TlsLink):
        made, note = CutHow.CLOSE, "there is no TLS to truncate: closed"
    if connection.over:
        note = "the connection had ended before"
    elif left and how is not CutHow.HALF_CLOSE:
        note = f"{left} octets in the out-queue were not acknowledged in time"
    link.pull()
    note_cut(connection, record, made, left, note)
    await _make(connection, link, record, made, at_most)


async def _make(
    connection: Carrier, link: Link, record: ExchangeRecord, how: CutHow, at_most: float
) -> None:
    if how is CutHow.HALF_CLOSE:
        link.finish_sending()
        return
    connection.cut_short(record, how)
    connection.record.close("us", connection.recorder.moment(), reset=how is CutHow.RESET)
    if how is CutHow.RESET:
        link.reset()
    else:
        if how is CutHow.TLS_TRUNCATE:
            link.truncate()
        else:
            link.finish_sending()
        await connection.pulse.until(lambda: connection.over, at_most)
    connection.abandon()


async def settled(connection: Carrier, link: Link, at_most: float) -> int | None:
    """Wait until the peer's kernel has acknowledged everything; return what it has not."""
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + at_most, 0.0
    left = link.unacknowledged()
    while left and not connection.over and loop.time() < deadline:
        await asyncio.sleep(pause)
        pause = min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        left = link.unacknowledged()
    return left


def note_cut(
    connection: Carrier,
    record: ExchangeRecord,
    how: CutHow,
    left: int | None,
    note: str,
) -> None:
    """Note an interruption that is about to be made."""
    handed = record.sent.handed
    record.sent.cut = CutMade(
        how=how,
        content_handed=handed,
        acknowledged=None if left is None else max(0, handed - left),
        at=connection.recorder.moment(),
        note=note,
    )
