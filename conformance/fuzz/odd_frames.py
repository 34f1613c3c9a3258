"""Appends written frame by frame, as no library would send them (HTTP/2 only; RFC 9113).

Each bears a label, which its step's name begins with: ``malformed`` ones break one rule of section
8, ``padded`` ones are in order, ``behind`` ones go on after the end of their stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.fuzz import orderly
from conformance.fuzz.belief import literal, piece
from conformance.fuzz.trial import octets
from conformance.model.literal import FrameKind, FramePart
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.values import Ref, Template

if TYPE_CHECKING:
    from conformance.fuzz.belief import Sketch
    from conformance.fuzz.choices import Choices
    from conformance.fuzz.trial import FuzzStep

_Fields: TypeAlias = list[tuple[str, tuple[Template, ...]]]

#: field lines that make a request malformed, whatever else it says (sections 8.2.1 and 8.2.2)
_ADDED: Final = (
    ("connection", "close"),
    ("keep-alive", "timeout=5"),
    ("proxy-connection", "keep-alive"),
    ("transfer-encoding", "chunked"),
    ("upgrade", "h2c"),
    ("te", "gzip"),
    ("X-Odd", "a"),
    ("x odd", "a"),
    ("x:odd", "a"),
    ("x\todd", "a"),
    ("x-odd", "a\nb: c"),
    ("x-odd", "a\rb"),
    ("x-odd", "a\0b"),
)
#: pseudo-fields no request may be without (section 8.3.1)
_NEEDED: Final = (":method", ":scheme", ":path")
_END: Final = ("END_STREAM",)
#: content octets of one append, and of DATA behind its end
_MOST: Final = 15
_BEHIND: Final = 2


def append(sketch: Sketch) -> None:
    """Draw an append in frames of its own, and a look at what became of it."""
    upload = sketch.upload()
    at = literal(orderly.ask_where(sketch, upload))
    if upload.done or at is None or sketch.size - at <= _BEHIND:
        orderly.retrieve(sketch)
        return
    choices = sketch.choices
    label = choices.weighted(((6, "malformed"), (2, "padded"), (1, "behind")))
    count = min(sketch.size - at - _BEHIND, _MOST)
    fields = _in_order(upload.step, at)
    if label == "malformed":
        fields = _malformed(choices, fields)
    padding = choices.among((0, 1, 100, 255)) if label == "padded" else None
    frames = [
        FramePart(kind=FrameKind.HEADERS, fields=tuple(fields), pad=padding),
        FramePart(kind=FrameKind.DATA, content=piece(octets(at), count), pad=padding, flags=_END),
    ]
    if label == "behind":
        late = piece(octets(at + count), _BEHIND)
        frames.append(FramePart(kind=FrameKind.DATA, content=late, flags=_END))
    sketch.add(
        ExchangeStep(
            name=sketch.name(label),
            verb=Verb.FRAMES,
            of=upload.step,
            frames=tuple(frames),
            needs=("h2",),
            set_up=False,
        ),
        reusable=False,
    )
    upload.at, upload.told = None, ""
    orderly.retrieve(sketch, upload)


def _text(*parts: str | Ref) -> tuple[Template, ...]:
    return (Template(parts),)


def _in_order(step: str, at: int) -> _Fields:
    """Return the fields of an append nothing is wrong with."""
    return [
        (":method", _text("PATCH")),
        (":scheme", _text(Ref("target", "scheme"))),
        (":authority", _text(Ref("target", "authority"))),
        (":path", _text(Ref(step, "path"))),
        ("$target.fields", ()),
        ("upload-draft-interop-version", _text(Ref("draft", "number"))),
        ("upload-offset", _text(str(at))),
        ("$draft.completeness", _text(Ref("draft", "incomplete"))),
        ("content-type", _text("application/partial-upload")),
    ]


def _malformed(choices: Choices, fields: _Fields) -> _Fields:
    """Return the fields with one thing wrong."""
    kind = choices.weighted(
        ((6, "added"), (3, "missing"), (1, "empty"), (1, "twice"), (1, "behind"), (1, "unknown"))
    )
    pathless = [(name, values) for name, values in fields if name != ":path"]
    path = next(values for name, values in fields if name == ":path")
    match kind:
        case "added":
            name, value = choices.among(_ADDED)
            return [*fields, (name, _text(value))]
        case "missing":
            missing = choices.among(_NEEDED)
            return [(name, values) for name, values in fields if name != missing]
        case "empty":
            return [(":path", _text("")), *pathless]
        case "twice":
            return [(":path", path * 2), *pathless]
        case "behind":
            return [*pathless, (":path", path)]
        case _:
            return [(":status", _text("200")), *fields]


def framed_span(step: FuzzStep) -> tuple[int, int] | None:
    """Return from where to where the first DATA of a step of this module goes; None if none."""
    parts = step.frames if isinstance(step, ExchangeStep) else ()
    for part in parts:
        if part.content is not None:
            low, high = literal(part.content.start), literal(part.content.end)
            return None if low is None or high is None else (low, high)
    return None
