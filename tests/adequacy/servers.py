"""Strange servers as processes that begin with everything imported.

Hundreds of servers are started for a few seconds each; a fresh interpreter would spend more time
with imports than with answers. A fork server, one for each worker, imports once.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import selectors
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.model.errors import InternalError
from reference_server.__main__ import main
from reference_server.defects.catalogue import load_defects
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: seconds; the first server of a worker waits for the imports of its fork server
_START_WITHIN: Final = 60.0
_END_WITHIN: Final = 3.0
_FORKS: Final = multiprocessing.get_context("forkserver")
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def warm_up() -> None:
    """Have the fork server of this process import everything, so that no server has to.

    This program is among it: each server would import it by itself otherwise. To be called once in
    each worker, before it starts servers.
    """
    gc.freeze()  # what was imported stays, and need not be looked at time and again
    strange = {each.override.__module__ for each in load_defects().values()}
    strange |= {part.__module__ for each in load_variants().values() for part in each.overrides}
    _FORKS.set_forkserver_preload(["__main__", main.__module__, *sorted(strange)])


def _serve(arguments: tuple[str, ...], ending: Connection, telling: Connection) -> None:
    """Be a server: tell the ports as one line, end when the other side of ``ending`` closes."""
    os.dup2(ending.fileno(), _STDIN)
    os.dup2(telling.fileno(), _STDOUT)
    with Path(os.devnull).open("wb") as nobody:
        os.dup2(nobody.fileno(), _STDERR)  # some faults make the server stumble time and again
    ending.close()
    telling.close()
    gc.freeze()
    main(arguments)


class ForkedServer:
    """One process of the reference server, see :class:`conformance.server_process.ServerProcess`.

    Args:
        arguments: of ``python -m reference_server``.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._begin()

    def _begin(self) -> None:
        ending, self._ending = _FORKS.Pipe(duplex=False)
        self._telling, telling = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(
            target=_serve, args=(self._arguments, ending, telling), daemon=True
        )
        self._process.start()
        ending.close()
        telling.close()

    def ports(self) -> dict[str, int]:
        """Wait until the server listens; return ports by the names of configurations.

        Raises:
            InternalError: it does not.
        """
        line, end = b"", time.monotonic() + _START_WITHIN
        with selectors.DefaultSelector() as selector:
            selector.register(self._telling.fileno(), selectors.EVENT_READ)
            while b"\n" not in line and selector.select(max(0.0, end - time.monotonic())):
                piece = os.read(self._telling.fileno(), 4096)
                if not piece:
                    break
                line += piece
        try:
            return {str(name): int(port) for name, port in json.loads(line).items()}
        except (ValueError, TypeError, AttributeError):
            raise InternalError(f"the server did not start: {self._arguments}") from None

    def again(self) -> None:
        """Kill the process without warning and start it anew on the same port."""
        self._process.kill()
        self._gone()
        self._begin()
        self.ports()

    def end(self) -> None:
        """Let the process end, by force if need be."""
        with contextlib.suppress(OSError):
            self._ending.close()
        self._process.join(_END_WITHIN)
        self._process.kill()
        self._gone()

    def _gone(self) -> None:
        self._process.join()
        self._process.close()
        for pipe in (self._ending, self._telling):
            with contextlib.suppress(OSError):
                pipe.close()
