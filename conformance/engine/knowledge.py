"""What one run has learnt so far: the record, which exchange is whose, which uploads there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.engine.uploads import Upload, Uploads, lifetime_told
from conformance.model.scenario import Verb
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verbs import completing
from conformance.wire import Recorder

if TYPE_CHECKING:
    from conformance.engine.requests import Prepared
    from conformance.model.plan import Bound, Plan, PlannedExchange
    from conformance.model.transcript import Exchange, Stored, Transcript
    from conformance.wire import WireExchange

_CREATORS = frozenset({Verb.CREATE, Verb.REQUEST, Verb.OCTETS})
_SURELY = 1.0  # seconds after an announced end until which a target may be late


class Knowledge:
    """The memory of one run.

    Attributes:
        recorder: the record of everything on the wire.
        bound: exchanges by step.
        finished: exchanges that were awaited to their end, by id.
        open: exchanges that go on, by step, with the requests they come from.
    """

    __slots__ = (
        "_began", "_clock", "_draft", "_uploads", "bound", "finished", "open", "recorder",
    )  # fmt: skip

    def __init__(self, plan: Plan) -> None:
        self.bound: dict[str, Bound] = {}
        self.finished: dict[int, Exchange] = {}
        self.open: dict[str, tuple[WireExchange, Prepared]] = {}
        self._clock = asyncio.get_running_loop().time
        self.recorder = Recorder(self._clock)
        self._began = self._clock()
        self._draft = DRAFTS[plan.draft]
        self._uploads = Uploads()

    @property
    def unfinished(self) -> bool:
        """Tell whether an exchange was left open and is not over."""
        return any(not live.ended for live, _ in self.open.values())

    def transcript(self) -> Transcript:
        """Return the record so far."""
        return self.recorder.transcript()

    def keep(self, stored: Stored) -> None:
        """Add what a read-back found to the record."""
        self.recorder.keep(stored)

    def exchange(self, number: int) -> Exchange:
        """Return an exchange by its id, as it is now."""
        return self.finished.get(number) or self.recorder.exchange(number)

    def exchange_of(self, step: str) -> Exchange | None:
        """Return the exchange a step's values are read from; None if it was not made."""
        bound = self.bound.get(step)
        return self.exchange(bound.subjects[-1]) if bound is not None else None

    def upload_url(self, step: str) -> str | None:
        """Return the upload resource a step created, if it is known by now."""
        url = self._uploads.url(step)
        if url is None and step in self.open:  # it may have been told since
            live, prepared = self.open[step]
            self.learn(prepared.planned, live.snapshot())
            url = self._uploads.url(step)
        return url

    def upload_urls(self) -> dict[str, str]:
        """Return all known upload resources by creating step."""
        return self._uploads.urls()

    def remaining(self) -> tuple[Upload, ...]:
        """Return what may still be there of what may be upload resources."""
        for step in self.open:
            self.upload_url(step)
        return self._uploads.remaining()

    def lifetime_left(self, step: str) -> float | None:
        """Return seconds until the announced lifetime of a step's upload is surely over."""
        bound = self.bound.get(step)
        exchanges = tuple(self.exchange(each) for each in bound.exchanges) if bound else ()
        told = lifetime_told(exchanges, self._draft)
        if told is None:
            return None
        seconds, at = told
        return at + seconds + _SURELY - (self._clock() - self._began)

    def learn(self, planned: PlannedExchange, exchange: Exchange) -> None:
        """Note what an exchange tells about uploads.

        Only a creation's final response is believed to tell one; other requests that create an
        upload with literal fields do so by a 104.
        """
        step = planned.step
        if step.verb in _CREATORS:
            told = exchange if step.verb is Verb.CREATE else replace(exchange, final=None)
            self._uploads.learn(step.name, told, self._draft, completing=completing(step))
        elif planned.of:
            self._uploads.follow(planned.of, exchange, self._draft)
