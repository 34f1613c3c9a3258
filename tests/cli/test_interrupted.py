"""A run that is interrupted or killed leaves nothing: no folder, no server, no proxy."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SECONDS = 40.0
COMMAND = "import sys; from conformance.cli import main; main(sys.argv[1:])"
RUN = ("run", "--draft", "9", "--http", "h1", "--no-html")
FUZZ = ("fuzz", "--draft", "9", "--time", "60")


def wait_until(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


def processes_of(folder: Path) -> list[str]:
    """Return the command lines that name a folder; those of servers do."""
    told = subprocess.run(
        ["ps", "-A", "-o", "args="], capture_output=True, text=True, timeout=10, check=True
    ).stdout
    return [line for line in told.splitlines() if str(folder) in line]


def interrupted(folder: Path, number: int, *arguments: str, up: str) -> tuple[int, str]:
    """Run a command until something is in its temporary folder, then send a signal."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
    ) as process:
        try:
            assert wait_until(lambda: any(folder.glob(up)))
            time.sleep(0.5)
            process.send_signal(number)
            _, errors = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    return process.returncode, errors


@pytest.mark.parametrize("arguments", [RUN, FUZZ], ids=["run", "fuzz"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_end_leaves_nothing(
    tmp_path: Path, number: int, arguments: tuple[str, ...]
) -> None:
    code, errors = interrupted(tmp_path, number, *arguments, up="resumable-embedded-*")

    assert code == 2
    assert "Traceback" not in errors
    assert list(tmp_path.glob("resumable-*")) == []
    assert processes_of(tmp_path) == []


def test_the_servers_of_a_run_that_is_killed_clean_up(tmp_path: Path) -> None:
    up = "resumable-embedded-*/uploads"
    code, _ = interrupted(tmp_path, signal.SIGKILL, *RUN, up=up)

    assert code == -signal.SIGKILL
    assert wait_until(lambda: not list(tmp_path.glob("resumable-*")))
    assert wait_until(lambda: not processes_of(tmp_path))


def test_a_signal_is_heard_where_ctrl_c_is_not(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # inherited, as in the background
    try:
        code, errors = interrupted(tmp_path, signal.SIGTERM, *RUN, up="resumable-embedded-*")
    finally:
        signal.signal(signal.SIGINT, before)

    assert code == 2
    assert "Traceback" not in errors
    assert list(tmp_path.glob("resumable-*")) == []


@pytest.mark.skipif(importlib.util.find_spec("mitmproxy") is None, reason="needs mitmproxy")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_proxy_of_a_run_cleans_up(tmp_path: Path, number: int) -> None:
    interrupted(tmp_path, number, *RUN, "--via-proxy", up="resumable-proxy-*")

    assert wait_until(lambda: not list(tmp_path.glob("resumable-*")))
    assert wait_until(lambda: not processes_of(tmp_path))
