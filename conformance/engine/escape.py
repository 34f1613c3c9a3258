"""Octets as text for people: nothing is hidden, nothing can harm a terminal or a page."""

from __future__ import annotations

_TABLE = tuple(
    "\\\\" if octet == 0x5C else chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}"
    for octet in range(256)
)


def escape(octets: bytes) -> str:
    r"""Escape octets: printable ASCII stays, CRLF ends a line, all else is ``\xNN``.

    A bare LF is shown as ``\x0a`` and ends the line too; a backslash is doubled.
    """
    lines = octets.split(b"\r\n")
    return "\n".join("".join(_TABLE[octet] for octet in line) for line in lines).replace(
        "\\x0a", "\\x0a\n"
    )


def shorten(octets: bytes, limit: int) -> str:
    """Escape octets and say how many are left out beyond a limit."""
    if len(octets) <= limit:
        return escape(octets)
    return f"{escape(octets[:limit])}\n[{len(octets) - limit} more octets]"
