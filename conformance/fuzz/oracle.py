"""Judges a played trial by the model, rules about answers, the history, and the standing rules.

What they come upon counts if the registry says that it fails in the draft.
"""

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
from conformance.syntax import sf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fuzz.drive import Played
    from conformance.profiles.rufh.findings import Finding

_BUSY: Final = frozenset({429, 503})


def judge_played(played: Played, *, standing_rules: bool = True) -> tuple[Violation, ...]:
    """Return every violation a played trial shows that fails in its draft, each once.

    Args:
        played: what happened.
        standing_rules: hold the standing rules against it, too.
    """
    draft, transport = played.plan.draft, played.plan.transport
    found = {
        each.key: each
        for each in reversed(tuple(_all(played, standing_rules)))
        if _fails(each.requirement, draft, transport)
    }
    return tuple(reversed(found.values()))


def _fails(requirement: str, draft: int, transport: str) -> bool:
    row = registry.load().get(requirement)
    return row.concerns(transport) and row.verdicts[draft] is Verdict.FAIL


def _all(played: Played, standing_rules: bool) -> Iterator[Violation]:
    draft = DRAFTS[played.plan.draft]
    views = [
        View(each, each.exchange, draft) for each in played.happened if each.exchange is not None
    ]
    if any(view.status in _BUSY or view.exchange.end is End.REFUSED for view in views):
        return  # it asks to be left alone for a while; nothing it says proves anything
    yield from _by_model(played, views)
    yield from framing_rules.connections(played, views)
    yield from wanted_digest(played, views)
    yield from judge_history(played, views, observe(played.transcript, draft))
    if not standing_rules:
        return
    for finding in standing.find(played.transcript, draft):
        if not finding.holds:
            yield _from_standing(finding, views)


def _by_model(played: Played, views: list[View]) -> Iterator[Violation]:
    model = Model(DRAFTS[played.plan.draft], played.plan.target.limits)
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


def wanted_digest(played: Played, views: list[View]) -> Iterator[Violation]:
    """A digest that comes with a completed upload is that of its content."""
    content = played.content
    for view in views:
        request = view.request
        if not view.draft.has("digests") or not request.values("Want-Repr-Digest"):
            continue  # the digest may be that of the answer itself
        told = sf.parse_dictionary(view.values("Repr-Digest"))
        ends = request.at_offset + request.handed == content.size
        if not isinstance(told, dict) or not view.success or not view.ordinary or not ends:
            continue
        digest = told.get("sha-256")
        value = digest.value if isinstance(digest, sf.Item) else content.sha256()
        if view.asked_complete is True and value != content.sha256():
            said, expect = "another digest", "{on: 2xx, Repr-Digest: {digest-of: content}}"
            yield view.violation("SUITE-INTEGRITY-DIGEST", "answer", said, expect)


def _from_standing(finding: Finding, views: list[View]) -> Violation:
    last = max(finding.exchanges, default=-1)
    step = next((view.name for view in views if view.exchange.id == last), "")
    return Violation(
        requirement=finding.requirement,
        step=step or (views[-1].name if views else ""),
        label="standing",
        said=f"{finding.observed}; expected: {finding.expected}",
    )
