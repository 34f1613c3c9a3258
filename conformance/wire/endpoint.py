"""Where connections go: names resolved once, one address kept for a whole scenario."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.model.errors import TargetError
from conformance.wire.tcp import connect

if TYPE_CHECKING:
    from conformance.wire.tls import TlsSettings


@dataclass(frozen=True, slots=True)
class Address:
    """A resolved address.

    Attributes:
        family: address family of the socket module.
        sockaddr: what the socket is connected to.
    """

    family: int
    sockaddr: tuple[Any, ...]

    def __str__(self) -> str:
        host, port = self.sockaddr[0], self.sockaddr[1]
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A peer that can be connected to.

    Attributes:
        host: name or address literal, without brackets.
        port: TCP port.
        address: the one address used.
        tls: how to talk TLS; None for cleartext.
        server_name: name for SNI and certificate; the host if empty.
    """

    host: str
    port: int
    address: Address
    tls: TlsSettings | None = None
    server_name: str = ""


async def resolve(host: str, port: int, at_most: float = 10.0) -> list[Address]:
    """Return a host's addresses in the system's order; literals may stand in brackets.

    Raises:
        TargetError: the name is not known.
    """
    loop = asyncio.get_running_loop()
    name = _bare(host)
    try:
        async with asyncio.timeout(at_most):
            found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise TargetError(f"the name {host} could not be resolved in {at_most:.1f} s") from error
    except (OSError, UnicodeError) as error:
        raise TargetError(f"the name {host} cannot be resolved: {error}") from error
    return list(dict.fromkeys(Address(family, sockaddr) for family, _, _, _, sockaddr in found))


async def reach(
    host: str,
    port: int,
    *,
    tls: TlsSettings | None = None,
    server_name: str = "",
    at_most: float = 5.0,
) -> Endpoint:
    """Return the endpoint with the first address that accepts a connection.

    If none does, the first address is kept: exchanges with it will say why.

    Raises:
        TargetError: the name is not known.
    """
    addresses = await resolve(host, port)
    chosen = addresses[0]
    for address in addresses if len(addresses) > 1 else ():
        try:
            sock = await connect(address.family, address.sockaddr, at_most)
        except OSError:
            continue
        sock.close()
        chosen = address
        break
    return Endpoint(host=_bare(host), port=port, address=chosen, tls=tls, server_name=server_name)


def _bare(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host
