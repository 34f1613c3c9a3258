"""Interruptions that somebody between us and the peer made, recorded as if they were ours.

The record then says what the peer was handed, not what left here: octets behind the cut never
reached it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.transcript import CutHow, CutMade, End

if TYPE_CHECKING:
    from conformance.wire.api import WireExchange


def note_path_cut(live: WireExchange, made: CutMade, *, whole: bool) -> None:
    """Note an interruption made on the path.

    Args:
        live: the exchange that was interrupted.
        made: what was done to it, as told by whoever did it.
        whole: the peer was handed the whole request.
    """
    record, moment = live.record, live.moment()
    record.sent.reached(made.content_handed, whole=whole)
    record.sent.cut = replace(made, at=moment)
    if made.how is CutHow.HALF_CLOSE:
        return
    record.end = End.OPEN
    record.finish(End.CUT, moment, f"it was cut off on the path ({made.how})")
    live.end_by_us(reset=made.how is CutHow.RESET)
