"""What the octets of an HTTP/2 frame mean for the request they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.codec.h2_frames import FRAME_HEADER
from conformance.model.scenario import FrameKind
from conformance.model.transcript import SentRange
from conformance.syntax.h2lint import head_text
from conformance.wire.outbox import Kind, Piece

if TYPE_CHECKING:
    from conformance.codec.h2_write import OutFrame
    from conformance.wire.sent import SentRecord


def content_piece(
    record: SentRecord, octets: bytes, sent: SentRange | None, *, ends: bool
) -> Piece:
    """Return a DATA frame without padding; its content is a range of representation data."""
    return Piece(
        record=record,
        kind=Kind.CONTENT,
        octets=octets,
        lead=FRAME_HEADER,
        content=len(octets) - FRAME_HEADER,
        sent=sent,
        ends=ends,
    )


def written_piece(
    record: SentRecord, out: OutFrame, octets: bytes, sent: SentRange | None
) -> tuple[Piece, str]:
    """Return a frame that was written on purpose, and what is to be said of it.

    The first HEADERS frame is the request's header section.
    """
    piece = Piece(record=record, kind=Kind.RAW, octets=octets, ends="END_STREAM" in out.flags)
    note = ""
    if out.kind is FrameKind.HEADERS and not record.head_planned:
        record.plan_head(head_text(out.fields), len(octets))
        piece.kind, note = Kind.HEAD, request_note(record)
    elif out.kind is FrameKind.DATA:
        piece.kind, piece.sent = Kind.CONTENT, sent
        piece.lead, piece.content = FRAME_HEADER + (out.pad is not None), len(out.data)
    return piece, note


def request_note(record: SentRecord) -> str:
    """Return what is said of the frame that carries a request's header section."""
    return f"{record.request.method} {record.request.target}"[:200]


def part_of(sent: SentRange | None, start: int, end: int) -> SentRange | None:
    """Return octets [start, end) of a range; None of none."""
    if sent is None:
        return None
    return SentRange(start=sent.start + start, end=sent.start + end, mark=sent.mark)
