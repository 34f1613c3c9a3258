"""Exchanges over HTTP/2 as text: heads in words, frames in a line, resets by their name."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.render import frames_text, render
from conformance.model.transcript import (
    Connection,
    CutHow,
    CutMade,
    End,
    Exchange,
    FieldLine,
    Frame,
    Framing,
    Message,
    Moment,
    SentRequest,
)

REQUEST = SentRequest(
    method="POST",
    target="/f",
    url="http://h/f",
    version="HTTP/2",
    fields=(FieldLine(b":method", b"POST"),),
    head=b":method: POST\r\n:path: /f\r\n",
    framing=Framing.CONTENT_LENGTH,
    declared=100,
    handed=40,
    head_at=Moment(1, 0.0),
)
ANSWER = Message(
    status=409,
    reason=b"",
    version="HTTP/2",
    fields=(),
    head=b":status: 409\r\n",
    began=Moment(5, 0.5),
    at=Moment(5, 0.5),
    ended=Moment(5, 0.5),
)


def frame(
    direction: str, kind: str, *flags: str, stream: int = 3, length: int = 0, note: str = ""
) -> Frame:
    return Frame(
        direction=direction,
        type=kind,
        stream=stream,
        flags=flags,
        length=length,
        note=note,
        at=Moment(1, 0.0),
    )


FRAMES = (
    frame("sent", "SETTINGS", stream=0),
    frame("sent", "HEADERS", "END_HEADERS", length=30, note="POST /f"),
    frame("sent", "DATA", length=20),
    frame("sent", "DATA", stream=5, length=9),
    frame("sent", "DATA", length=20),
    frame("received", "HEADERS", "END_HEADERS", "END_STREAM", length=1, note=":status 409"),
    frame("received", "RST_STREAM", length=4, note="NO_ERROR"),
    frame("received", "GOAWAY", stream=0, length=8, note="NO_ERROR, last stream 3"),
)


def test_both_directions_name_their_frames() -> None:
    exchange = Exchange(
        id=0, connection=0, request=REQUEST, final=ANSWER, end=End.FINAL, stream=3, reset_code=0
    )
    told = render(exchange, "up", Connection(id=0, address="h:1", frames=FRAMES))
    assert told.sent.endswith(
        "[frames on stream 3, octets in brackets: HEADERS END_HEADERS (30), 2 x DATA (40)]"
    )
    assert told.received.endswith(
        "HEADERS END_HEADERS END_STREAM (1), RST_STREAM NO_ERROR (4), "
        "GOAWAY NO_ERROR, last stream 3 (8)]"
    )
    assert ":status: 409" in told.received
    assert "the target reset the stream with NO_ERROR" in told.note


def test_interruptions_of_a_stream_are_called_so() -> None:
    exchange = Exchange(id=0, connection=0, request=REQUEST, end=End.CUT, stream=3)
    for how, words in (
        (CutHow.RESET, "we reset the stream after 40 octets"),
        (CutHow.HALF_CLOSE, "we ended our side of the stream after"),
        (CutHow.CLOSE, "we closed the connection after"),
    ):
        made = CutMade(how=how, content_handed=40, acknowledged=None, at=Moment(3, 0.1))
        cut = replace(exchange, request=replace(REQUEST, cut=made))
        assert words in render(cut, "up").note


def test_a_reset_instead_of_an_answer_is_that_of_the_stream() -> None:
    exchange = Exchange(id=0, connection=0, request=REQUEST, end=End.RESET, stream=3, reset_code=11)
    assert "the target reset the stream with ENHANCE_YOUR_CALM" in render(exchange, "up").note


def test_many_frames_are_shortened() -> None:
    many = [frame("sent", f"type 0x{number:02x}") for number in range(20, 120)]
    text = frames_text(many, 3, "sent")
    assert "60 more" in text
    assert "type 0x14 (0)" in text
    assert "type 0x77 (0)" in text
    assert frames_text(many, 3, "received") == ""
