"""Octets for the page: lines with a role, within a budget, so that the file stays small."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from reports.clean import printable_lines

if TYPE_CHECKING:
    from conformance.model.result import ExchangeText

_TOTAL: Final = 1_500_000
_EACH: Final = 4_000
_START = re.compile(r"HTTP/\d(\.\d)? \d{3}|[A-Z]{3,20} \S.* HTTP/\d")
_NOTE = re.compile(r"\[[^\]]*\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line and its role: ``start``, ``note`` or nothing."""

    text: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One exchange, shortened."""

    step: str
    connection: int
    note: str
    sent: list[Line]
    received: list[Line]


class Budget:
    """Hands out room for octets until there is none left; counts what they take in the page.

    Attributes:
        exhausted: something was left out.
    """

    def __init__(self, total: int = _TOTAL) -> None:
        self._left = total
        self.exhausted = False

    def show(self, exchange: ExchangeText) -> Shown:
        """Return an exchange as far as there is room."""
        return Shown(
            step=exchange.step,
            connection=exchange.connection,
            note=exchange.note[:_EACH],
            sent=self._lines(exchange.sent),
            received=self._lines(exchange.received),
        )

    def _lines(self, octets: str) -> list[Line]:
        text = printable_lines(octets).rstrip("\n")
        shown = text[:_EACH] if self._left > 0 else ""
        self._left -= len(escape(shown).encode())
        lines = [Line(text=line, role=_role(line)) for line in shown.split("\n")] if shown else []
        if len(shown) < len(text):
            self.exhausted = self.exhausted or not shown
            rest = f"[{len(text) - len(shown):,} more characters in the JSON result]"
            lines.append(Line(text=rest, role="note"))
        return lines


def _role(line: str) -> str:
    if _START.match(line):
        return "start"
    return "note" if _NOTE.match(line) else ""
