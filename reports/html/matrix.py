"""Requirements by drafts: a cell tells of all checks of one requirement in one draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome, worst
from reports.html.tally import tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.story import Story

_OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Checks of one requirement in one draft.

    Attributes:
        draft: the draft.
        outcome: the worst; empty if there was no check.
        share: how many of the judged checks ended so, such as ``3/12``; empty if all did.
        level: the requirement's level there.
        link: anchor of the card that tells more; empty if there is none.
    """

    draft: int
    outcome: str
    share: str = ""
    level: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement."""

    id: str
    summary: str
    topic: str
    worst: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole table, with what one may filter by."""

    drafts: list[int]
    topics: list[str]
    outcomes: list[str]
    rows: list[Row]


def matrix(story: Story, links: Mapping[tuple[str, str], str]) -> Matrix:
    """Return the table of all requirements that the run touched.

    Args:
        story: the result.
        links: requirement id and outcome -> anchor.
    """
    found: dict[str, dict[int, list[tuple[Outcome, str]]]] = {}
    for case in story.run.results:
        for check in case.checks:
            drafts = found.setdefault(check.requirement, {})
            drafts.setdefault(case.draft, []).append((check.outcome, check.level))
    used = sorted({draft for drafts in found.values() for draft in drafts})
    rows = [
        _row(story, name, [_cell(name, draft, drafts.get(draft, []), links) for draft in used])
        for name, drafts in found.items()
    ]
    seen = {cell.outcome for row in rows for cell in row.cells}
    return Matrix(
        drafts=used,
        topics=sorted({row.topic for row in rows}),
        outcomes=[str(each) for each in Outcome if str(each) in seen],
        rows=sorted(rows, key=lambda row: (row.topic == _OTHER, row.topic, row.id)),
    )


def _row(story: Story, name: str, cells: list[Cell]) -> Row:
    requirement = story.catalogue.get(name)
    return Row(
        id=name,
        summary=requirement.summary if requirement is not None else "",
        topic=requirement.topic if requirement is not None else _OTHER,
        worst=str(worst(Outcome(cell.outcome) for cell in cells if cell.outcome)),
        cells=cells,
    )


def _cell(
    name: str,
    draft: int,
    checks: list[tuple[Outcome, str]],
    links: Mapping[tuple[str, str], str],
) -> Cell:
    if not checks:
        return Cell(draft=draft, outcome="")
    outcome, share = tally([each for each, _ in checks])
    return Cell(
        draft=draft,
        outcome=outcome,
        share=share,
        level=checks[0][1],
        link=links.get((name, outcome), ""),
    )
