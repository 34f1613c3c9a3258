"""Each way a target cannot be run against has one cause and one remedy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.engine.diagnosis import broken_transport, refused_everything
from conformance.model.transcript import (
    End,
    Exchange,
    Framing,
    Lint,
    Message,
    ReceivedContent,
)
from tests.engine import exchanges


def message(status: int, content: bytes = b"", **fields: str) -> Message:
    received = ReceivedContent(length=len(content), octets=content)
    return exchanges.message(status, fields, head=b"HTTP/1.1 ...", content=received)


def exchange(end: End, detail: str = "", *, scheme: str = "http", **more: Any) -> Exchange:
    url = f"{scheme}://h:8080/up"
    request = exchanges.request(url=url, framing=Framing.CONTENT_LENGTH, declared=0)
    return exchanges.exchange(end, request=request, detail=detail, **more)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (exchange(End.REFUSED, "Connection refused"), "start the server"),
        (exchange(End.MALFORMED, stray=b"SSH-2.0"), "'SSH-2.0'"),
        (exchange(End.MALFORMED), "nothing readable"),
        (exchange(End.MALFORMED, stray=b"\x15\x03\x01\x00\x02"), "write https://h:8080/up"),
        (exchange(End.CLOSED, scheme="http"), "if it speaks TLS write https://"),
        (exchange(End.CLOSED, scheme="https"), "speaks TLS"),
        (exchange(End.RESET), "resets the connection"),
        (exchange(End.DEADLINE, "no octet within 10.0 s"), "--scale"),
        (exchange(End.BOUND, "10001 interim responses"), "more than the suite accepts"),
        (
            exchange(End.REFUSED, "TLS: certificate verify failed: self-signed", scheme="https"),
            "--insecure",
        ),
        (exchange(End.REFUSED, "TLS: wrong version number", scheme="https"), "http://h:8080/up"),
        (exchange(End.REFUSED, "TLS: handshake failure", scheme="https"), "if it speaks cleartext"),
    ],
)
def test_a_broken_transport_has_a_remedy(seen: Exchange, words: str) -> None:
    text = broken_transport(seen)

    assert words in text
    assert "h:8080" in text


@pytest.mark.parametrize(
    "seen", [exchange(End.FINAL, final=message(500)), exchange(End.OPEN), exchange(End.CUT)]
)
def test_an_answer_of_any_kind_is_no_broken_transport(seen: Exchange) -> None:
    assert broken_transport(seen) == ""


def test_what_a_malformed_answer_began_with_is_shown() -> None:
    odd = replace(
        message(0), head=b"", lints=(Lint(rule="r", source="s", detail="d", octets=b"!?"),)
    )

    assert "'!?'" in broken_transport(exchange(End.MALFORMED, final=odd))


@pytest.mark.parametrize(
    ("final", "words"),
    [
        (message(400, b"<h1>The plain HTTP request was sent to HTTPS port</h1>"), "https://h:8080"),
        (message(400), "see its log"),
        (message(302, Location="/login"), "redirects to /login"),
        (message(307), "redirects to nowhere"),
        (message(405, Allow="PUT, PATCH"), "it allows PUT, PATCH"),
        (message(405), "--method"),
        (message(413), "limits"),
        (message(422), "body"),
        (message(429), "--parallel"),
        (message(501), "--method"),
        (message(599), "see its log"),
    ],
)
def test_a_target_that_takes_nothing_has_a_remedy(final: Message, words: str) -> None:
    refused = exchange(End.FINAL, final=final)

    assert words in refused_everything([refused, refused])
    assert "no better" in refused_everything([refused, refused])


def test_one_upload_that_is_taken_is_enough() -> None:
    refused = exchange(End.FINAL, final=message(400))
    taken = exchange(End.FINAL, final=message(201))

    assert refused_everything([refused, refused, taken]) == ""
    assert refused_everything([exchange(End.CLOSED)]) == ""
