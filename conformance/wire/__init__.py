"""Connections and exchanges over real sockets; what happens on them is recorded as a transcript."""

from __future__ import annotations

from conformance.wire.connection import H1Connection
from conformance.wire.endpoint import Address, Endpoint, reach, resolve
from conformance.wire.exchange import H1Exchange, OutgoingRequest
from conformance.wire.recorder import Recorder
from conformance.wire.tls import TlsSettings

__all__ = [
    "Address",
    "Endpoint",
    "H1Connection",
    "H1Exchange",
    "OutgoingRequest",
    "Recorder",
    "TlsSettings",
    "reach",
    "resolve",
]
