"""Makes the exchanges of one plan and keeps what later steps need to know of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.engine.cookies import Cookies
from conformance.engine.deadlines import scaled
from conformance.engine.farewell import ask
from conformance.engine.lanes import Lanes
from conformance.engine.requests import Again, Prepared, Setting, prepare
from conformance.engine.sending import Sender
from conformance.engine.uploads import (
    Trust,
    Uploads,
    lifetime_told,
    offset_told,
    redirection,
)
from conformance.model.plan import Bound
from conformance.model.protocols import MissingCapture
from conformance.model.scenario import Verb
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verbs import completing
from conformance.scenario.captures import Captures
from conformance.wire import H1Exchange, Recorder

if TYPE_CHECKING:
    from conformance.engine.world import World
    from conformance.model.plan import Plan, PlannedExchange, PlannedResume, PlannedTogether
    from conformance.model.transcript import Exchange, Stored, Transcript
    from conformance.wire import H1Connection

_CONFLICT = 409
_REDIRECTS = frozenset({307, 308})
_CREATORS = frozenset({Verb.CREATE, Verb.REQUEST, Verb.OCTETS})


class Performance:
    """The wire side of one plan.

    Attributes:
        bound: exchanges by step.
        requests: exchanges begun.
        octets: octets of content they were to hand over.
    """

    def __init__(self, plan: Plan, world: World) -> None:
        self.bound: dict[str, Bound] = {}
        self.requests = 0
        self.octets = 0
        self._plan = plan
        self._world = world
        self._draft = DRAFTS[plan.draft]
        self._scale = plan.target.scale
        self._clock = asyncio.get_running_loop().time
        self._recorder = Recorder(self._clock)
        self._began = self._clock()
        self._lanes = Lanes(world, self._recorder, self._scale)
        self._sender = Sender(content=plan.content, deadlines=world.deadlines, scale=self._scale)
        self._uploads = Uploads()
        self._cookies = Cookies() if world.cookies else None
        self._trust = Trust(plan.target.origin, plan.target.fields, world.trusted_origins)
        self._captures = Captures(plan, self.exchange_of, self.upload_url)
        self._finished: dict[int, Exchange] = {}
        self._open: dict[str, tuple[H1Exchange, Prepared]] = {}
        self._prepared: dict[str, Prepared] = {}
        self._moved = ""

    # -- what is known -------------------------------------------------------------------------

    @property
    def unfinished(self) -> bool:
        """Tell whether an exchange was left open and is not over."""
        return any(not live.ended for live, _ in self._open.values())

    def transcript(self) -> Transcript:
        """Return the record so far."""
        return self._recorder.transcript()

    def keep(self, stored: Stored) -> None:
        """Add what a read-back found to the record."""
        self._recorder.keep(stored)

    def exchange_of(self, step: str) -> Exchange | None:
        """Return the exchange a step's values are read from; None if it was not made."""
        bound = self.bound.get(step)
        if bound is None:
            return None
        number = bound.subjects[-1]
        return self._finished.get(number) or self._recorder.exchange(number)

    def upload_url(self, step: str) -> str | None:
        """Return the upload resource a step created, if it is known."""
        return self._uploads.url(step)

    def upload_urls(self) -> dict[str, str]:
        """Return all known upload resources by creating step."""
        return self._uploads.urls()

    def remaining(self) -> tuple[str, ...]:
        """Return the upload resources that may still be there."""
        return self._uploads.remaining()

    def lifetime_left(self, step: str) -> float | None:
        """Return seconds until the announced lifetime of a step's upload is surely over."""
        bound = self.bound.get(step)
        exchanges = tuple(self._exchange(each) for each in bound.exchanges) if bound else ()
        told = lifetime_told(exchanges, self._draft)
        if told is None:
            return None
        seconds, at = told
        return at + seconds + 1.0 - (self._clock() - self._began)

    def _exchange(self, number: int) -> Exchange:
        return self._finished.get(number) or self._recorder.exchange(number)

    # -- exchanges -----------------------------------------------------------------------------

    async def exchange(self, planned: PlannedExchange) -> None:
        """Make the exchange of a step, or all of them with ``times``."""
        if planned.step.times == 1:
            await self._attempts(planned)
            return
        async with asyncio.TaskGroup() as tasks:
            made = [tasks.create_task(self._single(planned)) for _ in range(planned.step.times)]
        numbers = tuple(sorted(task.result() for task in made))
        self.bound[planned.step.name] = Bound(exchanges=numbers, subjects=numbers)

    async def _single(self, planned: PlannedExchange) -> int:
        live, _ = await self._send(planned)
        await self._conclude(planned, live)
        return live.id

    async def _attempts(self, planned: PlannedExchange) -> None:
        """Make an exchange; follow a redirect once and as many conflicts as the step allows."""
        refreshes, again = planned.step.refresh, None
        redirects = 1 if _follows(self._plan, planned, self._world) else 0
        numbers: tuple[int, ...] = ()
        while True:
            live, prepared = await self._send(planned, again)
            numbers += (live.id,)
            self.bound[planned.step.name] = Bound(exchanges=numbers, subjects=numbers[-1:])
            if planned.step.leave:
                await self._leave_open(planned, live, prepared)
                return
            done = await self._conclude(planned, live)
            status = done.final.status if done.final is not None else 0
            offset = offset_told(done.final)
            moved = redirection(done)
            if redirects and moved is not None and self._trust.trusts(moved):
                self._moved = moved
                redirects = 0
            elif refreshes and status == _CONFLICT and offset is not None:
                again = Again(at=offset)
                refreshes -= 1
            else:
                return

    async def _leave_open(
        self, planned: PlannedExchange, live: H1Exchange, prepared: Prepared
    ) -> None:
        if planned.step.quiet is not None:
            await live.linger(scaled(planned.step.quiet, 0.0, self._scale))
        self._open[planned.step.name] = (live, prepared)
        self._learn(planned, live.snapshot())

    async def start(self, planned: PlannedExchange) -> None:
        """Send a request whose answer is awaited later."""
        live, prepared = await self._send(planned)
        self.bound[planned.step.name] = Bound(exchanges=(live.id,), subjects=(live.id,))
        self._open[planned.step.name] = (live, prepared)

    async def conclude(self, planned: PlannedExchange) -> None:
        """Await the answer of an exchange that was started."""
        if planned.step.leave:
            return
        live, _ = self._open.pop(planned.step.name)
        await self._conclude(planned, live)

    async def _send(
        self, planned: PlannedExchange, again: Again | None = None
    ) -> tuple[H1Exchange, Prepared]:
        prepared = self._prepare(planned, again)
        live = await self._begin(prepared)
        await self._sender.deliver(live, prepared)
        return live, prepared

    def _prepare(self, planned: PlannedExchange, again: Again | None = None) -> Prepared:
        step = planned.step
        if step.repeat_of and again is None:
            before = self._prepared[step.repeat_of]
            again = Again(at=before.at, span=(before.start, before.end))
            planned = replace(planned, mark=before.mark)
        upload = None
        if planned.of != step.name and step.verb in {Verb.APPEND, Verb.RETRIEVE, Verb.CANCEL}:
            upload = self.upload_url(planned.of)
            if upload is None and step.to is None:
                raise MissingCapture(f"step {planned.of} told no upload resource")
        elif planned.of:
            upload = self.upload_url(planned.of)
        cookies = self._cookies.value() if self._cookies is not None else ""
        setting = Setting(
            target=self._plan.target,
            content=self._plan.content,
            trust=self._trust,
            upload=upload,
            moved=self._moved,
            cookies=cookies,
        )
        prepared = prepare(planned, self._captures, setting, again)
        self._prepared[step.name] = prepared
        return prepared

    async def _begin(self, prepared: Prepared) -> H1Exchange:
        step = prepared.planned.step
        octets = prepared.end - prepared.start
        connection: H1Connection
        if step.over is not None:
            connection = self._lanes.again(step.over, pipelined=step.pipelined)
        else:
            connection = await self._lanes.fresh(prepared.url)
        self._world.counters.take(octets)
        self.requests += 1
        self.octets += octets
        self._lanes.bind(step.name, connection)
        return connection.begin(prepared.request)

    async def _conclude(self, planned: PlannedExchange, live: H1Exchange) -> Exchange:
        """Await the end of an exchange and note what it tells."""
        step = planned.step
        done = await live.finish(scaled(step.within, self._world.deadlines.final, self._scale))
        if step.quiet is not None:
            await live.linger(scaled(step.quiet, 0.0, self._scale))
            done = live.snapshot()
        self._finished[live.id] = done
        self._learn(planned, done)
        return done

    def _learn(self, planned: PlannedExchange, exchange: Exchange) -> None:
        step = planned.step
        if self._cookies is not None and exchange.final is not None:
            self._cookies.learn(exchange.final)
        if step.verb in _CREATORS:
            told = exchange if step.verb is Verb.CREATE else replace(exchange, final=None)
            self._uploads.learn(step.name, told, self._draft, completing=completing(step))
        elif planned.of:
            self._uploads.follow(planned.of, exchange)

    async def resume(self, planned: PlannedResume) -> None:
        """Go on with an exchange that was left open."""
        step, of = planned.step, planned.exchange
        live, prepared = self._open.pop(step.exchange)
        before = self.bound[step.exchange]
        self.bound[step.exchange] = replace(before, until=self._recorder.moment())
        if step.send is not None:
            start = self._captures.size(step.send.start)
            end = min(self._captures.size(step.send.end), self._plan.content.size)
            await self._sender.send(live, prepared, start, end)
        if step.cut is not None:
            await self._sender.cut(live, step.cut)
        else:
            await live.end_content()
        bound = Bound(exchanges=(live.id,), subjects=(live.id,))
        self.bound[step.name] = bound
        done = await live.finish(scaled(step.within, self._world.deadlines.final, self._scale))
        self._finished[live.id] = done
        self._learn(of, done)

    async def together(self, planned: PlannedTogether) -> bool:
        """Release several exchanges at once; True if they are proved to have overlapped."""
        at_head = planned.release == "header end"
        prepared = [self._prepare(each) for each in planned.exchanges]
        lives = [await self._begin(each) for each in prepared]
        for each, live in zip(prepared, lives, strict=True):
            self.bound[each.planned.step.name] = Bound(exchanges=(live.id,), subjects=(live.id,))
            await self._sender.withhold(live, each, at_head=at_head)
        for live in lives:
            live.release_now()
        async with asyncio.TaskGroup() as tasks:
            for each, live in zip(prepared, lives, strict=True):
                tasks.create_task(self._after_release(each, live, at_head=at_head))
        return overlapped([self._exchange(live.id) for live in lives])

    async def _after_release(self, prepared: Prepared, live: H1Exchange, *, at_head: bool) -> None:
        await self._sender.follow(live, prepared, at_head=at_head)
        await self._conclude(prepared.planned, live)

    async def fetch(
        self, method: str, url: str, fields: tuple[tuple[str, str], ...], at_most: float
    ) -> Exchange:
        """Make an exchange that is not part of the transcript, for reading back."""
        return await ask(self._world, self._plan.target, method, url, fields, at_most)

    async def close(self) -> None:
        """Close all connections."""
        await self._lanes.close()


def _follows(plan: Plan, planned: PlannedExchange, world: World) -> bool:
    """Tell whether a redirect of this step is followed: only if nobody wants to look at it."""
    step = planned.step
    if step.verb is not Verb.CREATE or not world.follow_redirects:
        return False
    if (
        step.cut is not None
        or step.leave
        or "redirects" in {*step.needs, *plan.case.scenario.needs}
    ):
        return False
    wanted = (check.subject.status for check in step.expect)
    return not any(
        status is not None and code in status for status in wanted for code in _REDIRECTS
    )


def overlapped(exchanges: list[Exchange]) -> bool:
    """Tell whether every request was under way before any of them was answered or ended.

    A target may end one of them because another came, before either was sent to its end; that
    they met is what counts.
    """
    begun = [each.request.head_at for each in exchanges]
    over = [each.final.at if each.final is not None else each.ended for each in exchanges]
    first = min((moment for moment in over if moment is not None), default=None)
    return first is not None and all(moment is not None and moment < first for moment in begun)
