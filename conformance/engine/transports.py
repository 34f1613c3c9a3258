"""Over which HTTP versions a target is judged: asked for, or found by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.engine.lanes import endpoint_of
from conformance.engine.uploads import origin_of
from conformance.model.errors import SuiteError, TargetError
from conformance.wire import H2Connection, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.world import World

#: transport -> its name for people, in the order in which they are run and told
TRANSPORTS: Final = {"h1": "HTTP/1.1", "h2": "HTTP/2"}

#: seconds for a target to show that it speaks HTTP/2, before scaling
_SHOWN_WITHIN: Final = 3.0


def parse_transports(texts: Iterable[str]) -> tuple[str, ...]:
    """Read transports: ``h1``, ``h2`` or ``h1,h2``; in our order, each once.

    Raises:
        SuiteError: one is not known, or there is none.
    """
    names = {part.strip() for text in texts for part in text.split(",")} - {""}
    unknown = sorted(names - TRANSPORTS.keys())
    if unknown or not names:
        told = repr(unknown[0][:20]) if unknown else "nothing"
        raise SuiteError(f"{told} is no transport; write h1, h2 or h1,h2")
    return tuple(name for name in TRANSPORTS if name in names)


async def why_not_h2(world: World, url: str, scale: float) -> str:
    """Find out whether a target speaks HTTP/2, without asking anything of it.

    In the clear our preface is sent and the target's SETTINGS are awaited (prior knowledge, RFC
    9113 section 3.3); over TLS the target chooses by ALPN.

    Args:
        world: where the target is and how to trust it.
        url: a URL of the target.
        scale: factor on every waiting.

    Returns:
        Why it does not; empty if it does, and also if it cannot be reached at all: what is wrong
        then is better told by an ordinary request.

    Raises:
        TargetError: the host's name is not known, or the certificates to trust cannot be read.
    """
    at_most = _SHOWN_WITHIN * scale
    endpoint = await endpoint_of(world, origin_of(url), at_most)
    connection = await H2Connection.open(endpoint, Recorder(), at_most)
    try:
        return "" if connection.link is None else connection.failure.removeprefix("HTTP/2: ")
    finally:
        await connection.close()


def refusal(url: str, why: str) -> TargetError:
    """Return the error for a target that was to be judged over HTTP/2 and does not speak it."""
    place = origin_of(url).partition("://")[2]
    return TargetError(
        f"{place} cannot be judged over HTTP/2: {why}; leave h2 out of --http, or correct the URL"
    )
