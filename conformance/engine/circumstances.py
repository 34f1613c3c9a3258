"""What decides how exchanges are made and what they prove, besides what a step says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.lanes import CannotRun, NotDue
from conformance.engine.uploads import origin_of
from conformance.model.scenario import Verb
from conformance.model.transcript import End

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.world import World
    from conformance.model.plan import Plan, PlannedExchange
    from conformance.model.transcript import Exchange
    from conformance.wire import WireConnection

_REDIRECTS = frozenset({307, 308})


def require_begun(exchange: Exchange) -> None:
    """Make sure that a request could be sent beside others on its connection.

    Raises:
        NotDue: the target allows no further stream, which it need not (RFC 9113 section 5.1.2).
    """
    if exchange.end is End.DEADLINE and exchange.request.head_at is None:
        raise NotDue(exchange.detail or "the target allows no further stream")


def require_reached(connection: WireConnection, url: str, own: str, told: Iterable[str]) -> None:
    """Make sure that a connection could be made to where the target itself sent us.

    Args:
        connection: the connection, made or not.
        url: what it is for.
        own: origin of the target as the user names it.
        told: URLs that the target told in Location.

    Raises:
        CannotRun: Location points to an origin other than the target's, and nobody answers there.
    """
    origin = origin_of(url)
    if not connection.failure or origin == origin_of(own):
        return
    if any(origin_of(each) == origin for each in told):
        raise CannotRun(
            f"Location, as the target itself told it, points to {origin} and not to "
            f"{origin_of(own)}, which the run speaks to; there: {connection.failure}"
        )


def follows_redirects(plan: Plan, planned: PlannedExchange, world: World) -> bool:
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
