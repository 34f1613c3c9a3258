"""The proxy on real sockets: the exact octet, in clear text and under TLS, and nothing leaks."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import struct
from pathlib import Path
from random import Random
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamReset

pytest.importorskip("mitmproxy")

# what mitmproxy imports uses deprecated names of its own dependencies
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

INTERIM = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u/1\r\n\r\n"
FINAL = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
TRIES = 40
BOUND = 200_000


def request(length: int) -> bytes:
    return b"POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length + b"c" * length


def content_of(octets: bytes) -> bytes:
    return octets.partition(b"\r\n\r\n")[2]


def answering(arrived: Any) -> None:
    """Announce an upload, and answer when it is complete."""
    head, end, content = arrived.octets.partition(b"\r\n\r\n")
    if end and not getattr(arrived, "announced", False):
        arrived.announced = True
        arrived.say(INTERIM)
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    if end and len(content) >= length:
        arrived.say(FINAL)
        arrived.transport.close()


def test_without_a_plan_everything_goes_on(rig: Any, tmp_path: Path) -> None:
    async def work() -> None:
        async with rig.serving() as server:
            server.react = answering
            upstream = f"http://127.0.0.1:{server.port}/files"
            async with rig.proxying(tmp_path, "", upstream) as (_, port):
                told = await rig.converse(port, request(50_000))
            assert told == (INTERIM + FINAL, "fin")
            assert server.connections[0].octets == request(50_000)

    rig.run(work())


@pytest.mark.parametrize(("how", "end"), [("reset", "rst"), ("close", "fin")])
def test_every_cut_lands_on_its_octet(rig: Any, tmp_path: Path, how: str, end: str) -> None:
    places = [Random(how).randrange(BOUND + 1) for _ in range(TRIES)]
    faults = "".join(
        f"  - {{on: {{ordinal: {n}}}, cut: {{how: {how}, after: {place}, wait-for: null}}}}\n"
        for n, place in enumerate(places, 1)
    )

    async def work() -> None:
        async with rig.serving() as server:
            upstream = f"http://127.0.0.1:{server.port}"
            async with rig.proxying(tmp_path, "faults:\n" + faults, upstream) as (service, port):
                ends = [(await rig.converse(port, request(BOUND)))[1] for _ in places]
                for each in server.connections:
                    async with asyncio.timeout(5):
                        await each.ended.wait()
                cuts = [side.cut for side in service.journal.server]
            landed = [len(content_of(each.octets)) for each in server.connections]
            assert landed == places
            assert ends == [end] * TRIES
            assert {each.end for each in server.connections} == {end}
            assert [(cut.content_handed, cut.acknowledged) for cut in cuts] == [
                (place, place) for place in places
            ]

    rig.run(work())


def test_half_closing_leaves_the_answer_its_way(rig: Any, tmp_path: Path) -> None:
    plan = "faults: [{on: {}, cut: {how: half-close, after: 500, wait-for: null}}]"

    async def work() -> None:
        async with rig.serving() as server:

            def react(arrived: Any) -> None:
                if len(content_of(arrived.octets)) == 500:
                    asyncio.get_running_loop().call_later(0.05, arrived.say, FINAL)

            server.react = react
            upstream = f"http://127.0.0.1:{server.port}"
            async with rig.proxying(tmp_path, plan, upstream) as (_, port):
                await rig.converse(port, request(10_000))
            assert (server.connections[0].end, len(content_of(server.connections[0].octets))) == (
                "fin",
                500,
            )

    rig.run(work())


class H2Server:
    """HTTP/2 at the server; one for each connection."""

    def __init__(self) -> None:
        self.content: dict[int, int] = {}
        self.resets: list[int] = []
        self._at: dict[int, tuple[H2Connection, int]] = {}

    def react(self, arrived: Any) -> None:
        known = self._at.get(id(arrived))
        if known is None:
            made = H2Connection(H2Configuration(client_side=False, header_encoding=None))
            made.initiate_connection()
            known = (made, 0)
        connection, done = known
        self._at[id(arrived)] = (connection, len(arrived.octets))
        for event in connection.receive_data(arrived.octets[done:]):
            if isinstance(event, DataReceived):
                self.content[event.stream_id] = self.content.get(event.stream_id, 0) + len(
                    event.data
                )
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamReset):
                self.resets.append(event.stream_id)
        arrived.say(connection.data_to_send())


async def send_streams(port: int, count: int, length: int) -> int:
    """Send content on one stream after the other; returns how many were reset."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = H2Connection(H2Configuration(client_side=True))
    client.initiate_connection()
    resets = 0
    for number in range(count):
        stream, sent, reset = 1 + 2 * number, 0, False
        head = [(":method", "POST"), (":path", "/u"), (":scheme", "http"), (":authority", "a")]
        client.send_headers(stream, head)
        while not reset:
            room = min(client.local_flow_control_window(stream), 16_384, length - sent)
            if room:
                client.send_data(stream, b"c" * room)
                sent += room
            writer.write(client.data_to_send())
            if room and sent < length:
                continue
            for event in client.receive_data(await reader.read(65_536)):
                reset = reset or (isinstance(event, StreamReset) and event.stream_id == stream)
        resets += 1
    writer.transport.abort()
    return resets


