"""Requests that are wrong in one thing: offsets, lengths, fields, methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz import orderly
from conformance.fuzz.belief import Upload, literal, piece, room
from conformance.fuzz.trial import octets
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.transcript import Framing
from conformance.model.values import Range, Ref, Size, Template
from conformance.profiles.rufh.drafts import VERSION_FIELD

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch


#: values that are no Integer; {n} is the right number
NO_INTEGERS: Final = ("{n} x", "{n}, {n}", "+{n}", "0x{n}", "", "{n}abc", "- {n}", "00{n}e0")
OTHER_TYPES: Final = ('"{n}"', "{n}.0", "?1", ":AAAA:")
NO_BOOLEANS: Final = ("true", "yes", "?2", "? 1", "?1x", "TRUE", "1, 1", "on")
OTHER_BOOLEANS: Final = ('"?1"', "1", "1.0", ":AQ==:")


def text(*parts: str | Ref) -> tuple[Template, ...]:
    """Return one field line."""
    return (Template(parts),)


def wrong_offset(sketch: Sketch) -> None:
    """Draw an append anywhere but where the upload is, mostly with a look afterwards."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    if upload.done or at is None or sketch.size < 2:
        orderly.retrieve(sketch)
        return
    wrong = _elsewhere(sketch, at)
    if wrong == at:
        orderly.retrieve(sketch)
        return
    count = sketch.count(sketch.size - wrong)
    complete = sketch.choices.chance(15) and wrong + count == sketch.size
    sketch.add(
        ExchangeStep(
            name=sketch.name("astray"),
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(wrong),
            send=piece(octets(wrong), count),
            complete=complete,
            framing=orderly.framing(sketch) if count else None,
            over=sketch.over(),
            set_up=False,
        )
    )
    if sketch.choices.chance(60):
        orderly.retrieve(sketch, upload)


def _elsewhere(sketch: Sketch, at: int) -> int:
    kind = sketch.choices.integer(0, 4)
    if kind == 0:
        return 0
    if kind == 1:
        return max(0, at - 1)
    if kind == 2:
        return min(sketch.size, at + 1)
    return sketch.choices.integer(0, sketch.size)


