"""``resumable serve`` over TLS."""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main

SECONDS = 20.0


def test_a_throw_away_certificate_is_trusted_by_what_is_written(tmp_path: Path) -> None:
    pytest.importorskip("trustme")
    authority = tmp_path / "ca.pem"
    command = [sys.executable, "-c", "from conformance.cli import main; main()"]
    command += ["serve", "--port", "0", "--tls", "--tls-ca-out", str(authority)]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        try:
            assert started.stdout is not None
            assert select.select([started.stdout], [], [], SECONDS)[0]
            url = started.stdout.readline().split()[0]
            assert url.startswith("https://127.0.0.1:")
            port = int(url.rstrip("/").rpartition(":")[2])
            context = ssl.create_default_context(cafile=str(authority))
            context.set_alpn_protocols(["h2"])
            with (
                socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as plain,
                context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
            ):
                assert wrapped.selected_alpn_protocol() == "h2"
            started.send_signal(signal.SIGINT)
            assert started.wait(SECONDS) == 0
        finally:
            started.kill()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--tls-ca-out", "ca.pem"], "--tls-ca-out goes with --tls"),
        (["--tls", "--tls-ca-out", "missing/ca.pem"], "missing/ca.pem: No such file"),
        (["--tls", "--host", "not a host"], "hosts"),
    ],
)
def test_mistakes_are_told(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trustme")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert told in result.stderr.splitlines()[-1]


def test_without_the_package_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    result = CliRunner().invoke(main, ["serve", "--tls"])
    assert result.exit_code == 2
    assert "pip install 'resumable-conformance[tls]'" in result.stderr.splitlines()[-1]
