"""Performs one plan on the wire and says which exchange belongs to which step.

Nothing is judged here. A step that cannot be made names its cause, and so does every later step
that rests on it; a mistake of ours is noted with its step. The peer's faults are events of the
transcript.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.engine.dependencies import batches, name_of
from conformance.engine.farewell import remove_uploads
from conformance.engine.judge import judge_step
from conformance.engine.knowledge import Knowledge
from conformance.engine.lanes import CannotRun, NotDue
from conformance.engine.notes import Notes
from conformance.engine.performance import Performance
from conformance.engine.readback import Sought, read_back
from conformance.engine.setup import shortfall, unannounced
from conformance.engine.tellers import require_answers, told_by
from conformance.engine.world import BoundReached, World
from conformance.model.plan import (
    Plan,
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
)
from conformance.model.scenario import ReadBackStep, RestartStep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance.model.plan import Binding
    from conformance.model.transcript import Exchange, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of running a plan.

    Attributes:
        binding: which exchange belongs to which step, and what was not run and why.
        transcript: what happened on the wire.
        requests: exchanges begun, without clean-up and read-backs.
        octets: octets of content handed over in them.
        leftovers: upload resources that could not be removed afterwards.
    """

    binding: Binding
    transcript: Transcript
    requests: int
    octets: int
    leftovers: int


async def run_plan(plan: Plan, world: World) -> Ran:
    """Perform a plan.

    Raises:
        BoundReached: the user's bound on requests or octets is reached.
    """
    async with contextlib.AsyncExitStack() as held:
        if world.politeness is not None:
            await held.enter_async_context(world.politeness)
        restarts = any(isinstance(step, RestartStep) for step in plan.steps)
        await held.enter_async_context(world.gate.alone() if restarts else world.gate.shared())
        run = _Run(plan, world)
        async with run.closing():
            try:
                await run.walk()
            except BoundReached:
                await run.clean_up()
                raise
            return await run.result()


