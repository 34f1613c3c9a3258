"""Connections and exchanges over real sockets; what happens on them is recorded as a transcript."""

from __future__ import annotations

from conformance.wire.api import (
    TRANSPORTS,
    WireConnection,
    WireExchange,
    open_connection,
    release_together,
)
from conformance.wire.connection import H1Connection
from conformance.wire.endpoint import Address, Endpoint, reach, resolve
from conformance.wire.exchange import H1Exchange, OutgoingRequest
from conformance.wire.h2_connection import H2Connection
from conformance.wire.h2_exchange import H2Exchange
from conformance.wire.recorder import Recorder
from conformance.wire.tls import TlsSettings

__all__ = [
    "TRANSPORTS",
    "Address",
    "Endpoint",
    "H1Connection",
    "H1Exchange",
    "H2Connection",
    "H2Exchange",
    "OutgoingRequest",
    "Recorder",
    "TlsSettings",
    "WireConnection",
    "WireExchange",
    "open_connection",
    "reach",
    "release_together",
    "resolve",
]
