"""Creations that are wrong in one thing: version, HTTP version, fields, framing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.fuzz import orderly
from conformance.fuzz.belief import Upload
from conformance.fuzz.odd import NO_BOOLEANS, NO_INTEGERS, OTHER_BOOLEANS, OTHER_TYPES, text
from conformance.fuzz.trial import octets
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.transcript import Framing
from conformance.model.values import Range, Size, Template
from conformance.profiles.rufh.drafts import VERSION_FIELD

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch


def odd_create(sketch: Sketch) -> None:
    """Draw a creation with another version, an old HTTP version, or malformed fields."""
    choose = sketch.choices
    kind = choose.weighted(
        ((4, "version"), (2, "http"), (4, "complete"), (3, "length"), (3, "framing"), (2, "short"))
    )
    name = sketch.name("odd")
    count = max(1, sketch.count(sketch.size))
    fields: tuple[tuple[str, tuple[Template, ...] | None], ...] = ()
    complete: bool | None = choose.chance(50)
    length: Size | None = None
    framing: Framing | None = None
    match kind:
        case "version":
            value = choose.among((None, "999", "2", "abc", "4, 5"))
            fields = ((VERSION_FIELD, None if value is None else text(value)),)
        case "complete":
            form = choose.among(NO_BOOLEANS + OTHER_BOOLEANS)
            complete, fields = None, ((sketch.draft.completeness_field, text(form)),)
        case "length":
            form = choose.among(NO_INTEGERS + OTHER_TYPES).format(n=sketch.size)
            complete, fields = False, (("Upload-Length", text(form)),)
        case "short":
            complete, length = True, octets(count + choose.integer(1, 9))
        case "framing" if sketch.transport == "h1":
            fields, framing = _odd_framing(sketch)
    old = kind == "http" and sketch.transport == "h1"
    sketch.add(
        ExchangeStep(
            name=name,
            verb=Verb.CREATE,
            http="1.0" if old else "1.1",
            needs=("h1",) if old or framing is not None else (),
            send=Range(orderly.ZERO, octets(count)),
            complete=complete,
            length=length,
            fields=fields,
            framing=framing,
            set_up=False,
        ),
        reusable=False,
    )
    if kind in ("length", "version") and complete is False:
        sketch.uploads.append(Upload(step=name, at=None, length=None))


def _odd_framing(
    sketch: Sketch,
) -> tuple[tuple[tuple[str, tuple[Template, ...] | None], ...], Framing]:
    coding = sketch.choices.among(("chunked, identity", "chunked, gzip", "x-unknown, chunked"))
    # chunks, whatever the field says: whoever takes any coding for chunked will understand them
    return (("Transfer-Encoding", text(coding)),), Framing.CHUNKED


def plain_request(sketch: Sketch) -> None:
    """Draw an upload that knows nothing of resumption."""
    sketch.add(
        ExchangeStep(
            name=sketch.name("plain"),
            verb=Verb.REQUEST,
            send=Range(orderly.ZERO, octets(min(9, sketch.size))),
            over=sketch.over(),
            set_up=False,
        )
    )
