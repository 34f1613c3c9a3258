"""``resumable coverage``: requirement by draft, and how far each is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conformance.engine.coverage import Row


@click.command()
@click.option("--markdown", is_flag=True, help="Write a Markdown table.")
@click.option("--missing", is_flag=True, help="Only what is neither checked nor untestable.")
def coverage(*, markdown: bool, missing: bool) -> None:
    """Tell which requirements are checked, proved by a seeded defect, untestable, or not yet."""
    # imported here so that --help stays quick
    from collections import Counter

    from conformance.engine.coverage import Cover
    from conformance.engine.coverage import coverage as rows_of

    rows = rows_of()
    if missing:
        rows = tuple(row for row in rows if Cover.MISSING in row.covers.values())
    click.echo("\n".join(_table(rows) if markdown else _lines(rows)))
    counts = Counter(str(cover) for row in rows for cover in row.covers.values())
    counts.pop(str(Cover.ABSENT), None)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    click.echo(f"\n{len(rows)} requirements; requirement by draft: {told or 'nothing'}")


_SHORT = {
    "proved": "P",
    "checked": "c",
    "told": "i",
    "untestable": "u",
    "not yet": "!",
    "-": "·",
}


def _drafts(rows: tuple[Row, ...]) -> tuple[int, ...]:
    return tuple(rows[0].covers) if rows else ()


def _lines(rows: tuple[Row, ...]) -> list[str]:
    drafts = _drafts(rows)
    lines = [f"{'requirement':46} " + " ".join(f"{draft:>2}" for draft in drafts)]
    for row in rows:
        marks = " ".join(f"{_SHORT[row.covers[draft]]:>2}" for draft in drafts)
        lines.append(f"{row.requirement.id:46} {marks}{'  ' + row.why if row.why else ''}")
    legend = "P checked and proved, c checked, i told only, u untestable, ! not yet, · not asked"
    return [*lines, "", legend]


def _table(rows: tuple[Row, ...]) -> list[str]:
    drafts = _drafts(rows)
    lines = [
        "| requirement | " + " | ".join(map(str, drafts)) + " | proved by, or why not |",
        "|---" * (len(drafts) + 2) + "|",
    ]
    for row in rows:
        marks = " | ".join(_SHORT[row.covers[draft]] for draft in drafts)
        told = ", ".join(row.proof) or row.why
        lines.append(f"| {row.requirement.id} | {marks} | {told} |")
    return lines
