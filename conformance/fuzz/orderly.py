"""Steps a client in good order makes: create, append, retrieve, finish, cancel, ask for limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz.belief import Upload, literal, piece, room
from conformance.fuzz.trial import octets, told_by
from conformance.model.scenario import ExchangeStep, Hold, Point, ReadBackStep, Trickle, Verb
from conformance.model.transcript import Framing
from conformance.model.values import UNSET, Duration, EndOfContent, Range, Size, Template

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch

END = Size(((1, EndOfContent()),))
ZERO = octets(0)


def framing(sketch: Sketch) -> Framing | None:
    """Return now and then a framing that tells no length: chunks, or nothing in HTTP/2."""
    return Framing.CHUNKED if sketch.choices.chance(18) else None


def announced(sketch: Sketch) -> int | None:
    """Return a length to announce: mostly the true one, often none."""
    return sketch.size if sketch.choices.chance(60) else None


def create(sketch: Sketch) -> None:
    """Draw a creation: empty, of some octets, or of everything."""
    kind = sketch.choices.weighted(((55, "part"), (15, "empty"), (14, "whole"), (16, "all")))
    name = sketch.name("create")
    length = announced(sketch)
    if length is not None and kind in ("part", "empty") and sketch.choices.chance(20):
        length = sketch.choices.integer(1, sketch.size)  # there will be content beyond it
    most = min(sketch.size, length or sketch.size)
    count = {"part": sketch.count(most - 1), "empty": 0}.get(kind, sketch.size)
    if kind == "empty" and not sketch.draft.has("empty-content"):
        count = 1
    complete = kind == "whole"
    fields: tuple[tuple[str, tuple[Template, ...] | None], ...] = ()
    if sketch.choices.chance(6):
        fields = ((f"X-Unknown-{sketch.choices.integer(1, 9)}", (Template(("yes",)),)),)
    elif sketch.draft.has("digests") and sketch.choices.chance(12):
        fields = (("Want-Repr-Digest", (Template(("sha-256=10",)),)),)
    wait = Hold(until=(Point.INTERIM_104, Point.FINAL), at_most=Duration(0.3))
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.CREATE,
            send=None if complete else Range(ZERO, octets(count)),
            complete=complete,
            length=None if length is None else octets(length),
            framing=framing(sketch) if count else None,
            over=sketch.over(),
            fields=fields,
            hold=wait if count and sketch.choices.chance(6) else None,
            trickle=_trickle(sketch, count),
            set_up=False,
        )
    )
    told = length if sketch.draft.has("upload-length") else None
    sketch.uploads.append(Upload(step=name, at=count, length=told, done=complete))


def _trickle(sketch: Sketch, count: int) -> Trickle | None:
    if count < 4 or not sketch.choices.chance(6):
        return None
    return Trickle(piece=octets(max(1, count // 3)), every=Duration(0.002))


def create_coded(sketch: Sketch) -> None:
    """Draw a creation of half of a coded representation."""
    if not sketch.draft.has("digests") and not sketch.draft.has("upload-length"):
        return
    sketch.size = max(sketch.size, 24)  # coding small content makes it larger, never smaller
    name = sketch.name("coded")
    half = octets(10)
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.CREATE,
            send=Range(ZERO, half),
            complete=False,
            length=None,
            fields=(("Content-Encoding", (Template(("gzip",)),)),),
            set_up=False,
        )
    )
    sketch.uploads.append(Upload(step=name, at=10, length=None))


def ask_where(sketch: Sketch, upload: Upload) -> Size:
    """Return where the next append belongs; asks for it first if nobody knows."""
    position = upload.position
    if position is not None:
        return position
    retrieve(sketch, upload)
    return told_by(upload.told)


def append(sketch: Sketch) -> None:
    """Draw an append at the right place that leaves the upload incomplete."""
    upload = sketch.upload()
    if upload.done and sketch.choices.chance(80):
        retrieve(sketch, upload)
        return
    at = ask_where(sketch, upload)
    empty = sketch.draft.has("empty-content") and sketch.choices.chance(8)
    count = 0 if empty else sketch.count(room(upload, sketch.size))
    if not count and not empty:
        finish(sketch)
        return
    _append(sketch, upload, at, count, complete=False)


def finish(sketch: Sketch) -> None:
    """Draw the append that completes an upload, sometimes an empty one, and what follows."""
    upload = sketch.upload()
    at = ask_where(sketch, upload)
    rest = room(upload, sketch.size)
    if literal(at) is not None and rest and sketch.draft.has("empty-content"):
        if sketch.choices.chance(35):
            _append(sketch, upload, at, rest, complete=False)
            at, rest = octets(upload.at or 0), 0
    elif not sketch.draft.has("empty-content") and rest == 0:
        retrieve(sketch, upload)
        return
    _append(sketch, upload, at, rest, complete=True)
    upload.done = True
    if sketch.read_back and sketch.choices.chance(70):
        name = sketch.name("stored")
        last = sketch.steps[-1].name
        sketch.steps.append(ReadBackStep(name=name, of=upload.step, given=(last,)))


def _append(sketch: Sketch, upload: Upload, at: Size, count: int, *, complete: bool) -> None:
    name = sketch.name("append")
    whole = complete and literal(at) is None and upload.length in (None, sketch.size)
    sends = Range(at, END) if whole else piece(at, count)
    true = sketch.size if upload.length is None else upload.length
    length = octets(true) if sketch.choices.chance(8) else UNSET
    wanted: tuple[tuple[str, tuple[Template, ...] | None], ...] = ()
    if complete and sketch.draft.has("digests") and sketch.choices.chance(30):
        wanted = (("Want-Repr-Digest", (Template(("sha-256=10",)),)),)
    if length is not UNSET and sketch.draft.has("upload-length"):
        upload.length = true
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.APPEND,
            of=upload.step,
            at=at,
            send=sends,
            complete=complete,
            length=length,
            fields=wanted,
            framing=framing(sketch) if count else None,
            over=sketch.over(),
            trickle=_trickle(sketch, count),
            set_up=False,
        )
    )
    if upload.at is not None:
        upload.at += count
    else:
        upload.told = ""


def retrieve(sketch: Sketch, upload: Upload | None = None) -> None:
    """Draw an offset retrieval."""
    about = upload or sketch.upload()
    name = sketch.name("retrieve")
    get = sketch.draft.has("get-retrieval") and upload is None and sketch.choices.chance(10)
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.RETRIEVE,
            of=about.step,
            method="GET" if get else "",
            over=sketch.over(),
            set_up=False,
        )
    )
    about.told = name


def look_again(sketch: Sketch) -> None:
    """End a trial by asking where its uploads are, unless that was the last thing asked."""
    for upload in sketch.uploads[-2:]:
        last = sketch.steps[-1]
        if getattr(last, "verb", None) is Verb.RETRIEVE and getattr(last, "of", "") == upload.step:
            continue
        retrieve(sketch, upload)


def cancel(sketch: Sketch) -> None:
    """Draw a cancellation, mostly followed by a look."""
    upload = sketch.upload()
    name = sketch.name("cancel")
    step = ExchangeStep(
        name=name, verb=Verb.CANCEL, of=upload.step, over=sketch.over(), set_up=False
    )
    sketch.add(step)
    upload.done = True
    if sketch.choices.chance(70):
        retrieve(sketch, upload)


def discover(sketch: Sketch) -> None:
    """Draw a question for the limits."""
    name = sketch.name("discover")
    sketch.add(ExchangeStep(name=name, verb=Verb.DISCOVER, over=sketch.over(), set_up=False))
