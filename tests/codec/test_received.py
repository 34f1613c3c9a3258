"""Keeping content within bounds."""

from __future__ import annotations

import hashlib

import pytest

from conformance.codec.received import ContentKeeper
from conformance.model.transcript import CONTENT_KEPT


def keep(data: bytes, piece: int) -> ContentKeeper:
    keeper = ContentKeeper()
    for start in range(0, len(data), piece):
        keeper.add(data[start : start + piece])
    return keeper


def test_short_content_is_kept_verbatim() -> None:
    keeper = keep(b"abcdef", 4)
    content = keeper.received(complete=True)
    assert (content.octets, content.length, content.tail) == (b"abcdef", 6, b"")
    assert content.sha256 == hashlib.sha256(b"abcdef").digest()
    assert content.complete
    assert not content.shortened


def test_no_content_is_kept_as_such() -> None:
    content = ContentKeeper().received(complete=False)
    assert (content.octets, content.length, content.complete) == (b"", 0, False)


def test_the_record_can_be_taken_while_it_grows() -> None:
    keeper = ContentKeeper()
    keeper.add(b"ab")
    before = keeper.received(complete=False)
    keeper.add(b"cd")
    assert before.octets == b"ab"
    assert keeper.received(complete=True).octets == b"abcd"


@pytest.mark.parametrize("piece", [1000, 65_536, 3_000_000])
def test_long_content_keeps_both_ends_and_the_digest(piece: int) -> None:
    data = bytes(range(251)) * 8400
    assert len(data) > 2 * CONTENT_KEPT
    content = keep(data, piece).received(complete=True)
    assert content.shortened
    assert content.length == len(data)
    assert content.octets == data[:4096]
    assert content.tail == data[-4096:]
    assert content.sha256 == hashlib.sha256(data).digest()


def test_content_of_exactly_the_bound_is_kept() -> None:
    content = keep(bytes(CONTENT_KEPT), 65_536).received(complete=True)
    assert not content.shortened
