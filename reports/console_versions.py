"""What differs between HTTP/1.1 and HTTP/2, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from conformance.model.outcome import Outcome
from reports.clean import counted, printable, shorten
from reports.console_findings import STYLES
from reports.story import drafts_in_words
from reports.two_versions import compared, differences

if TYPE_CHECKING:
    from reports.console_findings import Page
    from reports.story import Story
    from reports.two_versions import Difference

_DIFFERENCES_SHOWN: Final = 20


def tell_versions(story: Story, page: Page) -> None:
    """Print the checks whose outcome differs, if anything was made over both versions."""
    made = compared(story.run)
    if not made:
        return
    found = differences(story.run, story.catalogue)
    total = sum(len(each.pairs) for each in found)
    page.heading(
        f"Same request, two protocol versions · {total:,} of {counted(made, 'check')} differ",
        "bold",
    )
    for each in found[:_DIFFERENCES_SHOWN]:
        _tell(each, page)
    if len(found) > _DIFFERENCES_SHOWN:
        rest = len(found) - _DIFFERENCES_SHOWN
        page.text(Text(f"… and {rest:,} more; see the HTML report"), indent=2)


def _tell(difference: Difference, page: Page) -> None:
    where = f"({drafts_in_words(difference.drafts)} · {counted(len(difference.pairs), 'check')})"
    summary = f"  {difference.summary}" if difference.summary else ""
    name = (printable(difference.id), "bold")
    page.text(Text.assemble(name, summary, "  ", (where, "dim")), indent=2, hang=4)
    pair = difference.telling[0]
    page.text(Text(printable(pair.id), style="dim"), indent=6)
    for side in pair.sides:
        silent = "as expected" if side.outcome is Outcome.PASS else "nothing to tell"
        text = shorten(printable(side.text), 200) or silent
        outcome = (str(side.outcome), STYLES[side.outcome])
        page.text(Text.assemble(f"{side.version:<9} ", outcome, f"  {text}"), indent=6, hang=11)
