"""Steps that are cut, overlap, or lose their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz import orderly
from conformance.fuzz.belief import Upload, literal, piece, room
from conformance.fuzz.trial import octets
from conformance.model.scenario import (
    Cut,
    ExchangeStep,
    Hold,
    Point,
    TogetherStep,
    Verb,
)
from conformance.model.transcript import CutHow
from conformance.model.values import Duration, Range, Template

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch
    from conformance.model.values import Size


def _how(sketch: Sketch) -> CutHow:
    hows = [(5, CutHow.RESET), (4, CutHow.CLOSE)]
    if sketch.transport == "h1":
        hows.append((4, CutHow.HALF_CLOSE))
    return sketch.choices.weighted(hows)


def _cut(sketch: Sketch, count: int, *, announced: bool) -> Cut:
    after = sketch.choices.integer(0, max(0, count - 1))
    return Cut(
        how=_how(sketch),
        after=octets(after),
        wait_for=Point.INTERIM_104 if announced else None,
        at_most=Duration(0.2),
    )


def _place(sketch: Sketch) -> tuple[Upload, Size, int] | None:
    """Choose an upload for an append; return it, where to append, and how much fits; or None."""
    upload = sketch.upload()
    at = orderly.ask_where(sketch, upload)
    rest = room(upload, sketch.size)
    return None if upload.done or rest < 1 else (upload, at, rest)


def _count(sketch: Sketch, at: Size, rest: int, *, complete: bool) -> int:
    """Choose how much to send; all of it if it completes and the offset is known."""
    if complete and literal(at) is not None:
        return rest
    return max(1, sketch.count(rest))


def cut_create(sketch: Sketch) -> None:
    """Draw a creation that is cut, and a look at what was kept."""
    name = sketch.name("create")
    complete = sketch.choices.chance(60)
    count = sketch.size if complete else max(1, sketch.count(sketch.size))
    chunked = orderly.framing(sketch)
    length = orderly.announced(sketch)
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.CREATE,
            send=Range(orderly.ZERO, octets(count)),
            complete=complete,
            length=None if length is None else octets(length),
            framing=chunked,
            cut=_cut(sketch, count, announced=True),
            set_up=False,
        ),
        reusable=False,
    )
    told = length if sketch.draft.has("upload-length") else None
    upload = Upload(step=name, at=None, length=told)
    sketch.uploads.append(upload)
    orderly.retrieve(sketch, upload)


def cut_append(sketch: Sketch) -> None:
    """Draw an append that is cut, and a look at what was kept."""
    place = _place(sketch)
    if place is None:
        orderly.retrieve(sketch)
        return
    upload, at, rest = place
    complete = sketch.choices.chance(50)
    count = _count(sketch, at, rest, complete=complete)
    sketch.add(
        ExchangeStep(
            name=sketch.name("append"),
            verb=Verb.APPEND,
            of=upload.step,
            at=at,
            send=piece(at, count),
            complete=complete,
            framing=orderly.framing(sketch),
            over=sketch.over(),
            cut=_cut(sketch, count, announced=sketch.choices.chance(30)),
            set_up=False,
        ),
        reusable=False,
    )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def lost_answer(sketch: Sketch) -> None:
    """Draw an append whose answer is lost, and the same append once more."""
    place = _place(sketch)
    if place is None:
        orderly.retrieve(sketch)
        return
    upload, at, rest = place
    complete = sketch.choices.chance(40)
    count = _count(sketch, at, rest, complete=complete)
    name = sketch.name("append")
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.APPEND,
            of=upload.step,
            at=at,
            send=piece(at, count),
            complete=complete,
            over=sketch.over(),
            cut=Cut(how=CutHow.RESET, once=Point.FINAL_HEAD, at_most=Duration(2.0)),
            set_up=False,
        ),
        reusable=False,
    )
    if sketch.choices.chance(50):
        orderly.retrieve(sketch, upload)
    again = sketch.name("again")
    sketch.add(
        ExchangeStep(name=again, verb=Verb.APPEND, of=upload.step, repeat_of=name, set_up=False)
    )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def race(sketch: Sketch) -> None:
    """Draw two appends at the same place, let go at the same moment."""
    place = _place(sketch)
    if place is None:
        orderly.retrieve(sketch)
        return
    upload, at, rest = place
    counts = [max(1, sketch.count(rest)) for _ in range(2)]
    steps = tuple(
        ExchangeStep(
            name=sketch.name("racer"),
            verb=Verb.APPEND,
            of=upload.step,
            at=at,
            send=piece(at, count),
            complete=False,
            set_up=False,
        )
        for count in counts
    )
    release = sketch.choices.among(("last octet", "header end"))
    one = sketch.transport == "h2" and sketch.choices.chance(50)
    over = "one-connection" if one else "two-connections"
    made = TogetherStep(name=sketch.name("race"), release=release, over=over, steps=steps)
    sketch.add(made, reusable=False)
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def expect_continue(sketch: Sketch) -> None:
    """Draw an append that waits for 100 (Continue) before its content."""
    place = _place(sketch)
    if place is None:
        orderly.discover(sketch)
        return
    upload, at, rest = place
    count = max(1, sketch.count(rest))
    sketch.add(
        ExchangeStep(
            name=sketch.name("waiting"),
            verb=Verb.APPEND,
            of=upload.step,
            at=at,
            send=piece(at, count),
            complete=False,
            fields=(("Expect", (Template(("100-continue",)),)),),
            hold=Hold(until=(Point.INTERIM_100, Point.FINAL), at_most=Duration(2.0)),
            over=sketch.over(),
            set_up=False,
        )
    )
    if upload.at is not None:
        upload.at += count
    else:
        upload.told = ""


def pipelined(sketch: Sketch) -> None:
    """Draw a retrieval sent behind an append that is not answered yet, and may ask to close."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    rest = room(upload, sketch.size)
    if upload.done or at is None or not rest:
        orderly.retrieve(sketch)
        return
    count = max(1, sketch.count(rest))
    closes = sketch.choices.chance(40)
    first = sketch.name("closing" if closes else "append")
    sketch.add(
        ExchangeStep(
            name=first,
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(at),
            send=piece(octets(at), count),
            complete=False,
            fields=(("Connection", (Template(("close",)),)),) if closes else (),
            set_up=False,
        ),
        ExchangeStep(
            name=sketch.name("pipelined"),
            verb=Verb.RETRIEVE,
            of=upload.step,
            over=first,
            pipelined=True,
            needs=("h1",),
            set_up=False,
        ),
    )
    upload.at = at + count
