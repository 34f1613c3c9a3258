"""``python -m reference_server``: start the reference server as a process of its own.

With ``--embedded`` several named configurations run on free ports; their ports are printed as one
line of JSON, and the process ends when standard input does. ``--restartable DIR --port P`` runs
one configuration whose uploads survive the end of the process at any moment. ``--scratch DIR`` is
for whoever started it in a folder to throw away: the folder goes with the server, so that it goes
even if its owner was killed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reference_server.core.limits import Limits
from reference_server.defects.catalogue import load_defects
from reference_server.serve import (
    Configuration,
    RunningServer,
    end_on_signals,
    serve_until,
    tls_context,
)
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from collections.abc import Sequence

_STDIN = 0

#: What ``--embedded`` starts.
EMBEDDED = (
    Configuration(name="plain"),
    Configuration(
        name="limited",
        limits=Limits(
            max_size=1024 * 1024,
            min_size=0,
            max_append_size=256 * 1024,
            min_append_size=1024,
        ),
    ),
    Configuration(name="short-lived", limits=Limits(max_age=2)),
    Configuration(name="authorised", tokens=("alice-token", "bob-token")),
)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m reference_server", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--embedded", action="store_true", help="several configurations")
    which.add_argument("--restartable", type=Path, metavar="DIR", help="uploads in a directory")
    parser.add_argument("--host", default="127.0.0.1", help="name or address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: free)")
    strange = parser.add_mutually_exclusive_group()
    strange.add_argument("--defect", metavar="NAME", help="with a seeded defect")
    strange.add_argument("--variant", metavar="NAME", help="correct, but unusual")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="removed at the end")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="private key, PEM")
    read = parser.parse_args(arguments)
    if (read.tls_cert is None) != (read.tls_key is None):
        parser.error("--tls-cert and --tls-key belong together")
    for name, known in ((read.defect, load_defects), (read.variant, load_variants)):
        if name is not None and name not in known():
            parser.error(f"there is no {name!r}; resumable defects list shows what there is")
    if read.embedded and read.port:
        parser.error("--embedded chooses free ports, leave out --port")
    return read


def configurations(read: argparse.Namespace) -> list[Configuration]:
    """Return the servers the command line asks for.

    Raises:
        OSError: certificate or key cannot be used.
    """
    tls = None if read.tls_cert is None else tls_context(read.tls_cert, read.tls_key)
    if read.embedded:
        chosen = list(EMBEDDED)
    elif read.restartable is not None:
        chosen = [Configuration(name="restartable", port=read.port, store=read.restartable)]
    else:
        chosen = [Configuration(name="plain", port=read.port)]
    chosen = [replace(each, host=read.host, tls=tls) for each in chosen]
    if read.defect is not None:
        return [load_defects()[read.defect].into(each) for each in chosen]
    if read.variant is not None:
        return [load_variants()[read.variant].into(each) for each in chosen]
    return chosen


def tell_ports(servers: Sequence[RunningServer]) -> None:
    """Print the port of each server as one line of JSON."""
    ports = {server.name: server.port for server in servers}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()


def _end_with_input(ended: asyncio.Event) -> None:
    """Set an event when standard input ends."""
    if sys.stdin is None:  # closed from the start, and the number may be somebody else's
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        if not os.read(_STDIN, 4096):
            loop.remove_reader(_STDIN)
            ended.set()

    # A file or the null device cannot be waited for, and never says anything either.
    try:
        loop.add_reader(_STDIN, read)
    except OSError:
        return


async def run(read: argparse.Namespace) -> None:
    """Run the servers until a signal or, where embedded, the end of standard input."""
    ended = asyncio.Event()
    end_on_signals(ended)
    if read.embedded or read.restartable is not None:
        _end_with_input(ended)
    await serve_until(configurations(read), ended, tell_ports)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the server; return 0 after an orderly end, 2 if it cannot start."""
    read = read_arguments(arguments)
    try:
        asyncio.run(run(read))
    except OSError as error:
        sys.stderr.write(f"cannot start the server: {error}\n")
        return 2
    finally:
        if read.scratch is not None:
            # what another server still writes there, it removes when it ends itself
            shutil.rmtree(read.scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
