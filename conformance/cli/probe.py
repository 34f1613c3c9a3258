"""``resumable probe URL``."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import click

from conformance.cli.options import target_options


@click.command()
@click.argument("url", required=False)
@target_options
def probe(url: str | None, **options: Any) -> None:
    """Tell in seconds what a server can do, without judging it.

    URL is where uploads are created. The server gets some thirty small uploads.
    """
    # imported here so that --help stays quick
    from conformance.engine.settings import Wishes, build

    values = {name: value or None for name, value in options.items()}
    settings = build(Wishes(url=url, **values), os.environ)
    for line in asyncio.run(_probe(settings)):
        click.echo(line)


async def _probe(settings: Any) -> list[str]:
    from conformance.engine.asking import asker
    from conformance.engine.probe import probe as look
    from conformance.engine.probe_words import sentences
    from conformance.engine.redact import Redactor
    from conformance.engine.world import Counters
    from conformance.engine.worlds import world_of

    target = settings.targets[0]
    ask = asker(world_of(target, Counters()), scale=settings.scale, most=settings.parallel)
    redact = Redactor(target.secrets).text
    found = await look(target, ask)
    way = target.read_back.words if target.read_back is not None else ""
    return [_printable(redact(line)) for line in sentences(found, way)]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in text)
