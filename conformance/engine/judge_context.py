"""The world as one check sees it: plan, binding and transcript behind the matchers' questions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.plan import PlannedExchange, PlannedResume, PlannedTogether
from conformance.model.protocols import MALFORMED, Malformed
from conformance.model.transcript import End
from conformance.profiles.rufh.drafts import DRAFTS, Draft
from conformance.scenario.captures import Captures
from conformance.syntax import sf, uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.content import Content
    from conformance.model.plan import Binding, Plan
    from conformance.model.transcript import (
        Connection,
        Exchange,
        Message,
        Moment,
        Stored,
        Transcript,
    )
    from conformance.model.values import Duration, Range, Size, Template


class Context:
    """Answers what matchers ask (see :class:`conformance.model.protocols.MatchContext`)."""

    __slots__ = ("_captures", "_marks", "binding", "draft", "plan", "transcript")

    def __init__(self, plan: Plan, binding: Binding, transcript: Transcript) -> None:
        self.plan = plan
        self.binding = binding
        self.transcript = transcript
        self.draft: Draft = DRAFTS[plan.draft]
        self._captures = Captures(plan, self.exchange, binding.uploads.get)
        self._marks = dict(_marks(plan))

    @property
    def content(self) -> Content:
        """The scenario's representation data."""
        return self.plan.content

    def has(self, capability: str) -> bool:
        """Tell whether the draft has a capability."""
        return self.draft.has(capability)

    def size(self, size: Size) -> int:
        """Compute a size in octets."""
        return self._captures.size(size)

    def span(self, octets: Range) -> tuple[int, int]:
        """Compute a range."""
        return self._captures.span(octets)

    def text(self, template: Template) -> str:
        """Fill in a template."""
        return self._captures.text(template)

    def seconds(self, duration: Duration) -> float:
        """Scale a duration by measured latency."""
        return duration.seconds * self.plan.target.scale

    def exchange(self, step: str) -> Exchange | None:
        """Return the last subject exchange of a step; None if it was not made."""
        bound = self.binding.steps.get(step)
        if bound is None or not bound.subjects:
            return None
        return _as_of(self.transcript.exchange(bound.subjects[-1]), bound.until)

    def exchanges(self, step: str) -> tuple[Exchange, ...]:
        """Return all subject exchanges of a step."""
        bound = self.binding.steps.get(step)
        if bound is None:
            return ()
        return tuple(
            _as_of(self.transcript.exchange(number), bound.until) for number in bound.subjects
        )

    def connection(self, number: int) -> Connection:
        """Return a connection of the transcript."""
        return self.transcript.connection(number)

    def exchanges_on(self, connection: int) -> tuple[Exchange, ...]:
        """Return all exchanges made on a connection, in order."""
        return tuple(each for each in self.transcript.exchanges if each.connection == connection)

    def stored(self, step: str) -> Stored | None:
        """Return what a read-back step found."""
        index = self.binding.stored.get(step)
        return None if index is None else self.transcript.stored[index]

    def mark(self, step: str) -> int:
        """Return the mark of a step's octets."""
        return self._marks.get(step, 0)

    def completeness(self, message: Message) -> bool | Malformed | None:
        """Read the completeness field, in the draft's name and sense."""
        value = sf.parse_boolean(message.values(self.draft.completeness_field))
        if value is None or value is MALFORMED:
            return value
        return value is not self.draft.completeness_inverted

    def completeness_field(self) -> str:
        """Return the completeness field's name in this draft."""
        return self.draft.completeness_field

    def resolve(self, exchange: Exchange, reference: bytes) -> str | None:
        """Resolve a reference against the exchange's URL."""
        return uri.resolve(exchange.request.url, reference)


def _as_of(exchange: Exchange, moment: Moment | None) -> Exchange:
    """Return an exchange as it was at a moment, as far as responses are concerned."""
    if moment is None or exchange.ended is None or exchange.ended <= moment:
        return exchange
    final = exchange.final if exchange.final and exchange.final.at <= moment else None
    interims = tuple(each for each in exchange.interims if each.at <= moment)
    return replace(
        exchange,
        interims=interims,
        interims_seen=len(interims),
        final=final,
        end=End.OPEN,
        ended=None,
        detail="",
    )


def _marks(plan: Plan) -> Iterator[tuple[str, int]]:
    """Yield the mark of every step that sends content; going on with one keeps its mark."""
    for step in plan.steps:
        if isinstance(step, PlannedExchange):
            yield step.step.name, step.mark
        elif isinstance(step, PlannedTogether):
            yield from ((each.step.name, each.mark) for each in step.exchanges)
        elif isinstance(step, PlannedResume):
            yield step.step.name, step.exchange.mark
