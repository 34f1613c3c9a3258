"""Requests as HTTP/2 has them."""

from __future__ import annotations

import pytest

from conformance.model.transcript import FieldLine, Framing
from conformance.wire import OutgoingRequest
from conformance.wire.h2_request import pairs, translate


def lines(*given: tuple[str, str]) -> tuple[FieldLine, ...]:
    return tuple(FieldLine(name.encode(), value.encode()) for name, value in given)


def made(**keys: object) -> dict[bytes, bytes]:
    request = OutgoingRequest(
        **{"method": "POST", "target": "/f", "url": "https://u.example/f"} | keys  # type: ignore[arg-type]
    )
    translated = translate(request)
    assert translated.version == "HTTP/2"
    return dict(pairs(translated.fields))


def test_pseudo_fields_come_first_and_host_becomes_one_of_them() -> None:
    request = OutgoingRequest(
        method="PUT",
        target="/f",
        url="https://u.example/f",
        fields=lines(("X-A", "1"), ("Host", "other.example:8"), ("x-a", "2")),
    )
    assert pairs(translate(request).fields) == (
        (b":method", b"PUT"),
        (b":scheme", b"https"),
        (b":authority", b"other.example:8"),
        (b":path", b"/f"),
        (b"x-a", b"1"),
        (b"x-a", b"2"),
    )


def test_without_host_the_url_tells_the_authority() -> None:
    assert made()[b":authority"] == b"u.example"


def test_fields_about_connections_are_dropped_with_those_they_name() -> None:
    fields = lines(
        ("Connection", "Keep-Alive, X-Hop"),
        ("Keep-Alive", "5"),
        ("X-Hop", "1"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "x"),
        ("Proxy-Connection", "close"),
        ("TE", "gzip"),
        ("Expect", "100-continue"),
    )
    names = made(fields=fields).keys()
    assert names == {b":method", b":scheme", b":authority", b":path", b"expect"}
    assert b"te" in made(fields=lines(("TE", "Trailers")))


def test_chunked_content_has_neither_coding_nor_length() -> None:
    fields = lines(("Transfer-Encoding", "chunked"), ("Content-Length", "5"))
    names = made(fields=fields, framing=Framing.CHUNKED).keys()
    assert not {b"transfer-encoding", b"content-length"} & names
    kept = made(fields=lines(("Content-Length", "5")), framing=Framing.CONTENT_LENGTH, declared=5)
    assert kept[b"content-length"] == b"5"


@pytest.mark.parametrize(
    ("target", "url", "path"),
    [
        ("*", "http://h/", b"*"),
        ("/a?b", "http://h/a?b", b"/a?b"),
        ("http://h/a?b", "http://h/a?b", b"/a?b"),
        ("http://h", "http://h", b"/"),
        ("/\u00fc", "http://h/", b"/\xfc"),
        ("/\u2603", "http://h/", "/\u2603".encode()),
    ],
)
def test_the_path_is_the_target_without_scheme_and_authority(
    target: str, url: str, path: bytes
) -> None:
    assert made(target=target, url=url)[b":path"] == path


def test_connect_has_no_path() -> None:
    assert made(method="CONNECT", target="h:1", url="http://h:1/").keys() == {
        b":method",
        b":authority",
    }