class _Run:
    """One plan while it runs."""

    def __init__(self, plan: Plan, world: World) -> None:
        self._plan = plan
        self._world = world
        self._known = Knowledge(plan)
        self._wire = Performance(plan, world, self._known)
        self._notes = Notes(plan.left_out)
        self._over = False  # the scenario has ended by design
        self._began = time.time()  # files are dated by this clock

    @contextlib.asynccontextmanager
    async def closing(self) -> AsyncIterator[None]:
        """Close all connections in the end, come what may."""
        try:
            yield
        finally:
            await self._wire.close()

    async def walk(self) -> None:
        """Perform the steps in order."""
        for batch in batches(self._plan.steps):
            if self._over:
                return
            if len(batch) > 1:
                await self._pipelined(batch)
                continue
            planned = batch[0]
            if self._notes.obstructed(planned):
                continue
            await self._guarded(planned)
            self._look(planned)

    async def result(self) -> Ran:
        """Take the record and remove what was created."""
        if self._known.unfinished:
            # Removing an upload would end what still hangs, and that is not the target's doing.
            transcript = self._known.transcript()
            await self._wire.close()
            leftovers = await self.clean_up()
        else:
            leftovers = await self.clean_up()
            transcript = self._known.transcript()
        return Ran(
            binding=self._binding(),
            transcript=transcript,
            requests=self._wire.requests,
            octets=self._wire.octets,
            leftovers=leftovers,
        )

    async def clean_up(self) -> int:
        """Remove the uploads that were created; returns how many may be left."""
        return await remove_uploads(self._plan, self._world, self._known.remaining())

    def _binding(self) -> Binding:
        return self._notes.binding(self._known.bound, self._known.upload_urls())

    async def _guarded(self, planned: PlannedStep) -> None:
        """Perform a step; whatever keeps it from being made is noted and never raised."""
        try:
            await self._perform(planned)
        except BoundReached:
            raise
        except Exception as error:
            self._notes.obstacle(planned, error)

    async def _perform(self, planned: PlannedStep) -> None:
        match planned:
            case PlannedExchange():
                await self._exchange(planned)
            case PlannedResume():
                require_answers(self._known, planned.step.given)
                await self._wire.resume(planned)
            case PlannedTogether():
                names = tuple(each.step.name for each in planned.exchanges)
                self._notes.groups[planned.name] = names
                if await self._wire.together(planned):
                    self._notes.overlapped.add(planned.name)
            case ReadBackStep():
                await self._read_back(planned)
            case RestartStep():
                await self._restart(planned)

    async def _exchange(self, planned: PlannedExchange) -> None:
        step = planned.step
        require_answers(self._known, step.given)
        if step.after and not await self._outlived(step.name, step.after):
            return
        await self._wire.exchange(planned)
        self._check_set_up(planned)

    def _check_set_up(self, planned: PlannedExchange) -> None:
        step = planned.step
        if step.set_up if step.set_up is not None else not step.expect:
            upload = self._known.upload_url(planned.of)
            lack = shortfall(planned, self._last(step.name), upload)
            if lack and upload is None and unannounced(step, self._last(step.name)):
                self._notes.obstacle(planned, NotDue(f"step {step.name}: no 104 announced it"))
            elif lack:
                self._notes.lost = f"set-up step {step.name}: {lack}"

    async def _pipelined(self, batch: tuple[PlannedStep, ...]) -> None:
        """Send several exchanges on one connection before the first is answered."""
        steps = [planned for planned in batch if isinstance(planned, PlannedExchange)]
        sent: list[PlannedExchange] = []
        for planned in steps:
            if self._notes.obstructed(planned):
                continue
            try:
                require_answers(self._known, planned.step.given)
                await self._wire.start(planned)
                sent.append(planned)
            except BoundReached:
                raise
            except Exception as error:
                self._notes.obstacle(planned, error)
        for planned in sent:
            await self._wire.conclude(planned)
            self._check_set_up(planned)
            self._look(planned)

    def _last(self, step: str) -> Exchange | None:
        return self._known.exchange_of(step)

    async def _outlived(self, step: str, of: str) -> bool:
        """Wait until the announced lifetime of an upload has passed; False if none was told."""
        left = self._known.lifetime_left(of)
        if left is None or left > self._world.deadlines.lifetime:
            self._notes.left_out[step] = "lifetime"
            return False
        await asyncio.sleep(max(0.0, left))
        return True

    async def _read_back(self, step: ReadBackStep) -> None:
        wish = self._world.read_back
        if wish is None:
            raise CannotRun(
                "no way to read back what the target stored is declared "
                "(--read-back-url, --read-back-folder; --without read-back leaves it out)"
            )
        require_answers(self._known, step.given)
        told = told_by(step, self._plan, self._known)
        scale = self._plan.target.scale
        seconds = wish.within if step.within is None else step.within.seconds
        sought = Sought(
            upload=self._known.upload_url(step.of),
            exchange=told[0] if told else None,
            earlier=told[1:],
            creation=self._last(step.of),
            content=self._plan.content,
            marked=any(
                isinstance(each, PlannedExchange) and each.mark for each in self._plan.steps
            ),
            began=self._began,
        )
        stored = await read_back(
            wish,
            sought,
            self._wire.fetch,
            within=seconds * scale,
            patience=self._world.deadlines.download * scale,
        )
        self._notes.stored[step.name] = len(self._notes.stored)
        self._known.keep(stored)

    async def _restart(self, step: RestartStep) -> None:
        if self._world.restart is None:
            self._notes.left_out[step.name] = "restart"
            return
        try:
            await self._world.restart()
        except Exception as error:
            self._notes.lost = f"the target could not be restarted: {error}"
            self._notes.skip(step, self._notes.lost)

    def _look(self, planned: PlannedStep) -> None:
        """Learn whether a design was seen under which nothing after it can be judged."""
        expect = planned.expect if isinstance(planned, ReadBackStep) else ()
        if isinstance(planned, PlannedExchange | PlannedResume):
            expect = planned.step.expect
        if any(choice.ends for check in expect for choice in check.alternatives):
            name = name_of(planned)
            self._over = judge_step(self._plan, self._binding(), self._known.transcript(), name)
