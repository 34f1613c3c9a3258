"""What a peer's ``peer.py`` and the runner tell each other.

A peer is a module with ``PATH`` (where uploads are created), ``DRAFTS`` (what it speaks),
``STORED`` (template of where stored octets are fetched), ``CONFIGURATIONS`` by name, and
``start(place, configuration)``, which returns the command to run and what to add to its
environment. ``RACES`` names requirements that fail now and then, by a race of the server that
``findings.md`` explains. If it must be fetched or built, ``prepare(cache)`` does so before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class UnavailableError(Exception):
    """The peer cannot run on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to run a peer; each has a baseline of its own.

    Attributes:
        options: further options of ``resumable run``.
        tls: whether the peer gets a certificate and is spoken to by https.
    """

    options: tuple[str, ...] = ()
    tls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a peer runs.

    Attributes:
        port: port of 127.0.0.1 to listen on.
        scratch: an empty folder, gone after the run.
        cache: a folder that stays, for what :func:`prepare` fetched or built.
        certificate: PEM file with the certificate chain; None without TLS.
        key: PEM file with the private key; None without TLS.
    """

    port: int
    scratch: Path
    cache: Path
    certificate: Path | None = None
    key: Path | None = None
