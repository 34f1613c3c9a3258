"""Transfers that take so long that a server may report their progress on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz import orderly
from conformance.fuzz.belief import Upload
from conformance.fuzz.trial import octets
from conformance.model.scenario import Cut, ExchangeStep, Trickle, Verb
from conformance.model.transcript import CutHow
from conformance.model.values import Duration, Range

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch

#: octets of a transfer, handed over in three parts, and the pause between two of them
SIZE: Final = 300 * 1024
_TRICKLE: Final = Trickle(piece=octets(SIZE // 3), every=Duration(0.12))
#: limits that such a transfer might run into
_LIMITS: Final = ("max-size", "max-append-size")


def begin(sketch: Sketch) -> None:
    """Draw a slow creation, or a slow append to an upload just begun; either may be cut."""
    if any(0 < sketch.limits.get(each, 0) < SIZE for each in _LIMITS):
        orderly.create(sketch)
        return
    sketch.size = max(sketch.size, SIZE)
    appends = sketch.choices.chance(50)
    name = sketch.name("slow")
    first = octets(1 if appends else SIZE)
    cut = None
    if sketch.choices.chance(50):
        how = sketch.choices.among((CutHow.RESET, CutHow.CLOSE))
        cut = Cut(how=how, after=octets(SIZE - 2), at_most=Duration(0.2))
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.CREATE,
            send=Range(orderly.ZERO, first),
            complete=False,
            length=None,
            trickle=None if appends else _TRICKLE,
            cut=None if appends else cut,
            set_up=False,
        ),
        reusable=appends,
    )
    upload = Upload(step=name, at=None, length=None)
    sketch.uploads.append(upload)
    if appends:
        _append(sketch, upload, cut)
    orderly.retrieve(sketch, upload)


def _append(sketch: Sketch, upload: Upload, cut: Cut | None) -> None:
    sketch.add(
        ExchangeStep(
            name=sketch.name("slow"),
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(1),
            send=Range(octets(1), octets(SIZE)),
            complete=False,
            trickle=_TRICKLE,
            cut=cut,
            over=sketch.over(),
            set_up=False,
        ),
        reusable=cut is None,
    )
