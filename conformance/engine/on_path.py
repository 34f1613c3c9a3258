"""Interruptions made on the path: a proxy cuts off what the client would send to its end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.engine.lanes import CannotRun
from conformance.model.errors import TargetError
from conformance.model.scenario import Verb
from conformance.model.transcript import CutMade
from conformance.wire.path_cuts import note_path_cut

if TYPE_CHECKING:
    from conformance.engine.requests import Prepared
    from conformance.model.scenario import Cut
    from conformance.proxy.remote import Armed, PathProxy
    from conformance.wire import WireExchange

#: verbs whose octets are the author's own: no proxy could tell them from others, so that the client
#: interrupts them itself, and the proxy hands the interruption on
_LITERAL = frozenset({Verb.OCTETS, Verb.FRAMES})


def uncut(prepared: Prepared) -> Prepared:
    """Return an exchange without its interruption."""
    planned = prepared.planned
    return replace(
        prepared, cut=None, planned=replace(planned, step=replace(planned.step, cut=None))
    )


def literal(prepared: Prepared) -> bool:
    """Tell whether an exchange is made of octets of the author's own."""
    return prepared.planned.step.verb in _LITERAL


async def order_cut(
    live: WireExchange,
    prepared: Prepared,
    path: PathProxy,
    cut: Cut,
    after: int | None,
    *,
    under_way: bool = False,
) -> Armed:
    """Order an exchange's interruption, before anything of it is sent unless it is under way.

    Raises:
        CannotRun: the proxy is gone, or the exchange is over.
    """
    # The client gives the target its time to announce the upload, as it does without a proxy.
    cut = replace(cut, wait_for=None)
    request = prepared.request
    kind = (request.method, request.target)
    try:
        return await path.arm(
            live.local, kind, cut, after if cut.once is None else None, under_way=under_way
        )
    except TargetError as gone:
        raise CannotRun(str(gone)) from gone


async def note_order(live: WireExchange, armed: Armed, at_most: float) -> None:
    """Record what became of an interruption.

    Raises:
        CannotRun: the proxy does not tell.
    """
    report = await armed.report(at_most)
    if report is None:
        raise CannotRun("the proxy did not tell whether it interrupted the exchange")
    if report.how is None:
        return
    await _seen(live)
    made = CutMade(
        how=report.how,
        content_handed=report.handed,
        acknowledged=report.acknowledged,
        at=live.moment(),
        note=report.note,
    )
    note_path_cut(live, made, whole=report.whole)


async def _seen(live: WireExchange) -> None:
    """Let what the proxy told the client before the interruption arrive."""
    await asyncio.sleep(0)
    await live.settle()
