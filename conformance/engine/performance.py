"""Makes the exchanges of one plan, each from what earlier ones have told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.engine.circumstances import (
    follows_redirects,
    overlapped,
    require_begun,
    require_reached,
)
from conformance.engine.cookies import Cookies
from conformance.engine.deadlines import scaled
from conformance.engine.farewell import ask
from conformance.engine.lanes import Lanes, NotDue
from conformance.engine.requests import Again, Prepared, Setting, prepare
from conformance.engine.sending import Sender
from conformance.engine.setup import unannounced
from conformance.engine.uploads import Trust, offset_told, redirection
from conformance.model.plan import Bound
from conformance.model.protocols import MissingCapture
from conformance.model.scenario import Verb
from conformance.scenario.captures import Captures
from conformance.wire import H2Exchange, release_together

if TYPE_CHECKING:
    from conformance.engine.knowledge import Knowledge
    from conformance.engine.world import World
    from conformance.model.plan import Plan, PlannedExchange, PlannedResume, PlannedTogether
    from conformance.model.transcript import Exchange
    from conformance.wire import WireConnection, WireExchange

_CONFLICT = 409


class Performance:
    """The wire side of one plan.

    Attributes:
        requests: exchanges begun.
        octets: octets of content they were to hand over.
    """

    def __init__(self, plan: Plan, world: World, known: Knowledge) -> None:
        """Make exchanges for a plan.

        Args:
            plan: what is to be done.
            world: shared settings.
            known: where everything learnt is kept.
        """
        self.requests = 0
        self.octets = 0
        self._plan = plan
        self._world = world
        self._known = known
        self._scale = plan.target.scale
        self._lanes = Lanes(world, known.recorder, self._scale, plan.transport)
        self._sender = Sender(
            content=plan.content,
            deadlines=world.deadlines,
            scale=self._scale,
            path=world.endpoints.path,
            at_once=world.at_once,
        )
        self._cookies = Cookies() if world.cookies else None
        self._trust = Trust(plan.target.origin, plan.target.fields, world.trusted_origins)
        self._captures = Captures(plan, known.exchange_of, known.upload_url)
        self._prepared: dict[str, Prepared] = {}
        self._moved = ""

    async def exchange(self, planned: PlannedExchange) -> None:
        """Make the exchange of a step, or all of them with ``times``."""
        if planned.step.times == 1:
            await self._attempts(planned)
            return
        async with asyncio.TaskGroup() as tasks:
            made = [tasks.create_task(self._single(planned)) for _ in range(planned.step.times)]
        numbers = tuple(sorted(task.result() for task in made))
        self._known.bound[planned.step.name] = Bound(exchanges=numbers, subjects=numbers)

    async def _single(self, planned: PlannedExchange) -> int:
        live, _ = await self._send(planned)
        await self._conclude(planned, live)
        return live.id

    async def _attempts(self, planned: PlannedExchange) -> None:
        """Make an exchange; follow a redirect once and as many conflicts as the step allows."""
        refreshes, again = planned.step.refresh, None
        redirects = 1 if follows_redirects(self._plan, planned, self._world) else 0
        numbers: tuple[int, ...] = ()
        while True:
            live, prepared = await self._send(planned, again)
            numbers += (live.id,)
            self._known.bound[planned.step.name] = Bound(exchanges=numbers, subjects=numbers[-1:])
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
                again = Again(at=offset, span=_from(offset, prepared))
                refreshes -= 1
            else:
                return

    async def _leave_open(
        self, planned: PlannedExchange, live: WireExchange, prepared: Prepared
    ) -> None:
        if planned.step.quiet is not None:
            await live.linger(scaled(planned.step.quiet, 0.0, self._scale))
        self._known.open[planned.step.name] = (live, prepared)
        self._learn(planned, live.snapshot())

    async def start(self, planned: PlannedExchange) -> None:
        """Send a request whose answer is awaited later."""
        live, prepared = await self._send(planned)
        self._known.bound[planned.step.name] = Bound(exchanges=(live.id,), subjects=(live.id,))
        self._known.open[planned.step.name] = (live, prepared)

    async def conclude(self, planned: PlannedExchange) -> None:
        """Await the answer of an exchange that was started."""
        if planned.step.leave:
            return
        live, _ = self._known.open.pop(planned.step.name)
        await self._conclude(planned, live)

    async def _send(
        self, planned: PlannedExchange, again: Again | None = None
    ) -> tuple[WireExchange, Prepared]:
        prepared = self._prepare(planned, again)
        live = await self._begin(prepared)
        await self._sender.deliver(live, prepared)
        if planned.step.over is not None:
            require_begun(live.snapshot())
        return live, prepared

    def _untold(self, name: str) -> NotDue | MissingCapture:
        """Return why a step cannot be made whose upload resource nothing told."""
        before = self._prepared.get(name)
        cause = f"step {name} told no upload resource"
        if before is not None and unannounced(before.planned.step, self._known.exchange_of(name)):
            return NotDue(f"{cause}: no 104 announced it")
        return MissingCapture(cause)

    def _prepare(self, planned: PlannedExchange, again: Again | None = None) -> Prepared:
        step = planned.step
        if step.repeat_of and again is None:
            before = self._prepared[step.repeat_of]
            again = Again(at=before.at, span=(before.start, before.end))
            planned = replace(planned, mark=before.mark)
        upload = None
        if planned.of != step.name and step.verb in {Verb.APPEND, Verb.RETRIEVE, Verb.CANCEL}:
            upload = self._known.upload_url(planned.of)
            if upload is None and step.to is None:
                raise self._untold(planned.of)
        elif planned.of:
            upload = self._known.upload_url(planned.of)
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

    async def _begin(
        self, prepared: Prepared, connection: WireConnection | None = None
    ) -> WireExchange:
        step = prepared.planned.step
        octets = prepared.end - prepared.start
        if connection is not None:
            pass
        elif step.over is not None:
            connection = self._lanes.again(step.over, pipelined=step.pipelined)
        else:
            connection = await self._fresh(prepared.url, window=prepared.window)
        self._world.counters.take(octets)
        self.requests += 1
        self.octets += octets
        self._lanes.bind(step.name, connection)
        return connection.begin(prepared.request)

    async def _fresh(self, url: str, window: int | None = None) -> WireConnection:
        connection = await self._lanes.fresh(url, window=window)
        told = (*self._known.upload_urls().values(), self._moved)
        require_reached(connection, url, self._plan.target.origin, told)
        return connection

    async def _conclude(self, planned: PlannedExchange, live: WireExchange) -> Exchange:
        """Await the end of an exchange and note what it tells."""
        step = planned.step
        done = await live.finish(scaled(step.within, self._world.deadlines.final, self._scale))
        if step.quiet is not None:
            await live.linger(scaled(step.quiet, 0.0, self._scale))
            done = live.snapshot()
        self._known.finished[live.id] = done
        self._learn(planned, done)
        return done

    def _learn(self, planned: PlannedExchange, exchange: Exchange) -> None:
        if self._cookies is not None and exchange.final is not None:
            self._cookies.learn(exchange.final)
        self._known.learn(planned, exchange)

    async def resume(self, planned: PlannedResume) -> None:
        """Go on with an exchange that was left open."""
        step, of = planned.step, planned.exchange
        live, prepared = self._known.open.pop(step.exchange)
        before = self._known.bound[step.exchange]
        self._known.bound[step.exchange] = replace(before, until=self._known.recorder.moment())
        if prepared.window is not None and isinstance(live, H2Exchange):
            live.open_window()
        if step.send is not None:
            start = self._captures.size(step.send.start)
            end = min(self._captures.size(step.send.end), self._plan.content.size)
            await self._sender.send(live, prepared, start, end)
        if step.cut is not None:
            await self._sender.cut_under_way(live, prepared, step.cut)
        else:
            await live.end_content()
        bound = Bound(exchanges=(live.id,), subjects=(live.id,))
        self._known.bound[step.name] = bound
        done = await live.finish(scaled(step.within, self._world.deadlines.final, self._scale))
        self._known.finished[live.id] = done
        self._learn(of, done)

    async def together(self, planned: PlannedTogether) -> bool:
        """Release several exchanges at once; True if they are proved to have overlapped."""
        at_head = planned.release == "header end"
        prepared = [self._prepare(each) for each in planned.exchanges]
        shared = None
        if planned.over == "one-connection":
            shared = await self._fresh(prepared[0].url)
        lives = [await self._begin(each, shared) for each in prepared]
        for each, live in zip(prepared, lives, strict=True):
            self._known.bound[each.planned.step.name] = Bound(
                exchanges=(live.id,), subjects=(live.id,)
            )
            await self._sender.withhold(live, each, at_head=at_head)
        release_together(lives)
        async with asyncio.TaskGroup() as tasks:
            for each, live in zip(prepared, lives, strict=True):
                tasks.create_task(self._after_release(each, live, at_head=at_head))
        return overlapped([self._known.exchange(live.id) for live in lives])

    async def _after_release(
        self, prepared: Prepared, live: WireExchange, *, at_head: bool
    ) -> None:
        await self._sender.follow(live, prepared, at_head=at_head)
        await self._conclude(prepared.planned, live)

    async def fetch(
        self, method: str, url: str, fields: tuple[tuple[str, str], ...], at_most: float
    ) -> Exchange:
        """Make an exchange that is not part of the transcript, for reading back."""
        return await ask(
            self._world,
            self._plan.target,
            method,
            url,
            fields,
            at_most,
            transport=self._plan.transport,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._lanes.close()


def _from(offset: int, before: Prepared) -> tuple[int, int] | None:
    """Return which octets belong to another offset; None if they never were those at the first.

    What is stored at an offset are the octets that have this position, wherever the step's own
    range begins.
    """
    if before.start != before.at:
        return None
    return offset, max(offset, before.end)
