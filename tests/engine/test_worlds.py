"""What the wire needs to know of a target, and the commands a user declares."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine import worlds
from conformance.engine.target import Target, TlsWish
from conformance.engine.world import Counters
from conformance.engine.worlds import run_command, world_of
from conformance.model.errors import TargetError

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("/no/such/program",), "cannot be started"),
        (python("raise SystemExit(3)"), "ended with 3"),
        (python("import sys; sys.exit('noise on stderr')"), "ended with 1"),
    ],
)
def test_a_command_that_fails_is_one_sentence(argv: tuple[str, ...], words: str) -> None:
    with pytest.raises(TargetError, match=words):
        asyncio.run(run_command(argv, "cleanup"))


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worlds, "_COMMAND_WITHIN", 0.3)

    with pytest.raises(TargetError, match="did not end"):
        asyncio.run(run_command(python("import time; time.sleep(60)"), "cleanup"))


async def hang_up(_reader: object, _writer: object) -> None:
    """End a connection without a word."""


def test_a_restart_waits_until_the_target_answers_again(listening: Any) -> None:
    async def scenario() -> bool:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        target = Target(url=f"http://127.0.0.1:{port}/", restart=python("pass"))
        restart = world_of(target, Counters()).restart
        assert restart is not None
        waiting = asyncio.ensure_future(restart())
        await asyncio.sleep(0.2)
        early = waiting.done()
        async with listening(hang_up, port=port):
            await asyncio.wait_for(waiting, 10)
        return early

    assert asyncio.run(scenario()) is False


def test_a_target_that_stays_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_BACK_WITHIN", 0.2)

    async def scenario() -> None:
        restart = world_of(
            Target(url="http://127.0.0.1:1/", restart=python("pass")), Counters()
        ).restart
        assert restart is not None
        await restart()

    with pytest.raises(TargetError, match="did not come back"):
        asyncio.run(scenario())


def test_a_target_of_ours_brings_its_own_way_to_restart() -> None:
    async def hook() -> None:
        """Do nothing."""

    async def scenario() -> bool:
        target = Target(url="http://127.0.0.1:1/", restart_hook=hook)
        return world_of(target, Counters()).restart is hook

    assert asyncio.run(scenario())


@pytest.mark.parametrize("ca", ["not a certificate", ""])
def test_a_file_without_certificates_is_one_sentence(tmp_path: Path, ca: str) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(ca, encoding="utf-8")

    async def scenario() -> None:
        world_of(Target(url="https://127.0.0.1:1/", tls=TlsWish(ca=str(path))), Counters())

    with pytest.raises(TargetError, match=r"ca\.pem"):
        asyncio.run(scenario())
