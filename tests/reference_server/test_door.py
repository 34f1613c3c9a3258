"""Finding out what a connection speaks, over real sockets and TLS."""

from __future__ import annotations

import ssl
import stat
import sys
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import SettingsFrame

from reference_server.certificate import NoCertificateError, make_certificate
from reference_server.serve import Configuration, tls_context
from tests.reference_server.h2_peer import PREFACE, Peer
from tests.reference_server.loopback import wait_for

if TYPE_CHECKING:
    from pathlib import Path
    from socket import socket

    from reference_server.serve import RunningServer
    from tests.reference_server.servers import Servers

REQUEST = b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"
SETTINGS = bytes.fromhex("000000040000000000")
HTTP_1, HTTP_2 = "HTTP/1.1", "HTTP/2"


def first(connected: socket, size: int = 9) -> bytes:
    """Read the first octets of an answer."""
    data = b""
    while len(data) < size:
        more = connected.recv(size - len(data))
        if not more:
            break
        data += more
    return data


def speaks(connected: socket) -> str:
    """Tell what the first octets of an answer are: a status line or a frame of settings."""
    answer = first(connected)
    return HTTP_1 if answer == b"HTTP/1.1 " else HTTP_2 if answer[3] == 4 else answer.hex()


# Clear text


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ([REQUEST], HTTP_1),
        ([b"P", b"UT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"], HTTP_1),
        ([b"PR", b"I * HTTP/1.1\r\nHost: x\r\n\r\n"], HTTP_1),
        ([PREFACE + SETTINGS], HTTP_2),
        ([PREFACE[:1], PREFACE[1:10], PREFACE[10:], SETTINGS], HTTP_2),
    ],
)
def test_one_port_serves_both(servers: Servers, sent: list[bytes], answer: str) -> None:
    connection = servers.connect(servers.start())
    for octets in sent:
        time.sleep(0.02)
        connection.sendall(octets)
    assert speaks(connection) == answer


def test_the_beginning_of_a_preface_is_not_waited_for_for_ever(servers: Servers) -> None:
    connection = servers.connect(servers.start(head_seconds=0.2))
    connection.sendall(PREFACE[:7])
    assert first(connection, 12) == b"HTTP/1.1 408"


def test_a_connection_that_says_nothing_ends(servers: Servers) -> None:
    server = servers.start(idle_seconds=0.1)
    connection = servers.connect(server)
    assert first(connection) == b""
    wait_for(lambda: not server.connections)


@pytest.mark.parametrize("octets", [b"", b"PRI"])
def test_a_connection_may_end_before_it_is_known(servers: Servers, octets: bytes) -> None:
    server = servers.start()
    connection = servers.connect(server)
    connection.sendall(octets)
    wait_for(lambda: len(server.connections) == 1)
    connection.close()
    wait_for(lambda: not server.connections)


def test_unknown_connections_count_and_end_with_the_server(servers: Servers) -> None:
    server = servers.start(connections=1)
    silent = servers.connect(server)
    wait_for(lambda: len(server.connections) == 1)
    assert first(servers.connect(server), 12) == b"HTTP/1.1 503"
    for each in list(server.connections):
        servers.call(each.reset)
    with pytest.raises(ConnectionResetError):
        silent.recv(1)


# TLS


class Secure:
    """A server with TLS and what a client needs to trust it."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.made = make_certificate(folder, "uploads.example")
        self.configuration = Configuration(tls=tls_context(self.made.chain, self.made.key))

    def wrap(
        self, server: RunningServer, *protocols: str, host: str = "localhost"
    ) -> ssl.SSLSocket:
        """Open a connection that offers protocols."""
        context = ssl.create_default_context(cafile=str(self.made.authority))
        if protocols:
            context.set_alpn_protocols(protocols)
        plain = self.servers.connect(server)
        made = context.wrap_socket(plain, server_hostname=host)
        self.servers.sockets.append(made)
        return made

    def open(self, server: RunningServer, *, begin: bool = True, **settings: int) -> Peer:
        """Open an HTTP/2 connection."""
        return Peer(self.wrap(server, "h2"), begin=begin, **settings)


@pytest.fixture
def secure(servers: Servers, tmp_path: Path) -> Secure:
    pytest.importorskip("trustme")
    return Secure(servers, tmp_path)


@pytest.mark.parametrize(
    ("offered", "chosen", "answer"),
    [
        (("h2", "http/1.1"), "h2", HTTP_2),
        (("http/1.1", "h2"), "h2", HTTP_2),
        (("http/1.1",), "http/1.1", HTTP_1),
        ((), None, HTTP_1),
    ],
)
def test_over_tls_the_negotiation_decides(
    servers: Servers, secure: Secure, offered: tuple[str, ...], chosen: str, answer: str
) -> None:
    connection = secure.wrap(servers.start(secure.configuration), *offered)
    assert connection.selected_alpn_protocol() == chosen
    connection.sendall(PREFACE + SETTINGS if chosen == "h2" else REQUEST)
    assert speaks(connection) == answer


def test_uploads_over_tls(servers: Servers, secure: Secure) -> None:
    server = servers.start(secure.configuration)
    stuck, other = secure.open(server), secure.open(server)
    path = other.create()
    stream = stuck.append(path, 3)
    stuck.data(stream, b"def")
    stuck.interim(stream)
    assert other.state(path) == (6, "?0")
    assert stuck.answer(stream).resets == [ErrorCodes.CANCEL]
    assert stuck.lives()
    stuck.raw(SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 2**31}).serialize())
    assert stuck.ended() == ErrorCodes.FLOW_CONTROL_ERROR


@pytest.mark.parametrize("offered", ["h2", "http/1.1"])
def test_a_lost_connection_lets_go_of_its_buffers(
    servers: Servers, secure: Secure, offered: str
) -> None:
    server = servers.start(secure.configuration)
    connection = secure.wrap(server, offered)
    connection.sendall(PREFACE + SETTINGS if offered == "h2" else REQUEST)
    speaks(connection)
    wait_for(lambda: len(server.connections) == 1)
    front_end: Any
    [front_end] = server.connections
    transport = weakref.ref(front_end._transport)
    connection.close()
    wait_for(lambda: not server.connections)
    # no garbage collection is needed, though somebody still holds the connection
    wait_for(lambda: transport() is None)
    servers.call(front_end.reset)


def test_negotiated_http_2_needs_a_preface(servers: Servers, secure: Secure) -> None:
    peer = secure.open(servers.start(secure.configuration), begin=False)
    peer.raw(REQUEST)
    assert peer.ended() == ErrorCodes.PROTOCOL_ERROR


def test_too_many_connections_are_told_in_their_protocol(servers: Servers, secure: Secure) -> None:
    server = servers.start(secure.configuration, connections=1)
    assert secure.open(server).lives()
    assert secure.open(server).ended() == ErrorCodes.ENHANCE_YOUR_CALM


def test_a_certificate_names_its_hosts_and_keeps_its_key(servers: Servers, secure: Secure) -> None:
    server = servers.start(secure.configuration)
    for host in ("uploads.example", "localhost", "127.0.0.1", "::1"):
        assert secure.wrap(server, host=host).version()
    assert stat.S_IMODE(secure.made.key.stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["not a host", "*.*"])
def test_a_host_without_a_certificate_is_told(tmp_path: Path, host: str) -> None:
    pytest.importorskip("trustme")
    with pytest.raises(NoCertificateError, match="hosts"):
        make_certificate(tmp_path, host)


def test_without_the_package_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(NoCertificateError, match=r"pip install.*\[tls\]"):
        make_certificate(tmp_path)
