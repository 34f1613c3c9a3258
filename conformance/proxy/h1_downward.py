"""The way down of an HTTP/1 connection on the path: what the server says, towards the client."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from conformance.codec.h1_requests import RequestReader
from conformance.codec.h1_responses import ResponseHead, ResponseSpan, ResponseSpans
from conformance.codec.h1_spans import Content, MessageDone
from conformance.model.transcript import CutHow
from conformance.proxy.actions import Action, EndToClient, MakeCut, Read, ToClient, WakeAfter
from conformance.proxy.h1_parts import Down, Up, stripped, told_of
from conformance.proxy.passage import Passage, fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.faults.chosen import Chosen
    from conformance.model.scenario import Cut
    from conformance.proxy.side import Journal

#: octets that wait here before their sender is read no more
_QUEUE_BOUND = 262_144
#: requests on one connection that wait for their answers
_UNANSWERED_BOUND = 1_000


class H1Downward:
    """What both ways share, and the way of responses.

    Args:
        journal: where everything is recorded.
        connection: number of the connection there.
        choose: tells what happens to an exchange, by method and target.
        concluded: told of each exchange that can no longer be interrupted.
    """

    def __init__(
        self,
        journal: Journal,
        connection: int,
        choose: Callable[[str, str], Chosen],
        concluded: Callable[[Passage], None],
    ) -> None:
        self._journal = journal
        self._clock = journal.clock
        self._connection = connection
        self._choose = choose
        self._concluded = concluded
        self._requests = RequestReader()
        self._responses: ResponseSpans | None = None
        self._asking: Passage | None = None
        self._unanswered: deque[Passage] = deque()
        self._up: deque[Up] = deque()
        self._down: deque[Down] = deque()
        self._waiting = {True: 0, False: 0}
        self._reading = {True: True, False: True}
        self._silenced = False
        self._over = False

    def _cut(self, passage: Passage, actions: list[Action]) -> None:
        cut: Cut | None = passage.cut_due()
        if cut is None:
            return
        actions.append(MakeCut(passage=passage, how=cut.how))
        self._up.clear()
        self._waiting[True] = 0
        if cut.how is CutHow.HALF_CLOSE:
            self._silenced = True
        else:
            self._over = True

    def _take_answer(self, data: bytes) -> bytes:
        """Take octets for the request that waits longest; return those that are left."""
        if not self._unanswered:
            self._down.append(Down(None, None, data))
            self._waiting[False] += len(data)
            return b""
        passage = self._unanswered[0]
        if self._responses is None:
            self._responses = ResponseSpans(passage.client.asked.method)
        for span in self._responses.feed(data):
            self._take_response(passage, span)
        if not self._responses.done:
            return b""
        rest, self._responses = self._responses.rest, None
        return rest

    def _take_response(self, passage: Passage, span: ResponseSpan) -> None:
        moment = self._clock.moment()
        octets, due, again = span.octets, 0.0, False
        final = passage.final_at is not None or not isinstance(span, ResponseHead)
        lost = passage.chosen.lose and final
        if isinstance(span, ResponseHead):
            told = told_of(span)
            octets = stripped(passage.chosen, span)
            if span.interim:
                passage.first_interims.setdefault(span.head.status, moment)
                passage.server.interim(told, moment)
                due = self._due(passage.chosen, span.head.status)
                again = fits(passage.chosen.duplicate, span.head.status)
                lost = fits(passage.chosen.drop, span.head.status)
            else:
                passage.final_at = moment
                passage.server.final_head(told, moment)
                lost = passage.chosen.lose
        elif isinstance(span, Content):
            passage.server.final_content(span.octets)
        elif isinstance(span, MessageDone):
            passage.final_ended = moment
            passage.server.final_end(moment)
            self._unanswered.popleft()
        self._down.append(Down(passage, span, octets, due, lost, again))
        self._waiting[False] += len(octets)

    def _due(self, chosen: Chosen, status: int) -> float:
        delay = chosen.delay
        if delay is None or not fits(delay.what, status):
            return 0.0
        return self._clock.now() + delay.by.seconds

    def _pump_down(self, actions: list[Action]) -> None:
        while self._down and not self._over:
            item = self._down[0]
            wait = item.due - self._clock.now()
            if wait > 0:
                actions.append(WakeAfter(wait))
                return
            self._down.popleft()
            if item.octets is None:
                actions.append(EndToClient())
                return
            self._waiting[False] -= len(item.octets)
            if item.octets and not item.lost:
                actions.append(ToClient(item.octets * (2 if item.again else 1)))
            if item.passage is not None and item.span is not None:
                self._answered(item, item.passage, item.span, actions)

    def _answered(
        self, item: Down, passage: Passage, span: ResponseSpan, actions: list[Action]
    ) -> None:
        moment = self._clock.moment()
        if isinstance(span, ResponseHead) and not item.lost:
            told = told_of(span, item.octets)
            if span.interim:
                for _ in range(2 if item.again else 1):
                    passage.client.interim(told, moment)
            else:
                passage.client.final_head(told, moment)
        elif isinstance(span, Content) and not item.lost:
            passage.client.final_content(span.octets)
        elif isinstance(span, MessageDone) and not item.lost:
            passage.client.final_end(moment)
        self._cut(passage, actions)
        if isinstance(span, MessageDone):
            self._concluded(passage)

    def _balance(self, actions: list[Action]) -> None:
        """Read a peer no more while too much of what it said waits here."""
        for client in (True, False):
            crowded = client and len(self._unanswered) >= _UNANSWERED_BOUND
            wanted = self._waiting[client] < _QUEUE_BOUND and not crowded
            if wanted is not self._reading[client]:
                self._reading[client] = wanted
                actions.append(Read(client, wanted))
