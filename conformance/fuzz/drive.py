"""Plays trials on the wire: without judging, without clean-up, on connections used again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.engine.deadlines import Deadlines
from conformance.engine.dependencies import batches
from conformance.engine.farewell import remove_uploads
from conformance.engine.knowledge import Knowledge
from conformance.engine.lanes import CannotRun, NotDue
from conformance.engine.performance import Performance
from conformance.engine.readback import Sought, read_back
from conformance.fuzz.fetching import Fetcher
from conformance.fuzz.trial import FuzzStep, Trial, plan_trial
from conformance.model.plan import PlannedExchange, PlannedResume, PlannedTogether
from conformance.model.protocols import MissingCapture
from conformance.model.scenario import ReadBackStep
from conformance.model.transcript import End

if TYPE_CHECKING:
    from conformance.engine.world import World
    from conformance.model.content import Content
    from conformance.model.plan import Plan, PlannedStep, TargetFacts
    from conformance.model.transcript import Exchange, Stored, Transcript

#: a correct target is far within these on any machine; a hanging one must not stop a search
DEADLINES = Deadlines(final=8.0, drain=1.0, settling=0.05, announcement=0.3, download=8.0)

#: trials in a row in which no connection could be made, after which the target counts as dead
DEAD: Final = 5
#: what was stored is looked for as long; a confirming run waits as long as the user says
_READ_BACK_WITHIN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One exchange, or read-back, of a played trial.

    Attributes:
        step: what asked for it.
        exchange: what happened; None for a read-back.
        upload: URL of the upload resource it is about; empty if none is known.
        of: the step that created that resource.
        stored: what a read-back found.
        together: name of the race it is part of; empty for none.
    """

    step: FuzzStep
    exchange: Exchange | None
    upload: str = ""
    of: str = ""
    stored: Stored | None = None
    together: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A trial and what came of it.

    Attributes:
        trial: what was played.
        plan: with every default.
        happened: in order of beginning.
        transcript: the record.
        requests: exchanges begun.
        content: the representation data.
        stopped: why the rest was not played; empty if all was.
    """

    trial: Trial
    plan: Plan
    happened: tuple[Happened, ...]
    transcript: Transcript
    requests: int
    content: Content
    stopped: str = ""

    @property
    def refused(self) -> bool:
        """Tell whether it was begun and no connection could be made."""
        ends = {each.exchange.end for each in self.happened if each.exchange is not None}
        return ends == {End.REFUSED}


@dataclass(slots=True)
class _Stage:
    """One trial while it is played."""

    plan: Plan
    world: World
    known: Knowledge
    wire: Performance
    fetcher: Fetcher
    happened: list[Happened] = field(default_factory=list)
    began: float = field(default_factory=time.time)

    async def perform(self, planned: PlannedStep) -> None:
        match planned:
            case PlannedExchange():
                await self._exchange(planned)
                self._note(planned.step, planned.of)
            case PlannedResume():
                await self.wire.resume(planned)
                self._note(planned.step, planned.exchange.of)
            case PlannedTogether():
                await self.wire.together(planned)
                for each in planned.exchanges:
                    self._note(each.step, each.of, together=planned.name)
            case ReadBackStep():
                await self._read_back(planned)
            case _:
                raise CannotRun("this step cannot be fuzzed")

    async def _exchange(self, planned: PlannedExchange) -> None:
        try:
            await self.wire.exchange(planned)
        except NotDue:  # the target closed the connection, which it may
            fresh = replace(planned.step, over=None, pipelined=False)
            await self.wire.exchange(replace(planned, step=fresh))

    async def pipeline(self, batch: tuple[PlannedStep, ...]) -> None:
        steps = [each for each in batch if isinstance(each, PlannedExchange)]
        for each in steps:
            await self.wire.start(each)
        for each in steps:
            await self.wire.conclude(each)
            self._note(each.step, each.of)

    def _note(self, step: FuzzStep, of: str, together: str = "") -> None:
        self.happened.append(
            Happened(
                step=step,
                exchange=self.known.exchange_of(step.name),
                upload=self.known.upload_url(of) or "",
                of=of,
                together=together,
            )
        )

    async def _read_back(self, step: ReadBackStep) -> None:
        wish = self.world.read_back
        given = self.known.exchange_of(step.given[-1]) if step.given else None
        final = given.final if given is not None else None
        if wish is None or final is None or not 200 <= final.status < 300:
            return
        sought = Sought(
            upload=self.known.upload_url(step.of),
            exchange=given,
            content=self.plan.content,
            marked=False,
            began=self.began,
        )
        stored = await read_back(
            wish,
            sought,
            partial(self.fetcher.fetch, self.plan.target),
            within=min(wish.within, _READ_BACK_WITHIN),
            patience=DEADLINES.download,
        )
        self.known.keep(stored)
        self.happened.append(Happened(step=step, exchange=None, of=step.of, stored=stored))


async def play(
    trial: Trial,
    world: World,
    target: TargetFacts,
    transport: str = "h1",
    *,
    tidy: bool = False,
    fetcher: Fetcher | None = None,
) -> Played:
    """Play a trial to its end, or to where the next step cannot be made.

    Args:
        trial: what to play.
        world: where the target is, how long to wait, how far to go.
        target: facts of the target in the trial's draft.
        transport: ``h1`` or ``h2``.
        tidy: remove the uploads it created that were not cancelled; that is not recorded.
        fetcher: fetches what was stored; without one a connection is opened for this trial.

    Raises:
        BoundReached: the bound on requests is reached.
    """
    plan = plan_trial(trial, transport, target)
    known = Knowledge(plan)
    reader = fetcher or Fetcher(world, transport)
    stage = _Stage(plan, world, known, Performance(plan, world, known), reader)
    stopped = ""
    try:
        for batch in batches(plan.steps):
            if len(batch) > 1:
                await stage.pipeline(batch)
            else:
                await stage.perform(batch[0])
    except (CannotRun, MissingCapture) as obstacle:
        stopped = str(obstacle)
    finally:
        await stage.wire.close()
        if fetcher is None:
            await reader.close()
    if tidy and known.remaining():
        await remove_uploads(plan, world, known.remaining())
    return Played(
        trial=trial,
        plan=plan,
        happened=tuple(stage.happened),
        transcript=known.transcript(),
        requests=stage.wire.requests,
        content=plan.content,
        stopped=stopped,
    )
