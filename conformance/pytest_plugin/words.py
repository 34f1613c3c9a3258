"""Making text from targets and files fit for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# controls steer a terminal, direction marks disguise text, surrogates cannot be encoded
_UNFIT = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return text with its line ends kept and everything unfit as an escape."""
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    return _UNFIT.sub(lambda found: ascii(found[0])[1:-1], lines)


def one_line(text: str) -> str:
    """Return text as one clean line."""
    return clean(_BLANKS.sub(" ", text)).strip()


def shortened(text: str, limit: int) -> str:
    """Return at most ``limit`` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def drafts_in_words(drafts: Iterable[int]) -> str:
    """Return ``draft 6``, ``drafts 3-6, 8``; for none, that the server will tell."""
    spans: list[list[int]] = []
    for number in sorted(drafts):
        if spans and spans[-1][-1] + 1 == number:
            spans[-1].append(number)
        else:
            spans.append([number])
    if not spans:
        return "drafts as the server tells"
    words = [f"{span[0]}-{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans]
    return f"draft{'s' if len(spans) > 1 or '-' in words[0] else ''} {', '.join(words)}"


def lines_of(text: str, most: int, width: int) -> list[str]:
    """Return the first lines of a text, each cut to a width; says how many are left out."""
    lines = clean(text).rstrip("\n").split("\n")
    shown = [shortened(line, width) for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"… ({len(lines) - most} more lines)")
    return shown
