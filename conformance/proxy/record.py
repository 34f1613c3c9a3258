"""The two transcripts of a proxy as JSON: what the client saw, and what the server saw."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from conformance.model.transcript import FieldLine, Moment, ReceivedContent

if TYPE_CHECKING:
    from conformance.model.transcript import Transcript
    from conformance.proxy.side import Journal, Side

#: number of the format
RECORD_FORMAT = 1


def record_value(journal: Journal) -> dict[str, Any]:
    """Return what was recorded, ready for JSON; octets are ISO 8859-1 text."""
    client, server = journal.transcripts()
    return {
        "format": RECORD_FORMAT,
        "exchanges_seen": journal.seen,
        "client": _transcript(client, journal.client),
        "server": _transcript(server, journal.server),
    }


def _transcript(transcript: Transcript, sides: list[Side]) -> dict[str, Any]:
    exchanges = []
    for exchange, side in zip(transcript.exchanges, sides, strict=True):
        value = plain(exchange)
        value["request"]["sha256"] = side.digest.hexdigest()
        exchanges.append(value)
    return {"connections": plain(transcript.connections), "exchanges": exchanges}


def plain(value: Any) -> Any:
    """Return a record as lists, mappings, text and numbers."""
    if isinstance(value, Moment):
        return {"seq": value.seq, "at": round(value.at, 6)}
    if isinstance(value, FieldLine):
        return [value.name.decode("latin-1"), value.value.decode("latin-1")]
    if isinstance(value, ReceivedContent):
        digest = value.sha256.hex() or hashlib.sha256(value.octets).hexdigest()
        return {"length": value.length, "sha256": digest, "complete": value.complete}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
