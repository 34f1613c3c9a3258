"""Failures and warnings on the terminal: requirement, proof, and the command to see it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from conformance.model.outcome import Outcome
from reports.catalogue import HARM
from reports.clean import counted, printable, shorten, shorten_lines
from reports.story import Finding, Occurrence, Story, drafts_in_words, is_flaky, rerun

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from conformance.model.requirement import Requirement
    from conformance.model.result import CheckResult, ExchangeText

STYLES: Final[dict[Outcome, str]] = {
    Outcome.PASS: "green",
    Outcome.WARN: "yellow",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.FAIL: "bold red",
    Outcome.ERROR: "bold red reverse",
    Outcome.SKIPPED: "dim",
    Outcome.NOT_OBSERVED: "dim",
    Outcome.NOT_APPLICABLE: "dim",
}
_LINES_SHOWN = 14
_EXCHANGES_SHOWN = 2
_OTHERS_SHOWN = 4
_WARNINGS_SHOWN = 40


class Page:
    """A console with headings, hanging indents and nothing else."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @property
    def width(self) -> int:
        """Return the columns there are."""
        return self._console.width

    def line(self) -> None:
        """Print an empty line."""
        self._console.print()

    def heading(self, title: str, style: str) -> None:
        """Print the title of a part, with air around it."""
        self.line()
        self._console.print(Text(title, style=style))
        self.line()

    def text(self, text: Text, *, indent: int = 0, hang: int = 0) -> None:
        """Print a paragraph, wrapped; lines after the first stand ``hang`` columns further in."""
        text.overflow = "fold"
        lines = text.wrap(self._console, max(20, self.width - indent - hang))
        for number, line in enumerate(lines):
            line.rstrip()
            self._put(line, indent + (hang if number else 0))

    def verbatim(self, line: str, style: str, *, indent: int) -> None:
        """Print one line as it is; the caller has cut it to the width."""
        self._put(Text(line, style=style, no_wrap=True, overflow="ellipsis"), indent)

    def table(self, table: RenderableType) -> None:
        """Print a table."""
        self._console.print(table)

    def command(self, words: list[str], *, indent: int) -> None:
        """Print a shell command, continued over lines where it would not fit."""
        lines, room = [""], self.width - indent - 2
        for word in _pairs(words):
            longer = f"{lines[-1]} {word}".lstrip()
            if lines[-1] and len(longer) > room:
                lines.append(f"  {word}")
            else:
                lines[-1] = longer
        for number, line in enumerate(lines):
            ending = " \\" if number + 1 < len(lines) else ""
            self._put(Text(f"{line}{ending}", style="cyan"), indent)

    def _put(self, text: Text, indent: int) -> None:
        self._console.print(Text(" " * indent) + text, soft_wrap=True)


def tell_failures(story: Story, page: Page) -> None:
    """Print the violations, the worst for users first."""
    if not story.failures:
        return
    count = counted(len(story.failures), "requirement")
    page.heading(f"Failures · {count} violated, the worst for users first", STYLES[Outcome.FAIL])
    for number, finding in enumerate(story.failures, 1):
        _tell_failure(story, page, number, finding)


def tell_known(story: Story, page: Page) -> None:
    """Print the violations that the baseline expects, with its reasons."""
    if not story.known:
        return
    page.heading(f"Known failures · {counted(len(story.known), 'requirement')}", "bold")
    for finding in story.known:
        page.text(_short(finding), indent=2, hang=4)
        for reason in dict.fromkeys(story.known_ids[o.check.id] for o in finding.occurrences):
            page.text(Text(shorten(printable(reason), 300), style="dim"), indent=6)


def tell_warnings(story: Story, page: Page) -> None:
    """Print the warnings, one paragraph each."""
    if not story.warnings:
        return
    page.heading(f"Warnings · {counted(len(story.warnings), 'requirement')}", STYLES[Outcome.WARN])
    for finding in story.warnings[:_WARNINGS_SHOWN]:
        page.text(_short(finding), indent=2, hang=4)
        page.text(Text(_seen(finding.occurrences[0].check), style="dim"), indent=6, hang=2)
    if len(story.warnings) > _WARNINGS_SHOWN:
        rest = len(story.warnings) - _WARNINGS_SHOWN
        page.text(Text(f"… and {rest:,} more; see the HTML report"), indent=2)


def _seen(check: CheckResult) -> str:
    """Say what was expected and observed, and what of it was tolerated."""
    told = {
        "expected": check.expected,
        "observed": check.observed,
        "tolerated:": check.variant,
    }
    parts = (f"{name} {shorten(printable(text), 200)}" for name, text in told.items() if text)
    return "; ".join(parts)


