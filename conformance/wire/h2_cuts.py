"""Interruptions on HTTP/2: of one stream, or of the connection with everything on it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from conformance.model.transcript import CutHow, End
from conformance.wire import cuts
from conformance.wire.outbox import Kind, Piece

if TYPE_CHECKING:
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.h2_connection import H2Connection


async def make_cut(
    connection: H2Connection, record: ExchangeRecord, how: CutHow, at_most: float
) -> None:
    """Interrupt an exchange.

    What is already framed is always sent to its end, because other streams need every octet of a
    frame that was begun.
    """
    link, outbox = connection.link, connection.outbox
    if link is None or outbox is None or connection.over:
        await cuts.make_cut(connection, record, how, at_most)
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + at_most
    await connection.pulse.until(lambda: outbox.empty or connection.over, at_most)
    left = max(0.0, deadline - loop.time())
    if how in (CutHow.CLOSE, CutHow.TLS_TRUNCATE):
        await cuts.make_cut(connection, record, how, left)
        return
    unread: int | None = link.unacknowledged()
    if how is CutHow.RESET:
        unread = await cuts.settled(connection, link, left)
        link.pull()
    cuts.note_cut(connection, record, how, unread, _note(connection, record, how, unread))
    if how is CutHow.RESET:
        _reset(connection, record)
    else:
        _half_close(connection, record)


def _note(connection: H2Connection, record: ExchangeRecord, how: CutHow, unread: int | None) -> str:
    """Say why an interruption is not what was meant; empty if it is."""
    if connection.over:
        return "the connection had ended before"
    if not record.stream:
        return "no stream had been opened"
    reader = connection.session.reader(record.stream)
    if reader is None or reader.abandoned:
        return "the stream had been reset before"
    if record.ended_at is not None and how is CutHow.HALF_CLOSE:
        return "our side of the stream had ended before"
    if unread and how is CutHow.RESET:
        return f"{unread} octets in the out-queue were not acknowledged in time"
    return ""


def _reset(connection: H2Connection, record: ExchangeRecord) -> None:
    """Send RST_STREAM with CANCEL (RFC 9113 section 5.4.2), if there is a stream."""
    reader = connection.session.reader(record.stream)
    if reader is not None and not reader.abandoned and connection.usable:
        octets = connection.writer.reset(record.stream, int(ErrorCodes.CANCEL))
        _send(connection, record, octets)
    record.finish(End.CUT, connection.recorder.moment(), f"we cut it off ({CutHow.RESET})")
    connection.forget(record)


def _half_close(connection: H2Connection, record: ExchangeRecord) -> None:
    """Send END_STREAM although more was declared: the request is not whole."""
    reader = connection.session.reader(record.stream)
    if reader is None or reader.abandoned or record.ended_at is not None:
        return
    _send(connection, record, connection.writer.end(record.stream))


def _send(connection: H2Connection, record: ExchangeRecord, octets: bytes) -> None:
    if not octets or connection.outbox is None:
        return
    record.sent.owed += len(octets)
    done = partial(connection.note_sent, octets, "")
    piece = Piece(record=record.sent, kind=Kind.RAW, octets=octets, done=done)
    connection.put_own(connection.session.take_pending())
    connection.outbox.put((piece,))
    connection.flush()