def test_every_cut_lands_on_its_octet_over_h2(rig: Any, tmp_path: Path) -> None:
    places = [Random("h2").randrange(BOUND + 1) for _ in range(TRIES)]
    faults = "".join(
        f"  - {{on: {{ordinal: {n}}}, cut: {{how: reset, after: {place}, wait-for: null}}}}\n"
        for n, place in enumerate(places, 1)
    )

    async def work() -> None:
        async with rig.serving() as server:
            there = H2Server()
            server.react = there.react
            upstream = f"http://127.0.0.1:{server.port}"
            async with rig.proxying(tmp_path, "faults:\n" + faults, upstream) as (service, port):
                assert await send_streams(port, TRIES, BOUND) == TRIES
                async with asyncio.timeout(5):
                    while len(there.resets) < TRIES:  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                handed = [side.cut.content_handed for side in service.journal.server]
            assert [there.content.get(1 + 2 * n, 0) for n in range(TRIES)] == places
            assert handed == places

    rig.run(work())


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    path = folder / "server-authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, path


@pytest.mark.parametrize("how", ["reset", "close", "tls-truncate"])
def test_under_tls_on_both_sides_the_octet_is_the_same(rig: Any, tmp_path: Path, how: str) -> None:
    plan = f"faults: [{{on: {{}}, cut: {{how: {how}, after: 77777, wait-for: null}}}}]"
    folder = tmp_path / "proxy"
    folder.mkdir()

    async def work() -> None:
        context, authority = certificate(tmp_path)
        async with rig.serving(context) as server:
            upstream = f"https://127.0.0.1:{server.port}"
            proxy = rig.proxying(folder, plan, upstream, ca=str(authority))
            async with proxy as (service, port):
                trusting = ssl.create_default_context(cafile=str(service.authority))
                await rig.converse(port, request(BOUND), trusting)
                async with asyncio.timeout(5):
                    await server.connections[0].ended.wait()
            assert len(content_of(server.connections[0].octets)) == 77_777

    rig.run(work())


def test_a_client_may_speak_tls_to_a_server_that_does_not(rig: Any, tmp_path: Path) -> None:
    async def work() -> None:
        async with rig.serving() as server:
            server.react = answering
            upstream = f"http://127.0.0.1:{server.port}"
            async with rig.proxying(tmp_path, "", upstream) as (service, port):
                trusting = ssl.create_default_context(cafile=str(service.authority))
                told = await rig.converse(port, request(1000), trusting)
            assert told[0] == INTERIM + FINAL

    rig.run(work())


def test_a_server_that_is_not_trusted_is_not_talked_to(rig: Any, tmp_path: Path) -> None:
    folder = tmp_path / "proxy"
    folder.mkdir()

    async def work() -> None:
        context, _ = certificate(tmp_path)
        async with (
            rig.serving(context) as server,
            rig.proxying(folder, "", f"https://127.0.0.1:{server.port}") as (_, port),
        ):
            told, _ = await rig.converse(port, request(10))
            assert told == b""
            assert all(each.octets == b"" for each in server.connections)

    rig.run(work())


def sockets() -> int:
    gc.collect()
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        try:
            found += str(each.readlink()).startswith("socket:")
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("who", ["client", "client by reset", "server", "nobody there", "proxy"])
def test_nothing_is_left_when_somebody_dies(rig: Any, tmp_path: Path, who: str) -> None:
    async def work() -> None:
        before = sockets()
        async with rig.serving() as server:
            dead = server.port
            if who == "nobody there":
                with socket.socket() as sock:
                    sock.bind(("127.0.0.1", 0))
                    dead = sock.getsockname()[1]
            async with rig.proxying(tmp_path, "", f"http://127.0.0.1:{dead}") as (service, port):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request(1000)[:-400])
                if who != "nobody there":
                    async with asyncio.timeout(5):
                        while not server.connections or not server.connections[0].octets:  # noqa: ASYNC110
                            await asyncio.sleep(0.01)
                if who == "client by reset":
                    sock = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if who.startswith("client"):
                    writer.transport.abort()
                    async with asyncio.timeout(5):
                        await server.connections[0].ended.wait()
                    end = "rst" if who == "client by reset" else "fin"
                    assert server.connections[0].end == end
                    assert len(content_of(server.connections[0].octets)) == 600
                elif who == "server":
                    server.connections[0].transport.abort()
                if who in ("server", "nobody there"):
                    async with asyncio.timeout(5):
                        assert await reader.read() == b""
                if who != "proxy":
                    async with asyncio.timeout(5):
                        writer.transport.abort()
                        while service._server.connections:  # noqa: ASYNC110
                            await asyncio.sleep(0.01)
            writer.transport.abort()
        async with asyncio.timeout(5):
            while sockets() > before:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [task for task in asyncio.all_tasks() if "handler" in task.get_name()] == []

    rig.run(work())


def test_an_upstream_must_be_a_url() -> None:
    from conformance.model.errors import TargetError
    from conformance.proxy.service import upstream_of

    assert upstream_of("https://h/x") == ("tls", "h:443")
    assert upstream_of("http://[::1]:8080") == ("tcp", "[::1]:8080")
    for bad in ("h:80", "ftp://h", "http://", "http://h:99999", "http://[::1"):
        with pytest.raises(TargetError):
            upstream_of(bad)


def test_a_taken_port_is_said_to_be_taken(rig: Any, tmp_path: Path) -> None:
    from conformance.model.errors import TargetError

    async def work() -> None:
        async with (
            rig.serving() as server,
            rig.proxying(tmp_path, "", "http://127.0.0.1:1") as (service, _),
        ):
            with pytest.raises(TargetError, match="cannot listen"):
                await service.listen("http://127.0.0.1:1", "127.0.0.1", server.port)

    rig.run(work())