def _tell_failure(story: Story, page: Page, number: int, finding: Finding) -> None:
    label = f"RISK: {finding.damage.label.upper() if finding.damage is not None else 'UNKNOWN'}"
    name = printable(finding.id)
    page.text(
        Text.assemble((f"{number:>3}  ", "bold"), (label, "bold red"), "  ", (name, "bold")), hang=5
    )
    if finding.summary:
        page.text(Text(finding.summary), indent=5)
    facts = [_levels(finding), counted(len(finding.occurrences), "check")]
    if finding.damage is not None:
        facts.append(HARM[finding.damage])
    if finding.provisional:
        facts.append("provisional")
    page.text(Text(printable(" · ".join(facts)), style="dim"), indent=5)
    if finding.requirement is not None:
        source = _source(finding.requirement)
        page.text(Text(f"section: {source}", style="dim"), indent=5, hang=2)
    if finding.url:
        page.text(Text(finding.url, style="dim"), indent=5)
    first = finding.occurrences[0]
    if first.case.why:
        page.text(Text.assemble(("why   ", "dim"), printable(first.case.why)), indent=5, hang=6)
    _tell_proof(story, page, first)
    _tell_others(page, finding.occurrences[1:])
    page.line()


def _tell_proof(story: Story, page: Page, occurrence: Occurrence) -> None:
    case, check = occurrence.case, occurrence.check
    page.line()
    step = f" · {check.step}" if check.step else ""
    seen = f" · seen {check.seen}" if check.seen else ""
    flaky = " (not every time)" if is_flaky(check) else ""
    page.text(Text(printable(f"{case.id}{step}{seen}{flaky}"), style="bold"), indent=5)
    for title, words in (("expected", check.expected), ("observed", check.observed)):
        style = "green" if title == "expected" else "red"
        shown = shorten(printable(words), 400)
        if shown:
            page.text(Text.assemble((f"{title}  ", style), shown), indent=7, hang=10)
    evidence = occurrence.evidence
    for exchange in evidence[:_EXCHANGES_SHOWN]:
        _tell_exchange(page, exchange)
    if len(evidence) > _EXCHANGES_SHOWN:
        rest = counted(len(evidence) - _EXCHANGES_SHOWN, "exchange")
        page.text(Text(f"… and {rest} more in the JSON and HTML reports", style="dim"), indent=7)
    page.text(Text("rerun", style="dim"), indent=7)
    page.command(rerun(story.run, case), indent=9)


def _tell_exchange(page: Page, exchange: ExchangeText) -> None:
    head = f"{exchange.step}, connection {exchange.connection}"
    note = f": {exchange.note}" if exchange.note else ""
    page.text(Text(shorten(printable(head + note), 300), style="dim"), indent=7)
    for sign, octets in ((">", exchange.sent), ("<", exchange.received)):
        for line in shorten_lines(octets, _LINES_SHOWN, page.width - 12) if octets else []:
            page.verbatim(f"{sign} {line}".rstrip(), "dim" if sign == ">" else "", indent=9)


def _tell_others(page: Page, others: tuple[Occurrence, ...]) -> None:
    if not others:
        return
    page.text(Text(f"also in {counted(len(others), 'check')}", style="dim"), indent=7)
    for each in others[:_OTHERS_SHOWN]:
        observed = shorten(printable(each.check.observed), 120)
        page.text(
            Text.assemble(printable(each.case.id), (f": {observed}", "dim")), indent=9, hang=2
        )
    if len(others) > _OTHERS_SHOWN:
        page.text(Text(f"… and {len(others) - _OTHERS_SHOWN:,} more", style="dim"), indent=9)


def _pairs(words: list[str]) -> list[str]:
    """Return the words of a command with each option and its value in one."""
    pairs: list[str] = []
    for word in words:
        if pairs and pairs[-1].startswith("--") and " " not in pairs[-1]:
            pairs[-1] = f"{pairs[-1]} {word}"
        else:
            pairs.append(word)
    return pairs


def _short(finding: Finding) -> Text:
    summary = f"  {finding.summary}" if finding.summary else ""
    facts = printable(f"({_levels(finding)} · {counted(len(finding.occurrences), 'check')})")
    return Text.assemble((printable(finding.id), "bold"), summary, "  ", (facts, "dim"))


def _source(requirement: Requirement) -> str:
    """Return the document and its section: ``RFC 9112, 3.2``; the draft goes without saying."""
    if requirement.source.startswith("RFC"):
        return f"{requirement.source.replace('RFC', 'RFC ', 1)}, {requirement.section}"
    return requirement.section


def _levels(finding: Finding) -> str:
    told = [f"{level} in {drafts_in_words(drafts)}" for level, drafts in finding.levels.items()]
    return ", ".join(told)
