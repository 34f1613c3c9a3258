"""What a search is told, and its target tried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.engine.asking import asker
from conformance.engine.planning import Station
from conformance.engine.redact import Redactor
from conformance.engine.sanity import examine
from conformance.engine.world import Counters
from conformance.engine.worlds import world_of
from conformance.fuzz.drive import DEADLINES
from conformance.model.errors import TargetError

if TYPE_CHECKING:
    from conformance.engine.target import Target
    from conformance.engine.world import World

LANES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """A search, fully decided.

    Attributes:
        target: the system under test.
        drafts: drafts declared; empty if the target shall tell.
        transport: ``h1`` or ``h2``.
        seconds: how long to search; None for no bound.
        requests: requests to make at most; None for no bound.
        seed: decides every trial.
        lanes: trials at once.
        first: end with the first finding.
        scale: factor on every waiting.
        tidy: remove what the trials created.
        controlled: hold findings against the reference server, too, which must not show them.
    """

    target: Target
    drafts: tuple[int, ...] = ()
    transport: str = "h1"
    seconds: float | None = 60.0
    requests: int | None = None
    seed: str = "0"
    lanes: int = LANES
    first: bool = False
    scale: float = 1.0
    tidy: bool = True
    controlled: bool = True


async def station_of(settings: SearchSettings) -> Station:
    """Try a target out.

    Raises:
        TargetError: nothing can be judged; the message says why and what to do.
    """
    counters = Counters(settings.requests)
    world: World = replace(world_of(settings.target, counters), deadlines=DEADLINES, at_once=True)
    ask = asker(
        world, scale=settings.scale, most=min(8, settings.lanes), transport=settings.transport
    )
    examined = await examine(settings.target, ask, declared=settings.drafts)
    if not examined.drafts:
        raise TargetError(
            "cannot tell which draft the target speaks: no 104 bears a number; pass --draft"
        )
    return Station(
        target=settings.target,
        examined=examined,
        world=world,
        redactor=Redactor(settings.target.secrets),
        scale=settings.scale * examined.scale,
        transport=settings.transport,
    )
