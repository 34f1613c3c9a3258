"""What cannot be run against is told in one sentence; what can is measured and asked its drafts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import trustme

from conformance.engine.asking import asker
from conformance.engine.deadlines import Deadlines
from conformance.engine.sanity import Examined, examine
from conformance.engine.target import Target, TlsWish
from conformance.engine.world import Counters, World
from conformance.engine.worlds import world_of
from conformance.model.errors import TargetError

Serve = Callable[[Reader, Writer], Awaitable[None]]


Listening = Callable[..., contextlib.AbstractAsyncContextManager[int]]


def hasty(target: Target, final: float) -> World:
    """The world of a target, with bounds on waiting of its own."""
    return replace(world_of(target, Counters()), deadlines=Deadlines(final=final, opening=5.0))


async def examined(target: Target, declared: tuple[int, ...] = (), final: float = 20.0) -> Examined:
    return await examine(target, asker(hasty(target, final), scale=1.0), declared=declared)


@pytest.fixture
def cause(listening: Listening) -> Callable[..., str]:
    """Return what is told of a target that does what a script says."""

    def told(
        serve: Serve,
        *,
        scheme: str = "http",
        tls: ssl.SSLContext | None = None,
        final: float = 20.0,
    ) -> str:
        async def scenario() -> str:
            async with listening(serve, tls=tls) as port:
                target = Target(url=f"{scheme}://127.0.0.1:{port}/up")
                with pytest.raises(TargetError) as caught:
                    await asyncio.wait_for(examined(target, (), final), 60)
                return str(caught.value)

        return asyncio.run(scenario())

    return told


def answering(*lines: str, content: bytes = b"") -> Serve:
    """Answer every request alike, after its content has come."""

    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            await reader.readexactly(int(head.get("content-length", 0)))
            fields = [*lines, f"Content-Length: {len(content)}", "", ""]
            writer.write("\r\n".join(fields).encode() + content)
            await writer.drain()

    return serve


async def request_head(reader: Reader) -> dict[str, str] | None:
    try:
        octets = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = octets.decode("latin-1").split("\r\n")
    parts = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in parts} | {"": first}


def test_a_port_nobody_listens_on() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(TargetError, match=r"cannot be reached.*start the server"):
            asyncio.run(examined(Target(url=f"http://127.0.0.1:{port}/")))


def test_a_host_nobody_knows() -> None:
    with pytest.raises(TargetError, match=r"no-such-host\.invalid"):
        asyncio.run(examined(Target(url="http://no-such-host.invalid/")))


def test_a_server_that_speaks_something_else(cause: Callable[..., str]) -> None:
    async def serve(_reader: Reader, writer: Writer) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        await asyncio.sleep(1)

    assert "does not speak HTTP" in cause(serve)


def test_a_server_that_closes_at_once(cause: Callable[..., str]) -> None:
    async def serve(_reader: Reader, _writer: Writer) -> None:
        return

    assert "the connection without a complete answer" in cause(serve)


def test_a_server_that_never_answers(cause: Callable[..., str]) -> None:
    async def serve(reader: Reader, _writer: Writer) -> None:
        await reader.read()

    text = cause(serve, final=0.4)

    assert "no complete answer" in text
    assert "--scale" in text


def test_a_header_section_without_end(cause: Callable[..., str]) -> None:
    async def serve(_reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200_000):
            writer.write(b"X-%d: and so on and so on and so on\r\n" % number)
            await writer.drain()

    text = cause(serve)

    assert "sends more than the suite accepts" in text or "does not speak HTTP" in text


def test_interim_responses_without_end(cause: Callable[..., str]) -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await request_head(reader)
        for _ in range(10_000):
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
            await writer.drain()

    assert "sends more than the suite accepts" in cause(serve)


def test_content_without_end_ends_by_the_deadline_or_a_bound(cause: Callable[..., str]) -> None:
    async def serve(_reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"8\r\nabcdefgh\r\n" * 1000)
            await writer.drain()

    text = cause(serve, final=0.4)

    assert "no complete answer" in text or "more than the suite accepts" in text


@pytest.fixture(scope="module")
def certificates() -> tuple[trustme.CA, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return authority, context


def test_cleartext_to_a_port_that_speaks_tls(
    cause: Callable[..., str],
    certificates: tuple[trustme.CA, ssl.SSLContext],
) -> None:
    text = cause(answering("HTTP/1.1 200 OK"), tls=certificates[1])

    assert "https://" in text


def test_tls_to_a_port_that_speaks_cleartext(cause: Callable[..., str]) -> None:
    text = cause(answering("HTTP/1.1 200 OK"), scheme="https")

    assert "TLS" in text
    assert "http://127.0.0.1" in text


def test_a_certificate_nobody_trusts_names_both_ways_out(
    cause: Callable[..., str],
    certificates: tuple[trustme.CA, ssl.SSLContext],
) -> None:
    text = cause(answering("HTTP/1.1 200 OK"), scheme="https", tls=certificates[1])

    assert "--ca" in text
    assert "--insecure" in text


def test_an_untrusted_certificate_is_accepted_on_demand(
    listening: Listening,
    certificates: tuple[trustme.CA, ssl.SSLContext],
) -> None:
    async def scenario() -> Examined:
        async with listening(answering("HTTP/1.1 201 Created"), tls=certificates[1]) as port:
            url = f"https://127.0.0.1:{port}/"
            return await examined(Target(url=url, tls=TlsWish(insecure=True)), (6,))

    assert asyncio.run(scenario()).drafts == {6: "declared"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("401 Unauthorized", "Authorization"),
        ("403 Forbidden", "Authorization"),
        ("404 Not Found", "path"),
        ("405 Method Not Allowed", "--method"),
        ("415 Unsupported Media Type", "--media-type"),
        ("500 Internal Server Error", "see its log"),
        ("503 Service Unavailable", "later"),
    ],
)
def test_a_target_that_takes_nothing_is_one_cause_with_a_remedy(
    cause: Callable[..., str], status: str, words: str
) -> None:
    text = cause(answering(f"HTTP/1.1 {status}", "Allow: PUT"))

    assert status[:3] in text
    assert words in text


def test_the_allowed_methods_are_told(cause: Callable[..., str]) -> None:
    assert "it allows PUT" in cause(answering("HTTP/1.1 405 No", "Allow: PUT"))


def test_a_redirect_that_goes_round_in_a_circle(cause: Callable[..., str]) -> None:
    text = cause(answering("HTTP/1.1 308 Permanent Redirect", "Location: /up"))

    assert "redirects to /up" in text


def test_a_redirect_is_followed_once(listening: Listening) -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            await reader.readexactly(int(head.get("content-length", 0)))
            moved = " /moved " not in head[""]
            writer.write(
                b"HTTP/1.1 307 Moved\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n"
                if moved
                else b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
            )
            await writer.drain()

    async def scenario() -> Examined:
        async with listening(serve) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/up"), (6,))

    assert asyncio.run(scenario()).drafts == {6: "declared"}


def test_answers_without_any_104_tell_no_draft(listening: Listening) -> None:
    async def scenario() -> Examined:
        async with listening(answering("HTTP/1.1 200 OK", "Server: plain")) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/"))

    found = asyncio.run(scenario())

    assert found.drafts == {}
    assert found.server == "plain"
    assert found.scale == 1.0
    assert any("not judged" in note for note in found.notes)


def announcing(number: str) -> Serve:
    """A server that creates uploads in one draft, with limits, and cannot cancel them."""

    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            await reader.readexactly(int(head.get("content-length", 0)))
            method = head[""].partition(" ")[0]
            asked = head.get("upload-draft-interop-version")
            if method == "DELETE":
                writer.write(b"HTTP/1.1 405 No\r\nAllow: HEAD\r\nContent-Length: 0\r\n\r\n")
            elif method == "HEAD":
                writer.write(b"HTTP/1.1 204 OK\r\nUpload-Limit: max-age=9\r\n\r\n")
            else:
                if asked == number:
                    writer.write(
                        f"HTTP/1.1 104 Go\r\nUpload-Draft-Interop-Version: {number}\r\n"
                        "Location: /u/1\r\n\r\n".encode()
                    )
                writer.write(
                    b"HTTP/1.1 201 Created\r\nUpload-Limit: max-size=1000, min-size=a;b\r\n"
                    b"Location: /u/1\r\nContent-Length: 0\r\n\r\n"
                )
            await writer.drain()

    return serve


def test_a_104_that_bears_a_number_shows_the_draft_and_its_limits(listening: Listening) -> None:
    async def scenario() -> Examined:
        async with listening(announcing("8")) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/"))

    found = asyncio.run(scenario())

    assert found.drafts == {8: "104 seen"}
    assert found.facts[8].limits == {"max-size": 1000, "max-age": 9}
    assert found.facts[8].no_cancellation
    assert not found.facts[9].seen
    assert found.facts[3].limits == {}


def test_a_target_that_wants_to_know_the_length_is_told_it(listening: Listening) -> None:
    told: list[str] = []

    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            await reader.readexactly(int(head.get("content-length", 0)))
            if head[""].startswith("POST") and "upload-complete" in head:
                told.append(head.get("upload-length", ""))
            if told and told[-1]:
                writer.write(
                    b"HTTP/1.1 104 Go\r\nUpload-Draft-Interop-Version: 8\r\nLocation: /u\r\n\r\n"
                    b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /u\r\n\r\n"
                )
            else:
                writer.write(
                    b"HTTP/1.1 411 Length Required\r\nUpload-Limit: min-size=9000\r\n"
                    b"Content-Length: 0\r\n\r\n"
                )
            await writer.drain()

    async def scenario() -> Examined:
        async with listening(serve) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/"), (8,))

    found = asyncio.run(scenario())

    assert told == ["", "9000"]
    assert found.facts[8].seen
    assert found.facts[8].length_demanded
    assert found.facts[8].limits["min-size"] == 9000


def test_a_104_with_a_number_nobody_asked_for_shows_nothing(listening: Listening) -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            await reader.readexactly(int(head.get("content-length", 0)))
            writer.write(
                b"HTTP/1.1 104 Go\r\nUpload-Draft-Interop-Version: 6\r\n\r\n"
                b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
            )
            await writer.drain()

    async def scenario() -> Examined:
        async with listening(serve) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/"))

    assert asyncio.run(scenario()).drafts == {6: "104 seen"}


def test_a_draft_declared_is_judged_though_no_104_shows_it(listening: Listening) -> None:
    async def scenario() -> Examined:
        async with listening(answering("HTTP/1.1 200 OK")) as port:
            return await examined(Target(url=f"http://127.0.0.1:{port}/"), (5, 9))

    found = asyncio.run(scenario())

    assert found.drafts == {5: "declared", 9: "declared"}
    assert any("no 104" in note for note in found.notes)


def test_credentials_reach_the_target_and_content_is_wrapped_as_it_wants(
    listening: Listening,
) -> None:
    heads: list[dict[str, str]] = []
    contents: list[bytes] = []

    async def serve(reader: Reader, writer: Writer) -> None:
        while (head := await request_head(reader)) is not None:
            heads.append(head)
            contents.append(await reader.readexactly(int(head.get("content-length", 0))))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async def scenario() -> None:
        async with listening(serve) as port:
            target = Target(
                url=f"http://127.0.0.1:{port}/{{unique}}",
                method="PUT",
                media_type="image/png",
                fields=(("Authorization", "Bearer x"),),
                prefix=b"<<",
                suffix=b">>",
                limits={"max-size": 100},
            )
            await examined(target, (9,))

    asyncio.run(scenario())

    assert all(head["authorization"] == "Bearer x" for head in heads)
    assert heads[0][""].startswith("PUT /")
    assert "unique" not in heads[0][""]
    assert heads[0]["content-type"] == "image/png"
    assert (contents[0][:2], contents[0][-2:], len(contents[0])) == (b"<<", b">>", 100)


def test_a_cause_holds_no_secret(listening: Listening) -> None:
    async def scenario() -> str:
        async with listening(answering("HTTP/1.1 308 Moved", "Location: /very-secret/x")) as port:
            url = f"http://127.0.0.1:{port}/very-secret"
            with pytest.raises(TargetError) as caught:
                await examined(Target(url=url, secrets=frozenset({"very-secret"})))
            return str(caught.value)

    text = asyncio.run(scenario())

    assert "308" in text
    assert "very-secret" not in text
