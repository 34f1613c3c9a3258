"""``resumable proxy``: refusals in one line, and one interruption from the outside."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli import main

pytest.importorskip("mitmproxy")

# what mitmproxy imports uses deprecated names of its own dependencies
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

if TYPE_CHECKING:
    from pathlib import Path

UPSTREAM = ["--upstream", "http://127.0.0.1:1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "here"], "write for example 127.0.0.1:9000"),
        (["--listen", "127.0.0.1:99999"], "write for example 127.0.0.1:9000"),
        (["--listen", "127.0.0.1:0", "--record", "/no/such/folder/x"], "there is no folder"),
        (["--listen", "192.0.2.1:0"], "cannot listen"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(main, ["proxy", *UPSTREAM, *arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_mistake_in_a_plan_has_a_place(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("faults:\n  - on: {}\n    cut: {how: explode, after: 1 B}\n")
    arguments = ["proxy", *UPSTREAM, "--listen", "127.0.0.1:0", "--plan", str(plan)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert f"{plan}:3:16" in result.output


def _serve(listening: socket.socket, came: list[bytes]) -> None:
    sock, _ = listening.accept()
    sock.settimeout(10)
    with sock:
        try:
            while data := sock.recv(65_536):
                came.append(data)
        except OSError:
            came.append(b"")


def test_an_upload_is_cut_off_and_both_sides_are_recorded(tmp_path: Path) -> None:
    plan, record = tmp_path / "plan.yaml", tmp_path / "record.json"
    plan.write_text("faults: [{on: {method: POST}, cut: {how: close, after: 25%, wait-for: null}}]")
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, came))
        thread.start()
        upstream = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [sys.executable, "-c", "from conformance.cli import main; main()", "proxy"]
        options = ["--upstream", upstream, "--listen", "127.0.0.1:0", "--plan", str(plan)]
        process = subprocess.Popen(
            [*command, *options, "--record", str(record)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        place = process.stdout.readline().split()[0].rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", int(place)), timeout=10) as client:
            client.sendall(b"POST /u HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + b"c" * 4000)
            assert client.recv(100) == b""
        assert "close after 1000 octets" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        process.stdout.close()
        thread.join(timeout=10)
    assert b"".join(came).endswith(b"\r\n\r\n" + b"c" * 1000)
    told = json.loads(record.read_text(encoding="utf-8"))
    client_side, server_side = (told[side]["exchanges"][0] for side in ("client", "server"))
    assert (client_side["request"]["handed"], server_side["request"]["handed"]) == (4000, 1000)
    assert server_side["request"]["cut"]["how"] == "close"
