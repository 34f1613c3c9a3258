"""The reference server as a target of our own: its own processes, several configurations.

The server runs apart from the suite, so that neither can see into the other and a restart is a
real one. Each process ends when its standard input closes, hence with us, whatever happens to us,
and takes the folder of the run with it.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self

from conformance.model.errors import InternalError
from conformance.server_process import HOST, OwnProcess, free_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from conformance.server_process import ServerProcess

_MIB: Final = 1024 * 1024
_FURTHER_STARTS: Final = 2

#: what all configurations offer
_COMMON = frozenset({"read-back", "cancellation", "ordinary-uploads", "redirects"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedTarget:
    """One configuration of the embedded server.

    Attributes:
        name: ``plain``, ``limited``, ``short-lived``, ``authorised`` or ``restartable``.
        url: creation URL.
        capabilities: what it offers, for ``needs``.
        limits: its limits by key, octets or seconds.
        fields: field lines every request needs.
        other_fields: field lines of a second user.
        read_back: URL template for stored octets with ``{id}``, the last segment of the upload
            resource's path.
        authority: PEM file a client has to trust; empty for clear text.
        restart: kills it without warning and starts it again; None where that is not offered.
    """

    name: str
    url: str
    capabilities: frozenset[str]
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    fields: tuple[tuple[str, str], ...] = ()
    other_fields: tuple[tuple[str, str], ...] = ()
    read_back: str = ""
    authority: str = ""
    restart: Callable[[], Awaitable[None]] | None = field(default=None, compare=False, repr=False)

    def serves(self, needs: frozenset[str]) -> bool:
        """Tell whether it offers everything in ``needs``."""
        return needs <= self.capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    capabilities: frozenset[str]
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    tokens: tuple[str, ...] = ()


_LIMITS = {
    "max-size": _MIB,
    "max-append-size": 256 * 1024,
    "min-append-size": 1024,
    "min-size": 0,
}

#: in the order in which a scenario chooses among them
_CONFIGURATIONS: Final[Mapping[str, _Facts]] = MappingProxyType(
    {
        "plain": _Facts(capabilities=_COMMON | {"no-limits"}),
        "limited": _Facts(
            capabilities=_COMMON
            | {"max-size", "small-max-size", "max-append-size", "min-append-size"},
            limits=MappingProxyType(_LIMITS),
        ),
        "short-lived": _Facts(
            capabilities=_COMMON | {"lifetime"}, limits=MappingProxyType({"max-age": 2})
        ),
        "authorised": _Facts(
            capabilities=_COMMON | {"authorisation", "no-limits"},
            tokens=("alice-token", "bob-token"),
        ),
        "restartable": _Facts(capabilities=_COMMON | {"restart", "no-limits"}),
    }
)


class Embedded:
    """Runs the reference server for as long as the context lasts.

    Usable as a context manager and as an asynchronous one. Every port speaks HTTP/1.1 and HTTP/2.

    Args:
        restartable: start the configuration that can be killed and started again, too.
        arguments: more arguments for the server: a seeded defect or a correct variant.
        tls: speak TLS, with a certificate made for this run.
        launch: starts a process of the server with some arguments; None for a new interpreter.

    Attributes:
        configurations: the targets by name, in the order in which to choose among them.
    """

    configurations: Mapping[str, EmbeddedTarget]

    def __init__(
        self,
        *,
        restartable: bool = True,
        arguments: tuple[str, ...] = (),
        tls: bool = False,
        launch: Callable[..., ServerProcess] | None = None,
    ) -> None:
        self.configurations = MappingProxyType({})
        self._arguments = arguments
        self._restartable = restartable
        self._tls = tls
        self._authority = ""
        self._launch: Callable[..., ServerProcess] = launch or OwnProcess
        self._several: ServerProcess | None = None
        self._single: ServerProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """Start the processes and learn their ports.

        The one that can be restarted keeps its port, which therefore is chosen for it, and may be
        somebody else's by the time it is used. Then everything begins anew.

        Raises:
            InternalError: the server did not come up, or no certificate can be made.
        """
        for _ in range(_FURTHER_STARTS if self._restartable else 0):
            try:
                self._start()
            except InternalError:
                continue
            return
        self._start()

    def _start(self) -> None:
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="resumable-embedded-")
            folder = Path(self._folder.name)
            tls = self._certificate(folder) if self._tls else ()
            more = (*self._arguments, *tls, "--scratch", str(folder))
            self._several = self._launch("--embedded", *more)
            if self._restartable:
                port = str(free_port())
                uploads = str(folder / "uploads")
                self._single = self._launch("--restartable", uploads, "--port", port, *more)
            ports = dict(self._several.ports())
            if self._single is not None:
                ports |= self._single.ports()
        except BaseException:
            self.close()
            raise
        self.configurations = MappingProxyType(
            {
                name: self._target(name, facts, ports[name])
                for name, facts in _CONFIGURATIONS.items()
                if name in ports
            }
        )

    def _certificate(self, folder: Path) -> tuple[str, ...]:
        """Make a certificate; return the arguments that have a process use it."""
        # imported here, for hardly any run needs it
        from reference_server.certificate import NoCertificateError, make_certificate

        try:
            made = make_certificate(folder)
        except NoCertificateError as error:
            raise InternalError(str(error)) from None
        self._authority = str(made.authority)
        return "--tls-cert", str(made.chain), "--tls-key", str(made.key)

    def _target(self, name: str, facts: _Facts, port: int) -> EmbeddedTarget:
        origin = f"{'https' if self._tls else 'http'}://{HOST}:{port}"
        users = [(("Authorization", f"Bearer {token}"),) for token in facts.tokens]
        return EmbeddedTarget(
            name=name,
            url=f"{origin}/",
            capabilities=facts.capabilities,
            limits=facts.limits,
            fields=users[0] if users else (),
            other_fields=users[1] if users else (),
            read_back=f"{origin}/files/{{id}}",
            authority=self._authority,
            restart=self._restart if name == "restartable" else None,
        )

    async def _restart(self) -> None:
        if self._single is None:
            raise InternalError("the embedded server is not running")
        await asyncio.to_thread(self._single.again)

    def choose(self, needs: frozenset[str]) -> EmbeddedTarget | None:
        """Return the first configuration that offers everything in ``needs``."""
        return next((each for each in self.configurations.values() if each.serves(needs)), None)

    def close(self) -> None:
        """End the processes and remove what they stored; may be called again."""
        for process in (self._several, self._single):
            if process is not None:
                process.end()
        self._several = self._single = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)
