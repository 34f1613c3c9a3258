"""What a front end lets one client take: sizes, numbers and times."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds of a front end.

    Attributes:
        head_octets: size of a request head.
        field_lines: number of field lines of a request.
        connections: connections at a time.
        unread_octets: content of a refused request that is read to keep the connection.
        unread_seconds: time for that.
        linger_octets: what is read and dropped after a closing response, so that it arrives.
        linger_seconds: time for that.
        head_seconds: time from the first octet of a head to its end.
        idle_seconds: time without any octet, between requests and inside content.
        drain_octets: content taken in at once before an exchange is overtaken.
        stop_seconds: time an HTTP/2 request has to end by itself after its response, for some
            clients lose the response when they are stopped while they send.
        streams: HTTP/2 streams of a connection at a time.
        frame_octets: payload of an HTTP/2 frame, 16,384 at least (RFC 9113, 4.2).
        window_octets: content of a stream that may be under way before more is asked for.
        continuations: CONTINUATION frames of a field section.
        frames_at_once: frames of each costly kind (PING, SETTINGS, PRIORITY, RST_STREAM, empty
            DATA) and malformed requests that may come in a burst.
        frames_a_second: how fast that many may come again.
        unsent_octets: what waits to be sent before nothing more is read.
    """

    head_octets: int = 64 * 1024
    field_lines: int = 100
    connections: int = 1000
    unread_octets: int = 256 * 1024
    unread_seconds: float = 2.0
    linger_octets: int = 64 * 1024 * 1024
    linger_seconds: float = 5.0
    head_seconds: float = 10.0
    idle_seconds: float = 60.0
    drain_octets: int = 16 * 1024 * 1024
    stop_seconds: float = 0.1
    streams: int = 100
    frame_octets: int = 256 * 1024
    window_octets: int = 1024 * 1024
    continuations: int = 60
    frames_at_once: int = 200
    frames_a_second: float = 20.0
    unsent_octets: int = 1024 * 1024
