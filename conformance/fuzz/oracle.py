"""Judges a played trial: the model, the rules about single answers, the naive history, and the
standing rules, held against what the registry says a violation is worth in the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz import framing_rules, rules
from conformance.fuzz.history import judge_history
from conformance.fuzz.model import Model
from conformance.fuzz.view import View, Violation
from conformance.model.requirement import Verdict
from conformance.model.transcript import End
from conformance.profiles.rufh import registry, standing
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.observe import observe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fuzz.drive import Played
    from conformance.profiles.rufh.findings import Finding

_BUSY: Final = frozenset({429, 503})


def judge_played(played: Played) -> tuple[Violation, ...]:
    """Return every violation a played trial shows that fails in its draft, each once."""
    draft = played.plan.draft
    found = {
        each.key: each
        for each in reversed(tuple(_all(played)))
        if _fails(each.requirement, draft)
    }
    return tuple(reversed(found.values()))


def _fails(requirement: str, draft: int) -> bool:
    return registry.load().verdict(requirement, draft) is Verdict.FAIL


def _all(played: Played) -> Iterator[Violation]:
    draft = DRAFTS[played.plan.draft]
    views = [
        View(each, each.exchange, draft) for each in played.happened if each.exchange is not None
    ]
    if any(view.status in _BUSY or view.exchange.end is End.REFUSED for view in views):
        return  # it asks to be left alone for a while; nothing it says proves anything
    yield from _by_model(played, views)
    yield from framing_rules.reused(played, views)
    yield from judge_history(played, views, observe(played.transcript, draft))
    for finding in standing.find(played.transcript, draft):
        if not finding.holds:
            yield _from_standing(finding, views)


def _by_model(played: Played, views: list[View]) -> Iterator[Violation]:
    limited = any(value for value in played.plan.target.limits.values())
    model = Model(DRAFTS[played.plan.draft], limited=limited)
    racing: list[View] = []
    for view in views:
        if view.happened.together:
            racing.append(view)
            if len(racing) == sum(v.happened.together == view.happened.together for v in views):
                yield from model.race(racing)
                racing = []
            continue
        upload = model.of(view)
        for rule in (*rules.RULES, *framing_rules.RULES):
            yield from rule(view, upload)
        yield from model.look(view)


def _from_standing(finding: Finding, views: list[View]) -> Violation:
    last = max(finding.exchanges, default=-1)
    step = next((view.name for view in views if view.exchange.id == last), "")
    return Violation(
        requirement=finding.requirement,
        step=step or (views[-1].name if views else ""),
        label="standing",
        said=f"{finding.observed}; expected: {finding.expected}",
    )
