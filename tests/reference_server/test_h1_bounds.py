"""The HTTP/1.1 front end over real sockets: refusals, bounds, addresses and TLS."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from reference_server.core.limits import Limits
from reference_server.serve import Configuration, tls_context
from tests.reference_server.h1_client import append, create, offset_of
from tests.reference_server.loopback import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reference_server.servers import Servers


# Refusals


def test_the_connection_survives_refusals(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    for _ in range(3):
        client.send(*append(path, 9, "Content-Length: 100000"), content=b"x" * 100_000)
        status, fields, _ = client.final()
        assert (status, "connection" in fields) == (409, False)
        client.send(*append(path, 9, "Transfer-Encoding: chunked"), content=b"1\r\nx\r\n0\r\n\r\n")
        assert client.final()[0] == 409
        client.send("GET /a HTTP/1.1", "Host: x")
        status, fields, _ = client.final()
        assert (status, "allow" in fields) == (405, True)
        client.send("HEAD /uploads/unknown HTTP/1.1", "Host: x")
        assert client.final(head_only=True)[0] == 404


def test_a_refusal_of_large_content_arrives(servers: Servers) -> None:
    server = servers.start(Configuration(limits=Limits(max_size=10)))
    client = servers.h1(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: 8000000", content=b"x" * 2_000_000)
    client.send(content=b"x" * 2_000_000)
    status, fields, _ = client.final()
    assert (status, fields["connection"]) == (413, "close")
    assert client.ended()


def test_endless_chunks_after_a_refusal_are_not_read_for_ever(servers: Servers) -> None:
    server = servers.start(
        Configuration(limits=Limits(max_size=10)), unread_octets=1000, linger_octets=100_000
    )
    client = servers.h1(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
    with pytest.raises(OSError):  # noqa: PT012
        for _ in range(100_000):
            client.send(content=b"3e8\r\n" + b"x" * 1000 + b"\r\n")


def test_refused_expectation_closes(servers: Servers) -> None:
    client = servers.h1(servers.start())
    path = create(client)
    client.send(*append(path, 9, "Expect: 100-continue", "Content-Length: 10"))
    status, fields, _ = client.read()
    assert (status, fields["connection"]) == (409, "close")
    assert client.ended()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["Content-Length: 3", "Transfer-Encoding: chunked"], 400),
        (["Content-Length: 3x"], 400),
        (["Content-Length: -3"], 400),
        (["Content-Length: 3", "Content-Length: 4"], 400),
        (["Transfer-Encoding: gzip"], 501),
        (["Bad Name: x"], 400),
        ([f"X-{number}: x" for number in range(101)], 431),
        (["X: " + "x" * 70_000], 431),
    ],
)
def test_heads_that_cannot_be_served(servers: Servers, lines: list[str], status: int) -> None:
    client = servers.h1(servers.start())
    client.send("POST /a HTTP/1.1", "Host: x", *lines, content=b"abc")
    read, fields, _ = client.read()
    assert (read, fields["connection"]) == (status, "close")
    assert client.ended()


def test_chunked_with_http_1_0_is_refused(servers: Servers) -> None:
    client = servers.h1(servers.start())
    client.send("POST /a HTTP/1.0", "Transfer-Encoding: chunked", content=b"0\r\n\r\n")
    assert client.read()[0] == 400


def test_broken_chunks_are_an_interruption(servers: Servers) -> None:
    server = servers.start()
    client, other = servers.h1(server), servers.h1(server)
    path = create(other)
    client.send(*append(path, 3, "Transfer-Encoding: chunked"), content=b"3\r\ndef\r\nzz\r\n")
    assert client.final()[0] == 400
    assert offset_of(other, path) == 6


# Bounds


def test_too_many_connections(servers: Servers) -> None:
    server = servers.start(connections=1)
    first = servers.h1(server)
    create(first)
    second = servers.h1(server)
    assert second.read()[0] == 503
    assert second.ended()
    first.socket.close()
    second.socket.close()

    def accepted() -> bool:
        client = servers.h1(server)
        client.send("OPTIONS * HTTP/1.1", "Host: x")
        status = client.read()[0]
        client.socket.close()
        return status == 204

    wait_for(accepted)


def test_slow_heads_end(servers: Servers) -> None:
    client = servers.h1(servers.start(head_seconds=0.1))
    client.send(content=b"POST /a HT")
    assert client.read()[0] == 408
    assert client.ended()


def test_idle_connections_end(servers: Servers) -> None:
    server = servers.start(idle_seconds=0.1)
    assert servers.h1(server).ended()


def test_idle_content_ends_and_is_kept(servers: Servers) -> None:
    server = servers.start(idle_seconds=0.3)
    path = create(servers.h1(server))
    stuck = servers.h1(server)
    stuck.send(*append(path, 3, "Content-Length: 10"), content=b"def")
    assert stuck.ended()
    assert offset_of(servers.h1(server), path) == 6


def test_unread_content_that_does_not_come_ends(servers: Servers) -> None:
    server = servers.start(unread_seconds=0.1)
    client = servers.h1(server)
    path = create(client)
    client.send(*append(path, 9, "Content-Length: 10"), content=b"d")
    assert client.final()[0] == 409
    assert client.ended()


def test_lingering_ends(servers: Servers) -> None:
    server = servers.start(linger_seconds=0.1)
    client = servers.h1(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: x")
    assert client.final()[0] == 400
    assert client.ended()
    wait_for(lambda: not server.connections)


def test_a_client_that_does_not_read_is_given_up(servers: Servers) -> None:
    server = servers.start(idle_seconds=0.5)
    client = servers.h1(server)
    data = b"x" * 8_000_000
    client.send("POST /a HTTP/1.1", "Host: x", f"Content-Length: {len(data)}", content=data)
    path = client.final()[1]["content-location"]
    client.send(content=f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 4)
    wait_for(lambda: not server.connections)


# Starting


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_addresses(servers: Servers, host: str) -> None:
    try:
        server = servers.start(Configuration(host=host))
    except OSError:
        pytest.skip(f"{host} cannot be listened on")
    assert offset_of(servers.h1(server, host), create(servers.h1(server, host))) == 3


def test_a_port_in_use(servers: Servers) -> None:
    server = servers.start()
    with pytest.raises(OSError):
        servers.start(Configuration(port=server.port))


def test_tls(servers: Servers, tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    server = servers.start(
        Configuration(tls=tls_context(tmp_path / "cert.pem", tmp_path / "key.pem"))
    )
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["http/1.1"])
    clients = [servers.h1(server), servers.h1(server)]
    for client in clients:
        client.socket = context.wrap_socket(client.socket, server_hostname="localhost")
        servers.sockets.append(client.socket)
    stuck, other = clients
    path = create(other)
    stuck.send(*append(path, 3, "Content-Length: 100"), content=b"def")
    assert stuck.read()[1]["upload-offset"] == "6"
    assert offset_of(other, path) == 6
    other.send("POST /a HTTP/1.1", "Host: x", "Content-Length: x")
    assert other.final()[0] == 400
