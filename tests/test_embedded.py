"""The reference server as processes of our own."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.embedded import Embedded, EmbeddedTarget
from conformance.model.errors import InternalError
from conformance.server_process import free_port


def ask(target: EmbeddedTarget, method: str) -> int:
    parts = urlsplit(target.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request(method, parts.path, headers=dict(target.fields))
        return connection.getresponse().status
    finally:
        connection.close()


def refuses(target: EmbeddedTarget) -> bool:
    parts = urlsplit(target.url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_every_configuration_answers_and_ends_with_the_context() -> None:
    with Embedded() as embedded:
        targets = list(embedded.configurations.values())
        assert [each.name for each in targets] == [
            "plain", "limited", "short-lived", "authorised", "restartable",
        ]  # fmt: skip
        assert all(200 <= ask(each, "OPTIONS") < 300 for each in targets)
    assert all(refuses(each) for each in targets)


def test_the_first_configuration_that_offers_everything_is_chosen() -> None:
    with Embedded(restartable=False) as embedded:
        chosen = {
            need: getattr(embedded.choose(frozenset(need.split())), "name", None)
            for need in ("read-back", "max-size", "lifetime", "authorisation", "restart")
        }
    assert chosen == {
        "read-back": "plain",
        "max-size": "limited",
        "lifetime": "short-lived",
        "authorisation": "authorised",
        "restart": None,
    }


def negotiated(target: EmbeddedTarget, *protocols: str) -> str | None:
    parts = urlsplit(target.url)
    context = ssl.create_default_context(cafile=target.authority)
    context.set_alpn_protocols(protocols)
    place = (parts.hostname or "", parts.port or 0)
    with (
        socket.create_connection(place, timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as wrapped,
    ):
        return wrapped.selected_alpn_protocol()


def test_over_tls_every_configuration_has_one_authority() -> None:
    pytest.importorskip("trustme")
    with Embedded(tls=True) as embedded:
        targets = list(embedded.configurations.values())
        assert len(targets) == 5
        assert len({each.authority for each in targets}) == 1
        assert all(each.url.startswith("https://127.0.0.1:") for each in targets)
        assert all(each.read_back.startswith(each.url) for each in targets)
        assert {negotiated(each, "h2", "http/1.1") for each in targets} == {"h2"}
        assert {negotiated(each, "http/1.1") for each in targets} == {"http/1.1"}
    assert not Path(targets[0].authority).exists()


def test_without_the_package_for_certificates_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(InternalError, match="pip install"):
        Embedded(tls=True).start()


def test_a_restarted_server_answers_on_the_same_port() -> None:
    async def restart() -> int:
        async with Embedded() as embedded:
            target = embedded.configurations["restartable"]
            assert target.restart is not None
            await target.restart()
            return await asyncio.to_thread(ask, target, "OPTIONS")

    assert 200 <= asyncio.run(restart()) < 300


def test_a_server_that_does_not_start_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.server_process.sys.executable", "/bin/false")
    with pytest.raises(InternalError, match="did not start"):
        Embedded().start()


def test_the_servers_end_when_their_owner_is_killed() -> None:
    owner = (
        "from conformance.embedded import Embedded\n"
        "import sys, time\n"
        "embedded = Embedded()\n"
        "embedded.start()\n"
        "print(*(each.url for each in embedded.configurations.values()), flush=True)\n"
        "time.sleep(60)\n"
    )
    home = str(Path(__file__).resolve().parent.parent)
    with subprocess.Popen(
        [sys.executable, "-c", owner],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": home},
    ) as process:
        assert process.stdout is not None
        urls = process.stdout.readline().decode().split()
        process.kill()
    assert len(urls) == 5
    targets = [EmbeddedTarget(name="x", url=url, capabilities=frozenset()) for url in urls]
    end = time.monotonic() + 10
    while time.monotonic() < end and not all(refuses(each) for each in targets):
        time.sleep(0.05)
    assert all(refuses(each) for each in targets)


def test_processes_may_be_launched_in_another_way() -> None:
    launched: list[tuple[str, ...]] = []

    class Launched:
        def __init__(self, *arguments: str) -> None:
            launched.append(arguments)

        def ports(self) -> dict[str, int]:
            return {"plain": 1}

        def again(self) -> None:
            raise AssertionError

        def end(self) -> None:
            launched.append(("end",))

    with Embedded(restartable=False, arguments=("--defect", "x"), launch=Launched) as embedded:
        assert list(embedded.configurations) == ["plain"]
    assert launched[0][:3] == ("--embedded", "--defect", "x")
    assert launched[1:] == [("end",)]


def test_a_port_that_was_taken_meanwhile_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        ports = iter([somebody.getsockname()[1], free_port()])
        monkeypatch.setattr("conformance.embedded.free_port", lambda: next(ports))
        with Embedded() as started:
            assert ask(started.configurations["restartable"], "OPTIONS") == 204
            assert ask(started.configurations["plain"], "OPTIONS") == 204
