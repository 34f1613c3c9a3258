"""The HTTP/1.1 front end over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reference_server.bounds import Bounds
from reference_server.core.limits import Limits
from reference_server.serve import Configuration, RunningServer, start, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 10.0
V9 = "Upload-Draft-Interop-Version: 9"
PARTIAL = "Content-Type: application/partial-upload"
Message = tuple[int, dict[str, str], bytes]


class Client:
    """One connection; reads messages octet-exact."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=SECONDS)
        self._buffer = b""

    def send(self, *lines: str, content: bytes = b"") -> Client:
        """Send a head and some content."""
        head = "\r\n".join([*lines, "", ""]) if lines else ""
        self.socket.sendall(head.encode("latin-1") + content)
        return self

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data

    def read(self, *, head_only: bool = False) -> Message:
        """Read one message, interim or final."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        assert len(fields) == len(lines)
        size = 0 if head_only else int(fields.get("content-length", "0"))
        while len(self._buffer) < size:
            self._more()
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return int(first.split()[1]), fields, content

    def final(self, *, head_only: bool = False) -> Message:
        """Read up to the final response."""
        while True:
            message = self.read(head_only=head_only)
            if message[0] >= 200:
                return message

    def ended(self) -> bool:
        """Wait for the end of the connection; tell whether nothing came before."""
        with contextlib.suppress(ConnectionResetError):
            return not self._buffer and self.socket.recv(1) == b""
        return True

    def reset(self) -> None:
        """End the connection with RST, once everything sent has been taken."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Loop:
    """An event loop in a thread that runs servers."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers: list[RunningServer] = []
        self.clients: list[Client] = []

    def start(self, configuration: Configuration | None = None, **bounds: float) -> RunningServer:
        """Start a server."""
        chosen = configuration or Configuration()
        chosen = replace(chosen, bounds=replace(Bounds(), **bounds))  # type: ignore[arg-type]
        future = asyncio.run_coroutine_threadsafe(start(chosen), self.loop)
        server = future.result(SECONDS)
        self.servers.append(server)
        return server

    def open(self, server: RunningServer, host: str = "127.0.0.1") -> Client:
        """Open a connection."""
        client = Client(server.port, host)
        self.clients.append(client)
        return client

    async def _end(self, server: RunningServer) -> None:
        for _ in range(6):  # whoever has come is let in before the door is closed
            await asyncio.sleep(0)
        await server.close()

    def close(self) -> None:
        """Close everything."""
        for client in self.clients:
            client.socket.close()
        for server in self.servers:
            asyncio.run_coroutine_threadsafe(self._end(server), self.loop).result(SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(SECONDS)
        self.loop.close()


@pytest.fixture
def running() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


def create(client: Client, content: bytes = b"abc") -> str:
    """Create an incomplete upload; return its path."""
    length = f"Content-Length: {len(content)}"
    client.send("POST /a HTTP/1.1", "Host: x", V9, "Upload-Complete: ?0", length, content=content)
    status, fields, _ = client.final()
    assert status == 201
    return fields["location"]


def append(path: str, offset: int, *more: str, complete: str = "?1") -> list[str]:
    """Return the head of an append."""
    lines = [f"PATCH {path} HTTP/1.1", "Host: x", V9, PARTIAL, f"Upload-Offset: {offset}"]
    return [*lines, f"Upload-Complete: {complete}", *more]


def offset_of(client: Client, path: str) -> int:
    client.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
    return int(client.final()[1]["upload-offset"])


def wait_for(what: Callable[[], bool]) -> None:
    """Wait, bounded, until something is so."""
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


# Uploads


def test_an_upload_in_parts_over_one_connection(running: Loop) -> None:
    client = running.open(running.start())
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


def test_interim_responses_on_the_wire(running: Loop) -> None:
    client = running.open(running.start())
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
def test_large_content_and_what_follows_it(running: Loop, size: int) -> None:
    client = running.open(running.start())
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
    other = running.open(running.servers[0])
    other.send(f"GET {fields['content-location']} HTTP/1.1", "Host: x")
    assert other.final()[2] == data
    other.send(f"HEAD {fields['content-location']} HTTP/1.1", "Host: x")
    status, head_fields, _ = other.final(head_only=True)
    assert head_fields["content-length"] == str(len(data))
    assert offset_of(other, create(other)) == 3


def test_pipelined_requests(running: Loop) -> None:
    client = running.open(running.start())
    path = create(client)
    one = "\r\n".join([f"HEAD {path} HTTP/1.1", "Host: x", V9, "", ""])
    client.socket.sendall(one.encode() * 20)
    assert [client.final()[1]["upload-offset"] for _ in range(20)] == ["3"] * 20


def test_octets_that_come_one_by_one(running: Loop) -> None:
    client = running.open(running.start())
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    path = create(client)
    text = "\r\n".join([*append(path, 3, "Transfer-Encoding: chunked"), "", ""])
    for octet in text.encode() + b"3;x\r\ndef\r\n0\r\n\r\n":
        client.send(content=bytes([octet]))
    assert client.final()[0] == 201
    client.send(f"GET {path.replace('uploads', 'files')} HTTP/1.1", "Host: x")
    assert client.final()[2] == b"abcdef"


def test_http_1_0(running: Loop) -> None:
    client = running.open(running.start())
    client.send(
        "POST /a HTTP/1.0", V9, "Upload-Complete: ?1", "Expect: 100-continue", "Content-Length: 3",
        content=b"abc",
    )  # fmt: skip
    assert client.read()[0] == 201
    assert client.ended()


def test_absolute_form(running: Loop) -> None:
    client = running.open(running.start())
    path = create(client)
    client.send(f"HEAD http://x{path} HTTP/1.1", "Host: x", V9)
    assert client.final()[0] == 204
    client.send("OPTIONS http://x HTTP/1.1", "Host: x", V9)
    assert client.final()[0] == 204


def store(client: Client, data: bytes) -> str:
    """Upload something in one request; return where it can be fetched."""
    client.send("POST /a HTTP/1.1", "Host: x", f"Content-Length: {len(data)}", content=data)
    return client.final()[1]["content-location"]


def test_a_slow_reader_gets_everything_and_its_next_response(running: Loop) -> None:
    client = running.open(running.start())
    data = bytes(range(256)) * 80_000
    path = store(client, data)
    client.send(f"GET {path} HTTP/1.1", "Host: x")
    client.send("OPTIONS * HTTP/1.1", "Host: x")
    time.sleep(0.1)
    assert client.final()[2] == data
    assert client.final()[0] == 204


def test_content_removed_while_it_is_sent(running: Loop) -> None:
    server = running.start()
    client = running.open(server)
    path = store(client, bytes(20_000_000))
    client.send(f"GET {path} HTTP/1.1", "Host: x")
    client.socket.recv(1)
    identifier = path.removeprefix("/files/")
    representation = server.core.registry.representation(identifier)
    assert representation is not None
    registry = server.core.registry

    async def remove() -> None:
        registry.drop(representation)

    asyncio.run_coroutine_threadsafe(remove(), running.loop).result(SECONDS)
    with pytest.raises((EOFError, ConnectionResetError)):
        client.final()


def test_a_request_behind_large_content_in_one_segment(running: Loop) -> None:
    client = running.open(running.start())
    released = threading.Event()
    running.loop.call_soon_threadsafe(released.wait, SECONDS)
    for _ in range(2):
        client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: 70000", content=bytes(70_000))
    time.sleep(0.05)  # lets loopback deliver, so that all is read at once
    released.set()
    assert [client.final()[0], client.final()[0]] == [201, 201]


def test_a_store_that_fails_at_the_end_ends_the_connection(running: Loop, tmp_path: Path) -> None:
    directory = tmp_path / "store"
    client = running.open(running.start(Configuration(store=directory)))
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
    running: Loop, how: str, framing: str
) -> None:
    server = running.start()
    client, other = running.open(server), running.open(server)
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


def test_what_the_system_has_received_counts_before_take_over(running: Loop) -> None:
    server = running.start()
    other, stuck = running.open(server), running.open(server)
    path = create(other)
    stuck.send(*append(path, 3, "Content-Length: 90000"), content=b"x" * 1000)
    assert stuck.read()[1]["upload-offset"] == "1003"
    released = threading.Event()
    running.loop.call_soon_threadsafe(released.wait, SECONDS)
    other.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
    stuck.send(content=b"x" * 50_000)
    time.sleep(0.05)  # lets loopback deliver
    released.set()
    assert other.final()[1]["upload-offset"] == "51003"
    assert stuck.ended()


def test_a_request_behind_what_counts_before_take_over_waits(running: Loop) -> None:
    server = running.start()
    for framing, rest in (
        ("Content-Length: 1003", b"def"),
        ("Transfer-Encoding: chunked", b"0\r\n\r\n"),
    ):
        other, stuck = running.open(server), running.open(server)
        path = create(other)
        begun = b"x" * 1000 if "Length" in framing else b"3e8\r\n" + b"x" * 1000 + b"\r\n"
        stuck.send(*append(path, 3, framing), content=begun)
        assert stuck.read()[1]["upload-offset"] == "1003"
        released = threading.Event()
        running.loop.call_soon_threadsafe(released.wait, SECONDS)
        other.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
        stuck.send(content=rest)
        stuck.send(f"DELETE {path} HTTP/1.1", "Host: x", V9)
        time.sleep(0.05)  # lets loopback deliver
        released.set()
        assert other.final()[1]["upload-complete"] == "?1"
        assert [stuck.final()[0], stuck.final()[0]] == [201, 204]


def test_take_over_resets_the_older_connection(running: Loop) -> None:
    server = running.start()
    stuck, other = running.open(server), running.open(server)
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


# Refusals


def test_the_connection_survives_refusals(running: Loop) -> None:
    client = running.open(running.start())
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


def test_a_refusal_of_large_content_arrives(running: Loop) -> None:
    server = running.start(Configuration(limits=Limits(max_size=10)))
    client = running.open(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: 8000000", content=b"x" * 2_000_000)
    client.send(content=b"x" * 2_000_000)
    status, fields, _ = client.final()
    assert (status, fields["connection"]) == (413, "close")
    assert client.ended()


def test_endless_chunks_after_a_refusal_are_not_read_for_ever(running: Loop) -> None:
    server = running.start(
        Configuration(limits=Limits(max_size=10)), unread_octets=1000, linger_octets=100_000
    )
    client = running.open(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
    with pytest.raises(OSError):  # noqa: PT012
        for _ in range(100_000):
            client.send(content=b"3e8\r\n" + b"x" * 1000 + b"\r\n")


def test_refused_expectation_closes(running: Loop) -> None:
    client = running.open(running.start())
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
def test_heads_that_cannot_be_served(running: Loop, lines: list[str], status: int) -> None:
    client = running.open(running.start())
    client.send("POST /a HTTP/1.1", "Host: x", *lines, content=b"abc")
    read, fields, _ = client.read()
    assert (read, fields["connection"]) == (status, "close")
    assert client.ended()


def test_chunked_with_http_1_0_is_refused(running: Loop) -> None:
    client = running.open(running.start())
    client.send("POST /a HTTP/1.0", "Transfer-Encoding: chunked", content=b"0\r\n\r\n")
    assert client.read()[0] == 400


def test_broken_chunks_are_an_interruption(running: Loop) -> None:
    server = running.start()
    client, other = running.open(server), running.open(server)
    path = create(other)
    client.send(*append(path, 3, "Transfer-Encoding: chunked"), content=b"3\r\ndef\r\nzz\r\n")
    assert client.final()[0] == 400
    assert offset_of(other, path) == 6


# Bounds


def test_too_many_connections(running: Loop) -> None:
    server = running.start(connections=1)
    first = running.open(server)
    create(first)
    second = running.open(server)
    assert second.read()[0] == 503
    assert second.ended()
    first.socket.close()
    second.socket.close()

    def accepted() -> bool:
        client = running.open(server)
        client.send("OPTIONS * HTTP/1.1", "Host: x")
        status = client.read()[0]
        client.socket.close()
        return status == 204

    wait_for(accepted)


def test_slow_heads_end(running: Loop) -> None:
    client = running.open(running.start(head_seconds=0.1))
    client.send(content=b"POST /a HT")
    assert client.read()[0] == 408
    assert client.ended()


def test_idle_connections_end(running: Loop) -> None:
    server = running.start(idle_seconds=0.1)
    assert running.open(server).ended()


def test_idle_content_ends_and_is_kept(running: Loop) -> None:
    server = running.start(idle_seconds=0.3)
    path = create(running.open(server))
    stuck = running.open(server)
    stuck.send(*append(path, 3, "Content-Length: 10"), content=b"def")
    assert stuck.ended()
    assert offset_of(running.open(server), path) == 6


def test_unread_content_that_does_not_come_ends(running: Loop) -> None:
    server = running.start(unread_seconds=0.1)
    client = running.open(server)
    path = create(client)
    client.send(*append(path, 9, "Content-Length: 10"), content=b"d")
    assert client.final()[0] == 409
    assert client.ended()


def test_lingering_ends(running: Loop) -> None:
    server = running.start(linger_seconds=0.1)
    client = running.open(server)
    client.send("POST /a HTTP/1.1", "Host: x", "Content-Length: x")
    assert client.final()[0] == 400
    assert client.ended()
    wait_for(lambda: not server.connections)


def test_a_client_that_does_not_read_is_given_up(running: Loop) -> None:
    server = running.start(idle_seconds=0.5)
    client = running.open(server)
    data = b"x" * 8_000_000
    client.send("POST /a HTTP/1.1", "Host: x", f"Content-Length: {len(data)}", content=data)
    path = client.final()[1]["content-location"]
    client.send(content=f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 4)
    wait_for(lambda: not server.connections)


# Starting


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_addresses(running: Loop, host: str) -> None:
    try:
        server = running.start(Configuration(host=host))
    except OSError:
        pytest.skip(f"{host} cannot be listened on")
    assert offset_of(running.open(server, host), create(running.open(server, host))) == 3


def test_a_port_in_use(running: Loop) -> None:
    server = running.start()
    with pytest.raises(OSError):
        running.start(Configuration(port=server.port))


def test_tls(running: Loop, tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    server = running.start(
        Configuration(tls=tls_context(tmp_path / "cert.pem", tmp_path / "key.pem"))
    )
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["http/1.1"])
    clients = [running.open(server), running.open(server)]
    for client in clients:
        client.socket = context.wrap_socket(client.socket, server_hostname="localhost")
    stuck, other = clients
    path = create(other)
    stuck.send(*append(path, 3, "Content-Length: 100"), content=b"def")
    assert stuck.read()[1]["upload-offset"] == "6"
    assert offset_of(other, path) == 6
    other.send("POST /a HTTP/1.1", "Host: x", "Content-Length: x")
    assert other.final()[0] == 400
