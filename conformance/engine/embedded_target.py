"""Configurations of the embedded reference server as targets of a run.

The server's starter stands beside the engine and neither knows the other; what is needed of a
configuration is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from conformance.engine.target import ReadBackWish, Target, TlsWish, secrets_of
from conformance.engine.transports import TRANSPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.target import RestartHook

#: stands for the embedded server until it is started; nobody connects to it
PLACEHOLDER: Final = Target(url="http://127.0.0.1/", name="embedded")


class Configuration(Protocol):
    """What a started configuration tells of itself."""

    @property
    def name(self) -> str:
        """Return its label for people."""

    @property
    def url(self) -> str:
        """Return its creation URL."""

    @property
    def capabilities(self) -> frozenset[str]:
        """Return what it offers."""

    @property
    def limits(self) -> Mapping[str, int]:
        """Return its limits by key, octets or seconds."""

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return the field lines every request needs."""

    @property
    def other_fields(self) -> tuple[tuple[str, str], ...]:
        """Return the field lines of a second user."""

    @property
    def read_back(self) -> str:
        """Return the URL template for stored octets; empty if there is none."""

    @property
    def authority(self) -> str:
        """Return the PEM file to trust; empty for clear text."""

    @property
    def restart(self) -> RestartHook | None:
        """Return what kills it and starts it again; None where that is not offered."""


def as_target(embedded: Configuration) -> Target:
    """Return an embedded configuration as a target that declares what it offers."""
    return Target(
        url=embedded.url,
        name=embedded.name,
        fields=embedded.fields,
        other_fields=embedded.other_fields,
        secrets=secrets_of(embedded.fields + embedded.other_fields),
        tls=TlsWish(ca=embedded.authority),
        limits=embedded.limits,
        read_back=ReadBackWish(url=embedded.read_back) if embedded.read_back else None,
        restart_hook=embedded.restart,
        offers=embedded.capabilities,
        transports=tuple(TRANSPORTS),
    )
