"""What the wire needs to know of a target: trust, redirects, read-back, how to restart it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from conformance.engine.uploads import origin_of
from conformance.engine.world import Counters, Endpoints, World, host_and_port
from conformance.model.errors import TargetError
from conformance.wire import TlsSettings
from conformance.wire.tls import client_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.engine.target import Target
    from conformance.proxy.remote import PathProxy

_COMMAND_WITHIN = 60.0
_BACK_WITHIN = 30.0
_PAUSE = 0.1


def world_of(target: Target, counters: Counters, path: PathProxy | None = None) -> World:
    """Return the world of the plans that run against a target.

    Must be called on the loop the plans will run on.

    Args:
        target: the target.
        counters: shared by all plans of a run.
        path: a proxy through which it is reached; None for none.

    Raises:
        TargetError: its file of certificates cannot be used.
    """
    settings = TlsSettings(verify=not target.tls.insecure, ca_file=target.tls.ca)
    if target.tls.ca:
        _refuse_useless(settings)
    return World(
        endpoints=Endpoints(
            settings,
            target.tls.server_name,
            target.family,
            path,
        ),
        counters=counters,
        trusted_origins=target.trusted_origins,
        follow_redirects=target.follow_redirects,
        cookies=target.cookies,
        read_back=target.read_back,
        restart=_restart_of(target),
    )


def _refuse_useless(settings: TlsSettings) -> None:
    try:
        client_context(settings)
    except OSError as error:
        detail = error.strerror or str(error)
        raise TargetError(f"{settings.ca_file} holds no certificates in PEM: {detail}") from None


def _restart_of(target: Target) -> Callable[[], Awaitable[None]] | None:
    if target.restart_hook is not None:
        return target.restart_hook
    if not target.restart:
        return None

    async def restart() -> None:
        await run_command(target.restart, "restart")
        await _until_back(target)

    return restart


async def run_command(argv: tuple[str, ...], what: str) -> None:
    """Run one of the user's commands; its output is dropped.

    Raises:
        TargetError: it cannot be started, fails, or does not end in time.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        raise TargetError(f"{what} command {argv[0]!r} cannot be started: {error}") from None
    try:
        code = await asyncio.wait_for(process.wait(), _COMMAND_WITHIN)
    except TimeoutError:
        raise TargetError(
            f"{what} command {argv[0]!r} did not end within {_COMMAND_WITHIN:g} s"
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if code != 0:
        raise TargetError(f"{what} command {argv[0]!r} ended with {code}")


async def _until_back(target: Target) -> None:
    host, port = host_and_port(origin_of(target.url_with("x")))
    clock = asyncio.get_running_loop().time
    end = clock() + _BACK_WITHIN
    while True:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 1.0)
        except (OSError, TimeoutError):
            if clock() >= end:
                raise TargetError(
                    f"the target did not come back within {_BACK_WITHIN:g} s of its restart"
                ) from None
            await asyncio.sleep(_PAUSE)
            continue
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return
