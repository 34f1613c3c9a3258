"""The server as a process of its own: starting, ending, being killed."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reference_server.__main__ import EMBEDDED, configurations, main, read_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20.0
HEAD = "Host: x\r\nUpload-Draft-Interop-Version: 9\r\n"


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    """Run the server; give its process and ports."""
    command = [sys.executable, "-m", "reference_server", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as started:
        try:
            assert started.stdout is not None
            assert select.select([started.stdout], [], [], SECONDS)[0]
            yield started, json.loads(started.stdout.readline())
        finally:
            started.kill()


def talk(port: int, text: str, *, until: bytes = b"\r\n\r\n") -> dict[str, str]:
    """Send one request; return the fields of the last message up to ``until``."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        client.sendall(text.encode("latin-1"))
        data = b""
        while until not in data or not data.endswith(b"\r\n\r\n"):
            more = client.recv(65536)
            assert more
            data += more
    lines = data.decode("latin-1").rstrip().split("\r\n\r\n")[-1].split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines)


def test_embedded_servers_end_with_standard_input() -> None:
    with process("--embedded") as (started, ports):
        assert list(ports) == ["plain", "limited", "short-lived", "authorised"]
        fields = talk(ports["limited"], f"OPTIONS * HTTP/1.1\r\n{HEAD}\r\n")
        assert fields["Upload-Limit"] == (
            "max-size=1048576, min-size=0, max-append-size=262144, min-append-size=1024"
        )
        assert started.stdin is not None
        started.stdin.close()
        assert started.wait(SECONDS) == 0
        assert started.stderr is not None
        assert started.stderr.read() == ""


@pytest.mark.parametrize("ending", ["input", "signal", "owner restarts it"])
def test_the_scratch_folder_goes_with_the_server(tmp_path: Path, ending: str) -> None:
    scratch = tmp_path / "scratch"
    uploads = scratch / "uploads"
    arguments = ("--restartable", str(uploads), "--scratch", str(scratch))
    create = f"POST /a HTTP/1.1\r\n{HEAD}Upload-Complete: ?0\r\nContent-Length: 3\r\n\r\nabc"
    with process(*arguments) as (started, ports):
        talk(ports["restartable"], create, until=b"201 Created")
        assert len(list(uploads.iterdir())) == 2
        assert started.stdin is not None
        if ending == "input":
            started.stdin.close()
        else:
            started.send_signal(signal.SIGTERM if ending == "signal" else signal.SIGKILL)
        started.wait(SECONDS)
    assert scratch.exists() is (ending == "owner restarts it")


def test_sigterm_ends_the_server() -> None:
    with process() as (started, _):
        started.send_signal(signal.SIGTERM)
        assert started.wait(SECONDS) == 0


def test_sigkill_loses_no_acknowledged_octet(tmp_path: Path) -> None:
    create = f"POST /a HTTP/1.1\r\n{HEAD}Upload-Complete: ?0\r\nContent-Length: 3\r\n\r\nabc"
    port = 0
    with process("--restartable", str(tmp_path)) as (started, ports):
        port = ports["restartable"]
        path = talk(port, create, until=b"201 Created")["Location"]
        stuck = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        stuck.sendall(
            f"PATCH {path} HTTP/1.1\r\n{HEAD}Upload-Complete: ?1\r\nUpload-Offset: 3\r\n"
            "Content-Type: application/partial-upload\r\nContent-Length: 100\r\n\r\ndef".encode()
        )
        assert b"Upload-Offset: 6" in stuck.recv(65536)
        started.kill()
        started.wait(SECONDS)
        stuck.close()
    with process("--restartable", str(tmp_path), "--port", str(port)) as (_, ports):
        assert ports["restartable"] == port
        fields = talk(port, f"HEAD {path} HTTP/1.1\r\n{HEAD}\r\n")
        assert fields["Upload-Offset"] == "6"
        assert fields["Upload-Complete"] == "?0"
        assert fields["Upload-Length"] == "103"


def test_serving_until_a_signal(tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from reference_server.serve import Configuration, serve_forever\n"
        "def tell(servers):\n"
        "    print(json.dumps({each.name: each.port for each in servers}), flush=True)\n"
        "serve_forever([Configuration(name='a'), Configuration(name='b')], tell)\n"
    )
    file = tmp_path / "script.py"
    file.write_text(script)
    command = [sys.executable, str(file)]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdout is not None
        ports = json.loads(started.stdout.readline())
        assert set(ports) == {"a", "b"}
        assert "Allow" in talk(ports["b"], f"OPTIONS * HTTP/1.1\r\n{HEAD}\r\n")
        started.send_signal(signal.SIGINT)
        assert started.wait(SECONDS) == 0


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [each.name for each in configurations(read_arguments(["--embedded"]))] == [
        each.name for each in EMBEDDED
    ]
    for wrong in (["--tls-cert", "x"], ["--embedded", "--port", "1"], ["--unknown"]):
        with pytest.raises(SystemExit):
            read_arguments(wrong)
    missing = str(tmp_path / "missing.pem")
    assert main(["--tls-cert", missing, "--tls-key", missing]) == 2
    assert "cannot start the server" in capsys.readouterr().err


def test_a_port_in_use_is_told_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: Any = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert "cannot start the server" in capsys.readouterr().err
