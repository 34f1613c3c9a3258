"""An HTTP/1 connection on the path: octets in on either side, actions out; no sockets.

What no fault touches is passed on exactly as it came. Responses are matched to requests in order,
so pipelined requests each have their own faults. Octets that are no HTTP/1 are passed on unread.
"""

from __future__ import annotations

from conformance.codec.h1_requests import RequestHead, RequestSpan
from conformance.codec.h1_spans import Content, MessageDone
from conformance.model.transcript import End
from conformance.proxy.actions import Action, EndToServer, ToServer, WakeAfter
from conformance.proxy.h1_downward import H1Downward
from conformance.proxy.h1_parts import Down, Up, last_of
from conformance.proxy.passage import Passage
from conformance.proxy.side import Asked


class H1Path(H1Downward):
    """One connection with a client and the one with the server that belongs to it.

    Args:
        journal: where everything is recorded.
        connection: number of the connection there.
        choose: tells what happens to an exchange, by method and target.
        concluded: told of each exchange that can no longer be interrupted.
    """

    def client_says(self, data: bytes) -> list[Action]:
        """Take octets from the client."""
        if self._over or self._silenced:
            return []
        for span in self._requests.feed(data):
            self._take_span(span)
        return self._work()

    def client_ends(self) -> list[Action]:
        """Take the end of what the client says."""
        if self._over or self._silenced:
            return []
        for span in self._requests.flush():
            self._take_span(span)
        self._up.append(Up(None, None))
        return self._work()

    def server_says(self, data: bytes) -> list[Action]:
        """Take octets from the server."""
        if self._over:
            return []
        while data:
            data = self._take_answer(data)
        return self._work()

    def server_ends(self) -> list[Action]:
        """Take the end of what the server says."""
        if self._over:
            return []
        if self._responses is not None and self._unanswered:
            passage = self._unanswered[0]
            for span in self._responses.flush():
                self._take_response(passage, span)
            if passage.final_at is not None:
                self._take_response(passage, MessageDone())
        self._down.append(Down(None, None, None))
        return self._work()

    def wake(self) -> list[Action]:
        """Go on after some time."""
        if self._over:
            return []
        actions = self._work()
        for passage in list(self._unanswered):
            if self._goes_on():
                self._cut(passage, actions)
        return actions

    def under_way(self, method: str, target: str) -> Passage | None:
        """Return the last exchange of a kind that has not ended."""
        going = [*self._unanswered, *filter(None, (self._asking,))]
        return last_of(going, method, target)

    def _goes_on(self) -> bool:
        return not self._over and not self._silenced

    def abandon(self, detail: str) -> None:
        """Note that the connections are gone."""
        self._over = True
        moment = self._clock.moment()
        for passage in (*self._unanswered, *filter(None, (self._asking,))):
            for side in (passage.client, passage.server):
                side.finish(End.CLOSED, moment, detail)
            self._concluded(passage)
        self._unanswered.clear()
        self._asking = None

    # Towards the server

    def _take_span(self, span: RequestSpan) -> None:
        moment = self._clock.moment()
        if isinstance(span, RequestHead):
            self._asking = self._begin(span)
            self._asking.client.head_at = moment
        passage = self._asking
        if passage is not None and isinstance(span, Content):
            passage.client.content(span.octets, moment)
        if passage is not None and isinstance(span, MessageDone):
            passage.client.ended_at = moment
            self._asking = None
        self._up.append(Up(passage, span))
        self._waiting[True] += len(span.octets)

    def _begin(self, head: RequestHead) -> Passage:
        asked = Asked(
            method=head.method,
            target=head.target,
            version=head.version,
            fields=head.fields,
            head=head.octets,
            framing=head.framing,
            declared=head.declared,
        )
        sides = self._journal.begin(self._connection, asked)
        chosen = self._choose(head.method, head.target)
        passage = Passage(chosen, sides, self._clock)
        self._unanswered.append(passage)
        return passage

    def _work(self) -> list[Action]:
        actions: list[Action] = []
        self._pump_down(actions)
        if not self._over and not self._silenced:
            self._pump_up(actions)
        if not self._over:
            self._balance(actions)
        return actions

    def _pump_up(self, actions: list[Action]) -> None:
        while self._up and not self._over and not self._silenced:
            item = self._up[0]
            passage, span = item.passage, item.span
            if span is None:
                actions.append(EndToServer())
                self._up.popleft()
                return
            if passage is None or isinstance(span, RequestHead):
                self._pass_up(item, actions)
            elif not self._pass_gated(item, passage, actions):
                self._sleep(passage, actions)
                return
            if passage is not None:
                self._cut(passage, actions)
        if self._asking is not None and not self._over and not self._silenced:
            self._sleep(self._asking, actions)

    def _pass_up(self, item: Up, actions: list[Action]) -> None:
        self._up.popleft()
        span, passage = item.span, item.passage
        if span is None:
            return
        self._waiting[True] -= len(span.octets)
        if span.octets:
            actions.append(ToServer(span.octets))
        if passage is None:
            return
        moment = self._clock.moment()
        if isinstance(span, RequestHead):
            passage.head_at = passage.server.head_at = moment
        elif isinstance(span, Content):
            passage.passed(span.octets, moment)
        elif isinstance(span, MessageDone):
            passage.ended_at = passage.server.ended_at = moment

    def _pass_gated(self, item: Up, passage: Passage, actions: list[Action]) -> bool:
        """Pass on what the exchange's faults allow; False if that is nothing."""
        if passage.stopped:
            self._drop_rest(passage)
            return False
        allowed, span = passage.allowance(), item.span
        if not isinstance(span, Content):
            # The end of a message is not content: it goes on unless content is withheld here.
            if allowed == 0:
                return False
            self._pass_up(item, actions)
            return True
        if allowed == 0:
            return False
        if allowed is not None and allowed < len(span.octets):
            self._up.popleft()
            self._up.appendleft(Up(passage, Content(span.octets[allowed:])))
            self._up.appendleft(Up(passage, Content(span.octets[:allowed])))
        self._pass_up(self._up[0], actions)
        return True

    def _drop_rest(self, passage: Passage) -> None:
        while self._up and self._up[0].passage is passage:
            span = self._up.popleft().span
            self._waiting[True] -= len(span.octets) if span is not None else 0

    def _sleep(self, passage: Passage, actions: list[Action]) -> None:
        self._cut(passage, actions)
        seconds = passage.sleeps()
        if seconds is not None and not self._over:
            actions.append(WakeAfter(seconds))
