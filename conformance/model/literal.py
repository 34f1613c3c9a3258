"""What a scenario writes literally: octets of HTTP/1 and frames of HTTP/2 no library would send."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.model.interruption import Point
from conformance.model.values import Duration, Range, Size, Template


@dataclass(frozen=True, slots=True)
class OctetPart:
    """One write of an octets step: text, hexadecimal octets, or a range of the content."""

    text: Template | None = None
    octets: bytes = b""
    content: Range | None = None


class FrameKind(StrEnum):
    """What one part of a frames step is."""

    HEADERS = "headers"
    DATA = "data"
    RST_STREAM = "rst-stream"
    WINDOW_UPDATE = "window-update"
    PING = "ping"
    SETTINGS = "settings"
    GOAWAY = "goaway"
    CONTINUATION = "continuation"
    RAW = "raw"  # octets of whole frames, or of anything else
    WAIT = "wait"  # nothing is written


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePart:
    """One frame of a frames step, written as it is said here (RFC 9113 section 6).

    Attributes:
        kind: type of the frame.
        fields: for HEADERS: names as written, pseudo-fields included; several values are several
            field lines.
        flags: names of the flags to set; END_HEADERS is implied for HEADERS unless any are named.
        pad: for HEADERS and DATA: octets of padding (0 to 255); None for no padding field.
        split: for HEADERS: octets of the field block in the HEADERS frame, the rest goes into a
            CONTINUATION frame; None for one frame.
        content: for DATA: a range of the content; None for no octets.
        octets: payload of PING and CONTINUATION; for RAW everything.
        code: for RST_STREAM and GOAWAY: name of the error code.
        increment: for WINDOW_UPDATE.
        on_connection: for WINDOW_UPDATE: it speaks of the connection and not of the stream.
        settings: for SETTINGS: names and values.
        until, at_most: for WAIT: the events one of which ends it, and its bound.
    """

    kind: FrameKind
    fields: tuple[tuple[str, tuple[Template, ...]], ...] = ()
    flags: tuple[str, ...] = ()
    pad: int | None = None
    split: Size | None = None
    content: Range | None = None
    octets: bytes = b""
    code: str = ""
    increment: Size | None = None
    on_connection: bool = False
    settings: tuple[tuple[str, Size], ...] = ()
    until: tuple[Point, ...] = ()
    at_most: Duration = Duration(2.0)
