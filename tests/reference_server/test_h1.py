"""The HTTP/1.1 front end over real sockets: uploads and what interrupts them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from reference_server.serve import Configuration
from tests.reference_server.h1_client import V9, append, create, offset_of, store
from tests.reference_server.loopback import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reference_server.servers import Servers

# Uploads


def test_an_upload_in_parts_over_one_connection(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    client.send(*append(path, 3, "Content-Length: 3", complete="?0"), content=b"def")
    status, fields, content = client.final()
    assert (status, content) == (204, b"")
    assert "content-length" not in fields
    assert "date" in fields
    client.send(*append(path, 6, "Transfer-Encoding: chunked"))
    client.send(content=b"2\r\ngh\r\n1;x=y\r\ni\r\n0\r\nTrailer: x\r\n\r\n")
    assert client.final()[0] == 201
    client.send(f"GET {path.replace('uploads', 'files')} HTTP/1.1", "Host: x")
    assert client.final()[2] == b"abcdefghi"


def test_interim_responses_on_the_wire(servers: Servers) -> None:
    client = servers.h1(servers.start())
    client.send(
        "POST /a HTTP/1.1", "Host: x", V9, "Upload-Complete: ?1", "Expect: 100-continue",
        "Content-Length: 6",
    )  # fmt: skip
    status, fields, _ = client.read()
    assert status == 104
    assert set(fields) == {"upload-draft-interop-version", "location", "upload-limit"}
    assert client.read()[:2] == (100, {})
    client.send(content=b"abc")
    status, progress, _ = client.read()
    assert (status, progress["upload-offset"]) == (104, "3")
    assert set(progress) == {"upload-draft-interop-version", "upload-offset"}
    client.send(content=b"def")
    assert client.final()[0] == 201


@pytest.mark.parametrize("size", [70_000, 300_000, 3_000_000])
def test_large_content_and_what_follows_it(servers: Servers, size: int) -> None:
    client = servers.h1(servers.start())
    data = bytes(range(256)) * (size // 256)
    head = ("POST /a HTTP/1.1", "Host: x", V9, "Upload-Complete: ?1")
    threading.Thread(
        target=lambda: [
            client.send(*head, f"Content-Length: {len(data)}", content=data) for _ in range(2)
        ]
    ).start()
    assert client.final()[0] == 201
    status, fields, _ = client.final()
    assert status == 201
    other = servers.h1(servers.servers[0])
    other.send(f"GET {fields['content-location']} HTTP/1.1", "Host: x")
    assert other.final()[2] == data
    other.send(f"HEAD {fields['content-location']} HTTP/1.1", "Host: x")
    status, head_fields, _ = other.final(head_only=True)
    assert head_fields["content-length"] == str(len(data))
    assert offset_of(other, create(other)) == 3


def test_pipelined_requests(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    one = "\r\n".join([f"HEAD {path} HTTP/1.1", "Host: x", V9, "", ""])
    client.socket.sendall(one.encode() * 20)
    assert [client.final()[1]["upload-offset"] for _ in range(20)] == ["3"] * 20


def test_octets_that_come_one_by_one(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    text = "\r\n".join([*append(path, 3, "Transfer-Encoding: chunked"), "", ""])
    for octet in text.encode() + b"3;x\r\ndef\r\n0\r\n\r\n":
        client.send(content=bytes([octet]))
    assert client.final()[0] == 201
    client.send(f"GET {path.replace('uploads', 'files')} HTTP/1.1", "Host: x")
    assert client.final()[2] == b"abcdef"


def test_http_1_0(servers: Servers) -> None:
    client = servers.h1(servers.start())
    client.send(
        "POST /a HTTP/1.0", V9, "Upload-Complete: ?1", "Expect: 100-continue", "Content-Length: 3",
        content=b"abc",
    )  # fmt: skip
    assert client.read()[0] == 201
    assert client.ended()


def test_absolute_form(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    client.send(f"HEAD http://x{path} HTTP/1.1", "Host: x", V9)
    assert client.final()[0] == 204
    client.send("OPTIONS http://x HTTP/1.1", "Host: x", V9)
    assert client.final()[0] == 204


def test_a_slow_reader_gets_everything_and_its_next_response(servers: Servers) -> None:
    client = servers.h1(servers.start())
    data = bytes(range(256)) * 80_000
    path = store(client, data)
    client.send(f"GET {path} HTTP/1.1", "Host: x")
    client.send("OPTIONS * HTTP/1.1", "Host: x")
    time.sleep(0.1)
    assert client.final()[2] == data
    assert client.final()[0] == 204


def test_content_removed_while_it_is_sent(servers: Servers) -> None:
    server = servers.start()
    client = servers.h1(server)
    path = store(client, bytes(20_000_000))
    client.send(f"GET {path} HTTP/1.1", "Host: x")
    client.socket.recv(1)
    identifier = path.removeprefix("/files/")
    representation = server.core.registry.representation(identifier)
    assert representation is not None
    registry = server.core.registry
    servers.call(lambda: registry.drop(representation))
    with pytest.raises((EOFError, ConnectionResetError)):
        client.final()


def test_a_request_behind_large_content_in_one_segment(servers: Servers) -> None:
    client = servers.h1(servers.start())
    with servers.halted():  # so that all is read at once
        for _ in range(2):
            client.send(
                "POST /a HTTP/1.1", "Host: x", "Content-Length: 70000", content=bytes(70_000)
            )
    assert [client.final()[0], client.final()[0]] == [201, 201]


def test_a_store_that_fails_at_the_end_ends_the_connection(
    servers: Servers, tmp_path: Path
) -> None:
    directory = tmp_path / "store"
    client = servers.h1(servers.start(Configuration(store=directory)))
    client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: 4", content=b"abc")
    wait_for(lambda: any(directory.iterdir()))
    for file in directory.iterdir():
        file.unlink()
    directory.rmdir()
    client.send(content=b"d")
    assert client.ended()


# Interruptions


@pytest.mark.parametrize("how", ["fin", "half", "reset"])
@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_cut_transfers_keep_every_octet_and_complete_nothing(
    servers: Servers, how: str, framing: str
) -> None:
    server = servers.start()
    client, other = servers.h1(server), servers.h1(server)
    path = create(other)
    data = b"x" * 1000 if "Length" in framing else b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    client.send(*append(path, 3, framing), content=data)
    assert client.read()[1]["upload-offset"] == "1003"
    if how == "reset":
        client.reset()
    elif how == "half":
        client.socket.shutdown(socket.SHUT_WR)
    else:
        client.socket.close()
    other.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
    _, fields, _ = other.final()
    assert (fields["upload-offset"], fields["upload-complete"]) == ("1003", "?0")


def test_what_the_system_has_received_counts_before_take_over(servers: Servers) -> None:
    server = servers.start()
    other, stuck = servers.h1(server), servers.h1(server)
    path = create(other)
    stuck.send(*append(path, 3, "Content-Length: 90000"), content=b"x" * 1000)
    assert stuck.read()[1]["upload-offset"] == "1003"
    with servers.halted():
        other.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
        stuck.send(content=b"x" * 50_000)
    assert other.final()[1]["upload-offset"] == "51003"
    assert stuck.ended()


def test_a_request_behind_what_counts_before_take_over_waits(servers: Servers) -> None:
    server = servers.start()
    for framing, rest in (
        ("Content-Length: 1003", b"def"),
        ("Transfer-Encoding: chunked", b"0\r\n\r\n"),
    ):
        other, stuck = servers.h1(server), servers.h1(server)
        path = create(other)
        begun = b"x" * 1000 if "Length" in framing else b"3e8\r\n" + b"x" * 1000 + b"\r\n"
        stuck.send(*append(path, 3, framing), content=begun)
        assert stuck.read()[1]["upload-offset"] == "1003"
        with servers.halted():
            other.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
            stuck.send(content=rest)
            stuck.send(f"DELETE {path} HTTP/1.1", "Host: x", V9)
        assert other.final()[1]["upload-complete"] == "?1"
        assert [stuck.final()[0], stuck.final()[0]] == [201, 204]


def test_take_over_resets_the_older_connection(servers: Servers) -> None:
    server = servers.start()
    stuck, other = servers.h1(server), servers.h1(server)
    path = create(other)
    stuck.send(*append(path, 3, "Transfer-Encoding: chunked"), content=b"3\r\ndef\r\n")
    assert stuck.read()[1]["upload-offset"] == "6"
    other.send(*append(path, 6, "Content-Length: 1"), content=b"g")
    assert other.final()[0] == 201
    with contextlib.suppress(OSError):
        stuck.send(content=b"4\r\nlate\r\n" * 1000)
    assert stuck.ended()
    other.send(f"GET {path.replace('uploads', 'files')} HTTP/1.1", "Host: x")
    assert other.final()[2] == b"abcdefg"
