"""The report of a failed test: requirement, expected beside observed, octets, how to rerun."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.profiles.rufh import registry
from conformance.pytest_plugin.words import lines_of, one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.model.result import CaseResult, CheckResult, ExchangeText
    from conformance.pytest_plugin.verdict import Judged

_WIDTH = 100
_LINES = 14
_EXCHANGES = 2
_CHECKS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """How to run one case again.

    Attributes:
        target: options that name the server; empty if the ini file or conftest.py does.
        file: scenario file of the user's own; empty for a shipped one.
    """

    target: tuple[str, ...] = ()
    file: str = ""

    def command(self, result: CaseResult) -> str:
        """Return the command line for a result, quoted for a shell."""
        case = f"{result.scenario}/{result.case}" if result.case else result.scenario
        words = ["pytest", *([self.file, "--resumable-own"] if self.file else ())]
        words += [*self.target, "--resumable-draft", str(result.draft)]
        if result.transport != "h1":
            words += ["--resumable-http", result.transport]
        words += ["--resumable-only", case]
        if not self.file:
            words += ["-m", "resumable"]  # nothing of the user's own besides
        return one_line(shlex.join(words))


def tell(result: CaseResult, judged: Judged, rerun: Rerun) -> str:
    """Return the report of a test that failed or ended in an error."""
    lines = [f"{one_line(result.title)}  (draft {result.draft}, {result.transport})"]
    if result.why:
        lines += _wrapped("why: ", result.why)
    if not judged.checks:
        lines += ["", f"{judged.ending}: {judged.reason}"]
    for check in judged.checks[:_CHECKS]:
        lines += ["", *_check(result, check)]
    if len(judged.checks) > _CHECKS:
        lines += ["", f"… and {len(judged.checks) - _CHECKS} more checks of this case"]
    lines += ["", *_octets(result, judged.checks)]
    lines += [f"rerun: {rerun.command(result)}"]
    return "\n".join(lines)


def _check(result: CaseResult, check: CheckResult) -> list[str]:
    rows = registry.load()
    known = rows.get(check.requirement) if check.requirement in rows else None
    step = f" at step {check.step}" if check.step else ""
    seen = f", seen {check.seen}" if check.seen else ""
    provisional = ", provisional" if check.provisional else ""
    lines = [f"{check.outcome}: {check.requirement} ({check.level}{provisional}){step}{seen}"]
    if known is not None:
        lines += _wrapped("  ", known.summary)
    for name, text in (
        ("expected", check.expected),
        ("observed", check.observed),
        ("cause", check.cause),
    ):
        if text:
            lines += _wrapped(f"  {name}: ", text)
    if known is not None and known.url_for(result.draft):
        lines.append(f"  {known.url_for(result.draft)}")
    return lines


def _wrapped(head: str, text: str) -> list[str]:
    """Break a text into lines that stand below its first word."""
    lines, room = [head], _WIDTH - len(head)
    used = 0
    for word in shortened(one_line(text), 800).split(" "):
        if used and used + 1 + len(word) > room:
            lines.append(" " * len(head) + word)
            used = len(word)
        else:
            lines[-1] += f" {word}" if used else word
            used += len(word) + bool(used)
    return lines


def _octets(result: CaseResult, checks: Sequence[CheckResult]) -> list[str]:
    shown = list(_evidence(result, checks))
    lines: list[str] = []
    for exchange in shown[:_EXCHANGES]:
        note = f": {one_line(exchange.note)}" if exchange.note else ""
        lines.append(
            shortened(f"step {exchange.step}, connection {exchange.connection}{note}", 200)
        )
        for sign, text in ((">", exchange.sent), ("<", exchange.received)):
            if text:
                lines += [f"  {sign} {line}".rstrip() for line in lines_of(text, _LINES, _WIDTH)]
        lines.append("")
    if len(shown) > _EXCHANGES:
        lines += [f"… and {len(shown) - _EXCHANGES} more exchanges", ""]
    return lines


def _evidence(result: CaseResult, checks: Iterable[CheckResult]) -> Iterable[ExchangeText]:
    """Return the exchanges that show it; those of the checks' steps if none are named."""
    checks = tuple(checks)
    numbers = dict.fromkeys(number for check in checks for number in check.evidence)
    named = [result.exchanges[number] for number in numbers if 0 <= number < len(result.exchanges)]
    steps = {check.step for check in checks}
    return named or [each for each in result.exchanges if each.step in steps]
