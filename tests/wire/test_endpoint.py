"""Names, literals and the one address that is kept."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from conformance.model.errors import TargetError
from conformance.wire import Address, endpoint, reach, resolve


@pytest.mark.parametrize(
    ("host", "family", "text"),
    [
        ("127.0.0.1", socket.AF_INET, "127.0.0.1:80"),
        ("::1", socket.AF_INET6, "[::1]:80"),
        ("[::1]", socket.AF_INET6, "[::1]:80"),
    ],
)
def test_literals_are_their_own_address(run: Any, host: str, family: int, text: str) -> None:
    (address,) = run(resolve(host, 80))
    assert (address.family, str(address)) == (family, text)


def test_a_name_that_cannot_be_resolved_is_the_targets_fault(run: Any) -> None:
    with pytest.raises(TargetError, match="cannot be resolved"):
        run(resolve("x" * 70 + ".test", 80))


def test_the_first_address_that_connects_is_kept(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            closed = Address(socket.AF_INET, gone.getsockname())
        opened = Address(socket.AF_INET, listener.getsockname())

        async def found(*_: object) -> list[Address]:
            return [closed, opened]

        monkeypatch.setattr(endpoint, "resolve", found)
        chosen = run(reach("somewhere", 80, server_name="other"))
    assert chosen.address == opened
    assert (chosen.host, chosen.server_name) == ("somewhere", "other")


def test_if_no_address_connects_the_first_is_kept(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            addresses.append(Address(socket.AF_INET, gone.getsockname()))

    async def found(*_: object) -> list[Address]:
        return addresses

    monkeypatch.setattr(endpoint, "resolve", found)
    assert run(reach("somewhere", 80)).address == addresses[0]