def odd_append(sketch: Sketch) -> None:
    """Draw an append of which one field is malformed, missing, or of another kind."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    if upload.done or at is None:
        orderly.retrieve(sketch)
        return
    field, values = _odd_field(sketch, at)
    count = sketch.count(room(upload, sketch.size))
    same = field == sketch.draft.completeness_field
    for value in values:
        sketch.add(
            ExchangeStep(
                name=sketch.name("odd"),
                verb=Verb.APPEND,
                of=upload.step,
                at=octets(at),
                send=piece(octets(at), count),
                complete=None if same else False,
                fields=((field, value),),
                over=sketch.over(),
                set_up=False,
            )
        )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def _odd_field(sketch: Sketch, at: int) -> tuple[str, list[tuple[Template, ...]]]:
    """Return a field and the values of it to try, one append each."""
    choose, draft = sketch.choices, sketch.draft
    kind = choose.weighted(
        ((5, "offset"), (5, "complete"), (3, "type"), (2, "version"), (1, "twice"), (2, "length"))
    )
    match kind:
        case "offset":
            form = choose.among(NO_INTEGERS + OTHER_TYPES)
            # another number first: who reads it refuses that one and takes the true one
            return "Upload-Offset", [text(form.format(n=number)) for number in (at + 1, at)]
        case "complete":
            return draft.completeness_field, [text(choose.among(NO_BOOLEANS + OTHER_BOOLEANS))]
        case "twice":
            return "Upload-Offset", [text(str(at)) + text(str(at + 1))]
        case "version":
            return VERSION_FIELD, [text(str(choose.integer(3, 10)))]
        case "length":
            return "Upload-Length", [text(choose.among(OTHER_TYPES).format(n=sketch.size))]
        case _:
            other = ("application/octet-stream", "text/plain", "application/partial-uploads")
            return "Content-Type", [text(choose.among(other))]


def wrong_length(sketch: Sketch) -> None:
    """Draw an append that ends too early, goes too far, or tells another length."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    if upload.done or at is None:
        orderly.retrieve(sketch)
        return
    kind = sketch.choices.integer(0, 2)
    rest = room(upload, sketch.size)
    if upload.length is not None and upload.length < sketch.size and at < sketch.size:
        _beyond(sketch, upload, at)
        return
    short = upload.length if kind == 0 else None
    length: Size | None = None
    count = rest
    if short is not None and rest > 1:
        count = sketch.choices.integer(0, rest - 1)
    elif kind == 1 and rest > 1:
        length = octets(at + sketch.choices.integer(1, rest - 1))
    else:
        length = octets(sketch.size + sketch.choices.integer(1, 9))
    if length is not None and not sketch.draft.has("upload-length"):
        orderly.retrieve(sketch)
        return
    complete = short is not None or sketch.choices.chance(40)
    sketch.add(
        ExchangeStep(
            name=sketch.name("unfit"),
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(at),
            send=piece(octets(at), count),
            complete=complete,
            length=length,
            framing=orderly.framing(sketch) if count else None,
            over=sketch.over(),
            set_up=False,
        )
    )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def _beyond(sketch: Sketch, upload: Upload, at: int) -> None:
    """Draw an append that goes beyond the length told, and a look."""
    chunked = sketch.choices.chance(60)
    length = upload.length if upload.length is not None else sketch.size
    least = max(1, length - at + 1)
    sketch.add(
        ExchangeStep(
            name=sketch.name("beyond"),
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(at),
            send=piece(octets(at), sketch.choices.integer(least, max(least, sketch.size - at))),
            complete=sketch.choices.chance(30),
            framing=Framing.CHUNKED if chunked else None,
            over=sketch.over(),
            set_up=False,
        )
    )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def after_the_end(sketch: Sketch) -> None:
    """Draw an append to an upload that should be complete or gone, and a look."""
    upload = sketch.upload()
    if not upload.done or upload.at is None:
        orderly.finish(sketch)
        return
    at = sketch.choices.weighted(((3, sketch.size), (1, 0)))
    sketch.add(
        ExchangeStep(
            name=sketch.name("late"),
            verb=Verb.APPEND,
            of=upload.step,
            at=octets(at),
            send=Range(octets(0), octets(sketch.choices.integer(0, min(9, sketch.size)))),
            complete=sketch.choices.chance(50),
            over=sketch.over(),
            set_up=False,
        )
    )
    orderly.retrieve(sketch, upload)


def odd_retrieval(sketch: Sketch) -> None:
    """Draw a retrieval or cancellation with fields of an upload, or of an upload nobody made."""
    upload = sketch.upload()
    kind = sketch.choices.integer(0, 2)
    cancels = kind == 2
    verb = Verb.CANCEL if cancels else Verb.RETRIEVE
    never = Template((Ref(upload.step, "unknown-path"),))
    unknown = kind == 1 or (cancels and sketch.choices.chance(30))
    field = sketch.draft.completeness_field
    extra: tuple[tuple[str, tuple[Template, ...] | None], ...] = ()
    if not unknown:
        name = sketch.choices.among(("Upload-Offset", field))
        extra = ((name, text("0" if name == "Upload-Offset" else "?0")),)
    sketch.add(
        ExchangeStep(
            name=sketch.name("never" if unknown else "laden"),
            verb=verb,
            of=upload.step,
            to=never if unknown else None,
            fields=extra,
            over=sketch.over(),
            set_up=False,
        )
    )
    if cancels and not unknown:
        upload.done = True


def odd_method(sketch: Sketch) -> None:
    """Draw a method that an upload resource hardly knows."""
    upload = sketch.upload()
    method = sketch.choices.among(("POST", "PUT", "FROBNICATE"))
    sketch.add(
        ExchangeStep(
            name=sketch.name("method"),
            verb=Verb.REQUEST,
            of=upload.step,
            method=method,
            fields=(("Content-Length", text("0")),),
            over=sketch.over(),
            set_up=False,
        )
    )
    upload.at, upload.told = None, ""
