"""HTTP/2 frames for a relay: nothing lost, field blocks that need no table."""

from __future__ import annotations

import pytest
from hpack import Decoder, Encoder
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec import h2_frames as frames
from conformance.codec.h2_frames import PREFACE, RawFrame
from conformance.codec.h2_relay import (
    BlockDecoder,
    FieldBlock,
    FrameSplitter,
    NotFollowedError,
    content_of,
    write_block,
    write_frame,
)

_NAMES = st.binary(min_size=1, max_size=300)


@given(payloads=st.lists(st.binary(max_size=60), max_size=6), at=st.integers(1, 40))
@settings(max_examples=60)
def test_frames_come_out_as_they_went_in(payloads: list[bytes], at: int) -> None:
    sent = [write_frame(frames.DATA, 0, 1, payload) for payload in payloads]
    data = PREFACE + b"".join(sent)
    splitter = FrameSplitter(preface=True)
    found = [
        frame.octets
        for low in range(0, len(data), at)
        for frame in splitter.feed(data[low : low + at])
    ]
    assert found == sent
    assert bytes(splitter.rest) == b""


@given(fields=st.lists(st.tuples(_NAMES, _NAMES), max_size=8))
@settings(max_examples=60)
def test_a_block_written_again_says_the_same_to_an_empty_table(
    fields: list[tuple[bytes, bytes]],
) -> None:
    block = FieldBlock(type=frames.HEADERS, stream=1, fields=tuple(fields), end_stream=False)
    written = list(FrameSplitter(preface=False).feed(write_block(block)))
    coded = b"".join(frame.payload for frame in written)
    decoder = Decoder(max_header_list_size=1_000_000)
    decoder.max_allowed_table_size = 0
    assert [tuple(map(bytes, line)) for line in decoder.decode(coded, raw=True)] == fields


def test_a_large_block_is_continued() -> None:
    fields = ((b"x", b"v" * 40_000),)
    block = FieldBlock(type=frames.HEADERS, stream=3, fields=fields, end_stream=True, flags=1)
    found = FrameSplitter(preface=False).feed(write_block(block))
    assert [frame.type_name for frame in found] == ["HEADERS", "CONTINUATION", "CONTINUATION"]
    assert found[0].flags == frames.END_STREAM
    assert found[-1].flags == frames.END_HEADERS
    decoder = BlockDecoder()
    blocks = [decoder.take(frame) for frame in found if decoder.wants(frame)]
    assert blocks[-1] is not None
    assert blocks[-1].fields == fields


def test_padding_and_priority_are_understood() -> None:
    coded = Encoder().encode([(b"a", b"b")])
    payload = b"\x03" + b"\x00\x00\x00\x00\x10" + coded + b"\x00\x00\x00"
    frame = RawFrame(write_frame(frames.HEADERS, 0x8 | 0x20 | frames.END_HEADERS, 1, payload))
    block = BlockDecoder().take(frame)
    assert block is not None
    assert (block.fields, block.lead) == (((b"a", b"b"),), b"\x00\x00\x00\x00\x10")


@pytest.mark.parametrize(
    "found",
    [
        [write_frame(frames.CONTINUATION, 4, 1, b"")],
        [write_frame(frames.HEADERS, 0, 1, b""), write_frame(frames.DATA, 0, 1, b"")],
        [write_frame(frames.HEADERS, 0, 1, b""), write_frame(frames.CONTINUATION, 4, 3, b"")],
        [write_frame(frames.HEADERS, 4, 1, b"\xff\xff\xff\xff\xff")],
        [write_frame(frames.HEADERS, 4 | 0x8, 1, b"\x09ab")],
        [write_frame(frames.HEADERS, 0, 1, b"x" * 300_000)],
    ],
)
def test_blocks_that_make_no_sense_are_refused(found: list[bytes]) -> None:
    with pytest.raises(NotFollowedError):
        decode(found)


def decode(found: list[bytes]) -> None:
    decoder = BlockDecoder()
    for frame in map(RawFrame, found):
        if decoder.wants(frame):
            decoder.take(frame)


def test_content_is_told_from_padding() -> None:
    assert content_of(RawFrame(write_frame(frames.DATA, 0, 1, b"\x02ab\x00\x00"))) == (
        b"\x02ab\x00\x00"
    )
    assert content_of(RawFrame(write_frame(frames.DATA, 0x8, 1, b"\x02ab\x00\x00"))) == b"ab"
    with pytest.raises(NotFollowedError):
        content_of(RawFrame(write_frame(frames.DATA, 0x8, 1, b"\x05ab")))
