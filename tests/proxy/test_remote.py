"""The proxy of a run: ordered from outside, gone when its run is gone; whole runs through it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.errors import TargetError
from conformance.model.scenario import Cut, Point
from conformance.model.transcript import CutHow
from conformance.model.values import Octets, Size
from conformance.proxy.remote import PathProxy

pytest.importorskip("mitmproxy")

if TYPE_CHECKING:
    from pathlib import Path

CUT = Cut(how=CutHow.RESET, after=Size(((1, Octets(0)),)), wait_for=None)
REQUEST = b"POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    host, number = writer.get_extra_info("sockname")
    return reader, writer, f"{host}:{number}"


def test_an_order_is_carried_out_and_told(rig: Any) -> None:
    async def work() -> None:
        async with rig.serving() as server, PathProxy() as proxy:
            port, _ = await proxy.listen(f"http://127.0.0.1:{server.port}")
            _, writer, peer = await connect(port)
            armed = await proxy.arm(peer, ("POST", "/u"), CUT, 321)
            writer.write(REQUEST + b"c" * 1000)
            report = await armed.report(5)
            writer.transport.abort()
            assert report is not None
            assert (report.how, report.handed, report.acknowledged) == (CutHow.RESET, 321, 321)
            assert (report.whole, report.note) == (False, "")
            assert server.connections[0].octets == REQUEST + b"c" * 321

    rig.run(work())


def test_an_exchange_that_is_under_way_can_be_interrupted(rig: Any) -> None:
    async def work() -> None:
        async with rig.serving() as server, PathProxy() as proxy:
            port, _ = await proxy.listen(f"http://127.0.0.1:{server.port}")
            _, writer, peer = await connect(port)
            writer.write(REQUEST + b"c" * 500)
            async with asyncio.timeout(5):
                while not server.connections or len(server.connections[0].octets) < 500:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            armed = await proxy.arm(peer, ("POST", "/u"), CUT, 500, under_way=True)
            report = await armed.report(5)
            assert report is not None
            assert (report.how, report.handed) == (CutHow.RESET, 500)
            with pytest.raises(TargetError, match="over"):
                await proxy.arm(peer, ("POST", "/u"), CUT, 500, under_way=True)
            writer.transport.abort()

    rig.run(work())


def test_an_order_that_comes_to_nothing_is_told_too(rig: Any) -> None:
    async def work() -> None:
        async with rig.serving() as server, PathProxy() as proxy:
            port, _ = await proxy.listen(f"http://127.0.0.1:{server.port}")
            server.react = lambda each: each.say(b"HTTP/1.1 204 No\r\n\r\n")
            _, writer, peer = await connect(port)
            cut = Cut(how=CutHow.RESET, once=Point.INTERIM_104, wait_for=None)
            armed = await proxy.arm(peer, ("GET", "/"), cut, None)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            report = await armed.report(5)
            writer.transport.abort()
            assert report is not None
            assert (report.how, report.note) == (None, "the exchange ended before")

    rig.run(work())


def test_a_dead_proxy_is_noticed(rig: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def work() -> None:
        async with rig.serving() as server, PathProxy() as proxy:
            port, _ = await proxy.listen(f"http://127.0.0.1:{server.port}")
            _, writer, peer = await connect(port)
            armed = await proxy.arm(peer, ("POST", "/u"), CUT, 10)
            assert proxy._process is not None
            proxy._process.kill()
            assert await armed.report(5) is None
            with pytest.raises(TargetError, match="proxy"):
                await proxy.listen("http://127.0.0.1:1")
            writer.transport.abort()

    rig.run(work())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["input", "signal"])
def test_it_ends_with_its_input_and_takes_its_folder_along(tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.proxy", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert json.loads(process.stdout.readline()) == {"ready": True}
    process.stdin.write(b'nonsense\n{"do": "dance", "id": 4}\n[]\n')
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(3)]
    assert [answer["id"] for answer in answers] == [None, 4, None]
    assert all("makes no sense" in answer["error"] for answer in answers)
    if ending == "signal":
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    assert not folder.exists()


def checks(folder: Path, *options: str) -> dict[str, str]:
    """Judge the embedded server over both HTTP versions; return outcomes of cited checks."""
    results = folder / "results.json"
    command = [sys.executable, "-c", "from conformance.cli import main; main()", "run"]
    topic = ["--draft", "9", "--topic", "interruption"]
    ended = subprocess.run(
        [*command, *topic, *options, "--no-html", "--quiet", "--json", str(results)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(results.read_text(encoding="utf-8"))["results"]
    return {
        check["id"]: check["outcome"]
        for case in found
        for check in case["checks"]
        if "/standing/" not in check["id"]
    }


@pytest.mark.slow
def test_a_correct_server_gets_the_same_verdicts_on_the_path(tmp_path: Path) -> None:
    assert checks(tmp_path, "--via-proxy") == checks(tmp_path)


@pytest.mark.slow
def test_the_interruptions_are_the_proxys(tmp_path: Path) -> None:
    """Under TLS as well: the record of a cut is what the proxy told."""
    via = checks(tmp_path, "--via-proxy", "--tls")
    assert via
    assert "fail" not in via.values()
