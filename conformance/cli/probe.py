"""``resumable probe URL``."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import target_options

if TYPE_CHECKING:
    from conformance.engine.probe import Spoken
    from conformance.engine.settings import RunSettings
    from conformance.engine.world import World


@click.command()
@click.argument("url", required=False)
@target_options
def probe(url: str | None, **options: Any) -> None:
    """Tell in seconds what a server can do, without judging it.

    URL is where uploads are created. The server gets some forty small uploads.
    """
    # imported here so that --help stays quick
    from conformance.engine.settings import build
    from conformance.engine.wishes import Wishes

    values = {name: value or None for name, value in options.items()}
    settings = build(Wishes(url=url, **values), os.environ)
    for line in asyncio.run(_probe(settings)):
        click.echo(line)


async def _probe(settings: RunSettings) -> list[str]:
    from conformance.engine.asking import asker
    from conformance.engine.probe import Spoken, spoken
    from conformance.engine.probe import probe as look
    from conformance.engine.probe_words import sentences
    from conformance.engine.redact import Redactor
    from conformance.engine.transports import TRANSPORTS
    from conformance.engine.world import Counters
    from conformance.engine.worlds import world_of
    from conformance.model.errors import TargetError

    target = settings.targets[0]
    world = world_of(target, Counters())
    transports: dict[str, Spoken] = {}
    wanted = settings.transports or tuple(TRANSPORTS)
    for first in wanted:
        ask = asker(world, scale=settings.scale, most=settings.parallel, transport=first)
        try:
            found = await look(target, ask)
            break
        except TargetError as error:
            # another version may do; if none does, the first one's cause is the plainest
            transports[first] = Spoken(why_not=str(error))
    else:
        raise TargetError(transports[wanted[0]].why_not)
    others = [name for name in wanted if name not in transports and name != first]
    transports = {first: spoken(found), **transports}
    transports |= {name: await _other(settings, world, name) for name in others}
    redact = Redactor(target.secrets).text
    way = target.read_back.words if target.read_back is not None else ""
    return [_printable(redact(line)) for line in sentences(found, way, transports)]


async def _other(settings: RunSettings, world: World, transport: str) -> Spoken:
    """Find out what there is to know over a transport besides the first one."""
    from conformance.engine.asking import asker
    from conformance.engine.probe import Spoken, listen
    from conformance.engine.transports import why_not_h2

    target = settings.targets[0]
    if transport == "h2":
        why = await why_not_h2(world, target.url_with("x"), settings.scale)
        if why:
            return Spoken(why_not=why)
    most = settings.parallel
    return await listen(target, asker(world, scale=settings.scale, most=most, transport=transport))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in text)
