"""A run's result for the terminal: what is broken first, the verdict last.

Output is at most 100 columns wide, and plain when it does not go to a terminal. All text is
given to rich as :class:`rich.text.Text`, so that nothing in it is taken for markup.
"""

from __future__ import annotations

import io
import sys
from typing import IO, TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.model.outcome import Outcome
from reports import sentence
from reports.catalogue import is_provisional, revisions, shipped
from reports.clean import counted, printable, shorten
from reports.console_findings import STYLES, Page, tell_failures, tell_known, tell_warnings
from reports.console_versions import tell_versions
from reports.story import Cause, Story, drafts_in_words
from reports.two_versions import VERSIONS

if TYPE_CHECKING:
    from conformance.model.result import RunResult
    from reports.catalogue import Catalogue

WIDTH: Final = 100
_CAUSES_SHOWN = 12
_GROUNDS = {"declared": "declared by you", "shown": "shown by the target"}


def make_console(file: IO[str] | None = None) -> Console:
    """Return a console of at most 100 columns; standard output if no file is given."""
    stream = file if file is not None else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # an old locale shall not end the report
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return Console(file=file, highlight=False, markup=False, emoji=False, width=width)


def tell(run: RunResult, console: Console, catalogue: Catalogue | None = None) -> None:
    """Print a result.

    Args:
        run: the result.
        console: where to, from :func:`make_console`.
        catalogue: requirements by id; those of the shipped profile if not given.
    """
    story = Story(run, catalogue if catalogue is not None else shipped())
    page = Page(console)
    _tell_header(story, page)
    _tell_causes(story, page, Outcome.ERROR, "Errors of the suite itself (please report them)")
    tell_failures(story, page)
    tell_known(story, page)
    tell_warnings(story, page)
    tell_versions(story, page)
    _tell_causes(story, page, Outcome.INCONCLUSIVE, "Inconclusive: could not be judged")
    _tell_causes(story, page, Outcome.NOT_APPLICABLE, "Not applicable")
    _tell_table(story, page)
    _tell_summary(story, page)


def _tell_header(story: Story, page: Page) -> None:
    run, target = story.run, story.run.target
    name = "the embedded reference server" if target.embedded else target.url
    page.line()
    page.text(Text.assemble(("Conformance of ", "bold"), (printable(name), "bold cyan")))
    facts = [
        f"suite {run.suite}",
        f"scenario set {run.scenario_set}",
        f"seed {run.seed}",
        run.started,
    ]
    page.text(Text(printable(" · ".join(fact for fact in facts if fact)), style="dim"))
    if target.server:
        page.text(Text(shorten(f"Server: {printable(target.server)}", 300), style="dim"))
    for draft, reason in sorted(target.drafts.items()):
        which = f" ({revisions(draft)})" if revisions(draft) else ""
        note = ", provisional: its text could not be read" if is_provisional(draft) else ""
        page.text(Text(f"draft {draft}{which}: {printable(reason)}{note}", style="dim"))
    if target.transports:
        over = " and ".join(VERSIONS.get(name, printable(name)) for name in target.transports)
        page.text(Text(f"over {over}", style="dim"))
    if run.selection:
        page.text(Text(f"selected: {printable(run.selection)}", style="dim"))


def _tell_causes(story: Story, page: Page, outcome: Outcome, title: str) -> None:
    causes = story.causes(outcome)
    if not causes:
        return
    total = sum(cause.count for cause in causes)
    page.heading(f"{title} · {counted(total, 'check')}", STYLES[outcome])
    for cause in causes[:_CAUSES_SHOWN]:
        _tell_cause(cause, page)
    if len(causes) > _CAUSES_SHOWN:
        rest = len(causes) - _CAUSES_SHOWN
        page.text(Text(f"… and {counted(rest, 'other cause')}; see the HTML report"), indent=2)


def _tell_cause(cause: Cause, page: Page) -> None:
    ground = f" [{_GROUNDS.get(cause.ground, printable(cause.ground))}]" if cause.ground else ""
    text = shorten(printable(cause.text), 300) or "no cause given"
    page.text(Text.assemble((f"{cause.count:>6,}  ", "bold"), text, (ground, "dim")), hang=8)
    cases = cause.cases
    more = f" and {len(cases) - 1:,} more" if len(cases) > 1 else ""
    where = f"{drafts_in_words(cause.drafts)} · {printable(cases[0].id)}{more}"
    page.text(Text(where, style="dim"), indent=8)


def _tell_table(story: Story, page: Page) -> None:
    counts = story.by_draft()
    if not counts:
        return
    columns = [each for each in Outcome if any(row[each] for row in counts.values())]
    page.heading("Checks by draft", "bold")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("draft", justify="right")
    for outcome in columns:
        table.add_column(str(outcome), justify="right")
    for draft, row in counts.items():
        cells = [Text(f"{draft}" if draft else "none")]
        for outcome in columns:
            count = row[outcome]
            cells.append(Text(f"{count:,}" if count else "·", STYLES[outcome] if count else "dim"))
        table.add_row(*cells)
    page.table(table)


def _tell_summary(story: Story, page: Page) -> None:
    run = story.run
    page.heading("Summary", "bold")
    for noun, counts in (("case", run.count_scenarios()), ("check", run.count_checks())):
        told = Text(f"{counted(sum(counts.values()), noun)}: ")
        parts = [Text(f"{n:,} {name}", STYLES[Outcome(name)]) for name, n in counts.items() if n]
        page.text(told + Text(", ").join(parts), hang=2)
    requests = sum(case.requests for case in run.results)
    page.text(Text(f"{counted(requests, 'request')} in {run.seconds:.1f} s", style="dim"))
    leftovers = sum(case.leftovers for case in run.results)
    if leftovers:
        left = f"{counted(leftovers, 'upload')} could not be cancelled and may still be there"
        page.text(Text(left, style="dim"))
    if run.baseline is not None and run.baseline.stale:
        page.text(Text(f"Stale in {printable(run.baseline.path)} (no longer failing):"))
        for name in run.baseline.stale[:20]:
            page.text(Text(printable(name)), indent=2)
        if len(run.baseline.stale) > 20:
            page.text(Text(f"… and {len(run.baseline.stale) - 20:,} more"), indent=2)
    page.line()
    page.text(Text(sentence.verdict(story), style="bold green" if not run.exit_code else "bold"))
    page.text(Text(f"exit code {run.exit_code}: {sentence.exit_reason(story)}"))
