"""Field blocks we encode: any decoder understands them, whatever its table may hold."""

from __future__ import annotations

from hpack import Decoder, Encoder
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec.h2_encode import FieldEncoder

Fields = list[tuple[bytes, bytes]]

NAMES = st.sampled_from([b":path", b":method", b"accept", b"x-own", b"X-Large", b""])
VALUES = st.sampled_from([b"", b"GET", b"/", b"/files/1", b"a" * 127, b"\xff\0", b"b" * 2500])
BLOCKS = st.lists(
    st.lists(st.tuples(NAMES, VALUES | st.binary(max_size=40)), max_size=8), max_size=12
)
SIZES = st.sampled_from([None, 0, 60, 500, 4096, 65_536])


@given(BLOCKS)
@settings(max_examples=60, deadline=None)
def test_blocks_are_what_another_encoder_makes_of_the_same_fields(blocks: list[Fields]) -> None:
    ours, theirs = FieldEncoder(), Encoder()
    assert [ours.encode(each) for each in blocks] == [bytes(theirs.encode(e)) for e in blocks]


@given(st.lists(st.tuples(SIZES, SIZES), max_size=10), BLOCKS)
@settings(max_examples=100, deadline=None)
def test_a_peer_may_change_its_table_between_blocks(
    offers: list[tuple[int | None, int | None]], blocks: list[Fields]
) -> None:
    encoder, decoder = FieldEncoder(), Decoder(max_header_list_size=1_000_000)
    for number, fields in enumerate(blocks):
        for size in offers[number] if number < len(offers) else ():
            if size is not None:
                encoder.resize(size)
        decoded = decoder.decode(encoder.encode(fields), raw=True)
        assert [(bytes(name), bytes(value)) for name, value in decoded] == fields


def test_a_smaller_table_is_told_with_the_next_block() -> None:
    encoder = FieldEncoder()
    encoder.resize(4096)
    assert encoder.encode([(b":method", b"GET")]) == b"\x82"
    encoder.resize(0)
    encoder.resize(10)
    assert encoder.encode([(b":method", b"GET")]) == b"\x20\x2a\x82"


def test_a_table_larger_than_usual_is_not_made_use_of() -> None:
    encoder = FieldEncoder()
    encoder.resize(2**32 - 1)
    assert encoder.encode([]) == b""
