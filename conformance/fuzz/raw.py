"""Requests written octet by octet, as no library would send them (HTTP/1.1 only).

Each form bears a label, which its step's name begins with, so that what it means is known when it
is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.fuzz import orderly
from conformance.fuzz.belief import literal
from conformance.fuzz.trial import octets
from conformance.model.scenario import ExchangeStep, OctetPart, Verb
from conformance.model.values import Duration, Range, Ref, Template
from conformance.profiles.rufh.drafts import VERSION_FIELD

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.fuzz.belief import Sketch
    from conformance.fuzz.trial import FuzzStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to write a request wrong.

    Attributes:
        label: first word of the step's name.
        lines: what takes the place of the odd field lines; latin-1.
        host: a Host field is sent.
        hides: completeness and version follow, the latter so that it counts only if it is misread.
    """

    label: str
    lines: str
    host: bool = True
    hides: bool = False


CREATIONS: Final = (
    Form(label="hostless", lines="Content-Length: 4\r\n", host=False),
    Form(label="two-hosts", lines="Host: one.invalid\r\nContent-Length: 4\r\n"),
    Form(label="spaced", lines="X-Odd : a\r\nContent-Length: 4\r\n"),
    Form(label="folded", lines="Content-Length: 4\r\nX-Odd: a\r\n ", hides=True),
    Form(label="bare-cr", lines="Content-Length: 4\r\nX-Odd: a\r", hides=True),
    Form(label="nul", lines="Content-Length: 4\r\n", hides=True),  # in the version itself
    Form(label="length-letters", lines="Content-Length: 4x\r\n"),
    Form(label="length-plus", lines="Content-Length: +4\r\n"),
    Form(label="length-negative", lines="Content-Length: -4\r\n"),
    Form(label="length-differs", lines="Content-Length: 4\r\nContent-Length: 5\r\n"),
)
#: forms of a correct append that says something more
APPENDS: Final = ("extension", "trailer", "two-framings")


def raw_create(sketch: Sketch) -> None:
    """Draw an ordinary upload, written wrong in one place."""
    if sketch.transport != "h1":
        orderly.create(sketch)
        return
    form = sketch.choices.among(CREATIONS)
    host: tuple[str | Ref, ...] = ("\r\n",)
    if form.host:
        host = ("\r\nHost: ", Ref("target", "authority"), "\r\n")
    target, fields = Ref("target", "path"), Ref("target", "fields")
    parts = [OctetPart(text=Template(("POST ", target, *_after(" HTTP/1.1", host), fields)))]
    if form.hides:
        complete = (Ref("draft", "completeness"), ": ", Ref("draft", "complete"), "\r\n")
        parts.append(OctetPart(text=Template(complete)))
    parts.append(OctetPart(octets=form.lines.encode("latin-1")))
    if form.hides:
        parts += _hidden(form.label)
    parts.append(OctetPart(text=Template(("\r\n",))))
    parts.append(OctetPart(octets=b"fuzz"))
    _add(sketch, form.label, parts)


def _hidden(label: str) -> list[OctetPart]:
    """Return the version field, which is none unless the octets before it, or in it, are misread.

    Without it no draft lets a server send a 104. With NUL in it the number is right only where
    the NUL is left out: replaced by a space it is no Integer, cut off there it is 0.
    """
    number = Ref("draft", "number")
    if label == "nul":
        first = OctetPart(text=Template((f"{VERSION_FIELD}: 0",)))
        return [first, OctetPart(octets=b"\x00"), OctetPart(text=Template((number, "\r\n")))]
    return [OctetPart(text=Template((f"{VERSION_FIELD}: ", number, "\r\n")))]


def _after(first: str, rest: tuple[str | Ref, ...]) -> tuple[str | Ref, ...]:
    """Put text before parts of a template; texts never stand side by side in one."""
    return (first + str(rest[0]), *rest[1:])


def raw_append(sketch: Sketch) -> None:
    """Draw an append with a chunk extension, a trailer field, or two framings."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    if upload.done or at is None or sketch.size - at < 2:
        orderly.retrieve(sketch)
        return
    label = sketch.choices.among(APPENDS)
    count = min(sketch.size - at - 1, 15)
    if not count:
        orderly.retrieve(sketch)
        return
    more = "Content-Length: 3\r\n" if label == "two-framings" else ""
    size, end = f"{count:x}", "\r\n0\r\n\r\n"
    if label == "extension":
        size += ';name=value;other="quoted"'
    parts = [
        OctetPart(text=_append_head(upload.step, at, f"{more}Transfer-Encoding: chunked", size)),
        OctetPart(content=Range(octets(at), octets(at + count))),
    ]
    if label == "trailer":
        field, truth = Ref("draft", "completeness"), Ref("draft", "complete")
        parts.append(OctetPart(text=Template(("\r\n0\r\n", field, ": ", truth, "\r\n\r\n"))))
    else:
        parts.append(OctetPart(text=Template((end,))))
    _add(sketch, label, parts, of=upload.step)
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def _append_head(step: str, at: int, framing: str, size: str) -> Template:
    media_type = "Content-Type: application/partial-upload"
    parts: tuple[str | Ref, ...] = (
        "PATCH ",
        Ref(step, "path"),
        " HTTP/1.1\r\nHost: ",
        Ref("target", "authority"),
        "\r\n",
        Ref("target", "fields"),
        "Upload-Draft-Interop-Version: ",
        Ref("draft", "number"),
        f"\r\nUpload-Offset: {at}\r\n",
        Ref("draft", "completeness"),
        ": ",
        Ref("draft", "incomplete"),
        f"\r\n{media_type}\r\n{framing}\r\n\r\n{size}\r\n",
    )
    return Template(parts)


def raw_span(step: FuzzStep) -> tuple[int, int] | None:
    """Return from where to where a step of this module hands content over; None if none is."""
    parts = step.octets if isinstance(step, ExchangeStep) else ()
    spans = [part.content for part in parts if part.content is not None]
    if len(spans) != 1:
        return None
    low, high = literal(spans[0].start), literal(spans[0].end)
    return None if low is None or high is None else (low, high)


def falls_short(span: tuple[int, int] | None, hints: Collection[int]) -> bool:
    """Tell whether content ends before every length told.

    Where it does not, a target that counts may take the upload for complete, whatever else the
    request says.
    """
    return span is not None and all(span[1] < hint for hint in hints)


def _add(sketch: Sketch, label: str, parts: list[OctetPart], of: str = "") -> None:
    sketch.add(
        ExchangeStep(
            name=sketch.name(label),
            verb=Verb.OCTETS,
            of=of,
            octets=tuple(parts),
            needs=("h1",),
            quiet=Duration(0.5) if label == "two-framings" else None,
            set_up=False,
        ),
        reusable=False,
    )
