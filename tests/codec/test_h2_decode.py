"""Field blocks that come: what any encoder wrote is read, and nothing else is trusted."""

from __future__ import annotations

import pytest
from hpack import Encoder
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec.h2_decode import BlockError, FieldDecoder, TooLargeError

Fields = list[tuple[bytes, bytes]]

NAMES = st.sampled_from([b":status", b"location", b"x-own", b"", b"n" * 300])
VALUES = st.sampled_from([b"", b"200", b"/files/1", b"\xff\0", b"v" * 2500]) | st.binary(
    max_size=40
)
BLOCKS = st.lists(st.lists(st.tuples(NAMES, VALUES), max_size=8), max_size=12)


@given(BLOCKS, st.booleans(), st.lists(st.integers(0, 4096), max_size=12))
@settings(max_examples=100, deadline=None)
def test_what_an_encoder_wrote_is_read(
    blocks: list[Fields], huffman: bool, sizes: list[int]
) -> None:
    encoder, decoder = Encoder(), FieldDecoder(1_000_000)
    for number, fields in enumerate(blocks):
        if number < len(sizes):
            encoder.header_table_size = sizes[number]
        assert decoder.decode(bytes(encoder.encode(fields, huffman=huffman))) == fields


@given(st.lists(st.binary(max_size=60), max_size=4))
@settings(max_examples=100, deadline=None)
def test_whatever_octets_come_they_are_read_or_refused(blocks: list[bytes]) -> None:
    decoder = FieldDecoder(500)
    for octets in blocks:
        try:
            fields = decoder.decode(octets)
        except BlockError:
            return
        assert sum(len(name) + len(value) + 32 for name, value in fields) <= 500


@pytest.mark.parametrize(
    "octets",
    [
        b"\x80",  # no entry has the number 0
        b"\xbe",  # nothing was added
        b"\xff\xff\xff\xff\xff\xff\x01",  # an endless integer
        b"\xff\x80",  # an integer cut off
        b"\x48",  # no value
        b"\x48\x05abc",  # a value cut off
        b"\x88\x20",  # a smaller table after a field
        b"\x3f\xe2\x1f",  # a table of 4097 octets
        b"\x48\x81\x00",  # Huffman code with too much padding
        b"\x40\x00\x84\xff\xff\xff\xff",  # Huffman code with the end of string in it
    ],
)
def test_a_block_that_makes_no_sense_is_refused(octets: bytes) -> None:
    with pytest.raises(BlockError):
        FieldDecoder(1000).decode(octets)


def test_a_small_block_that_says_much_is_refused() -> None:
    decoder = FieldDecoder(5000)
    decoder.decode(b"\x40\x01a\x7f\xa1\x1e" + b"v" * 4000)
    with pytest.raises(TooLargeError):
        decoder.decode(b"\xbe\xbe")


def test_fields_not_to_be_indexed_leave_the_table_alone() -> None:
    decoder = FieldDecoder(1000)
    assert decoder.decode(b"\x00\x01a\x01b" + b"\x10\x01c\x01d") == [(b"a", b"b"), (b"c", b"d")]
    with pytest.raises(BlockError):
        decoder.decode(b"\xbe")
