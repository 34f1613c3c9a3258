"""Reading the responses on one HTTP/2 stream, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.codec import interims
from conformance.codec.h1_read import BoundReached, ContentPiece, FinalHead, InterimHead
from conformance.codec.h2_response import StreamReader
from conformance.model.transcript import Moment

if TYPE_CHECKING:
    import pytest

NOW = Moment(1, 0.0)
FILLED = [(b":status", b"103"), (b"link", b"x" * 60)]


def told(reader: StreamReader, fields: list[tuple[bytes, bytes]]) -> list[str]:
    events = reader.block(fields, end_stream=False, began=NOW, moment=NOW)
    return [type(event).__name__ for event in events]


def test_interim_responses_are_bounded_by_their_octets(monkeypatch: pytest.MonkeyPatch) -> None:
    first = StreamReader("POST").block(FILLED, end_stream=False, began=NOW, moment=NOW)[0]
    assert isinstance(first, InterimHead)
    monkeypatch.setattr(interims, "INTERIM_OCTETS_BOUND", 3 * len(first.octets))
    reader = StreamReader("POST")
    assert [told(reader, FILLED) for _ in range(3)] == [["InterimHead"]] * 3
    assert not reader.failed
    *_, bound = reader.block(FILLED, end_stream=False, began=NOW, moment=NOW)
    assert isinstance(bound, BoundReached)
    assert "octets of interim responses" in bound.detail
    assert reader.failed


def test_interim_responses_are_bounded_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interims, "INTERIM_BOUND", 2)
    reader = StreamReader("POST")
    assert [told(reader, FILLED) for _ in range(2)] == [["InterimHead"]] * 2
    assert told(reader, FILLED) == ["InterimHead", "BoundReached"]
    assert reader.failed


def test_content_is_taken_up_to_its_bound() -> None:
    reader = StreamReader("GET", max_content=4)
    head = reader.block([(b":status", b"200")], end_stream=False, began=NOW, moment=NOW)
    assert [type(event) for event in head] == [FinalHead]
    assert reader.data(b"abcd", end_stream=False, moment=NOW) == [ContentPiece(data=b"abcd")]
    (bound,) = reader.data(b"e", end_stream=False, moment=NOW)
    assert bound == BoundReached(detail="more content than is accepted")
    assert reader.failed
