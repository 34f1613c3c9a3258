"""Making text from strangers fit to be shown: no control characters, no tricks, no endless lines.

Controls can steer a terminal, bidirectional marks can make one address look like another, and
lone surrogates cannot be encoded at all; each is shown as an escape instead. What is left is
also valid in XML 1.0.
"""

from __future__ import annotations

import re

_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[\r\n\t ]+")


def printable(text: str) -> str:
    """Return text as one line; an unfit character becomes an escape in hexadecimal."""
    return _UNFIT.sub(_escape, _BLANKS.sub(" ", text)).strip()


def printable_lines(text: str) -> str:
    """Return text with its lines kept; unfit characters become escapes, tabs four blanks."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    return _UNFIT.sub(_escape, lines)


def shorten(text: str, limit: int) -> str:
    """Return at most about ``limit`` characters, saying how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({len(text) - limit:,} more characters)"


def shorten_lines(text: str, limit: int, width: int) -> list[str]:
    """Return the first lines of a text, each cut to a width, saying how many were left out."""
    lines = printable_lines(text).rstrip("\n").split("\n")
    shown = [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines[:limit]]
    if len(lines) > limit:
        rest = len(lines) - limit
        shown.append(f"… ({rest:,} more {plural(rest, 'line')})")
    return shown


def plural(count: int, noun: str) -> str:
    """Return the noun alone, in the plural unless the count is one."""
    return noun if count == 1 else f"{noun}s"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, such as ``1 check`` or ``1,200 checks``."""
    return f"{count:,} {plural(count, noun)}"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
