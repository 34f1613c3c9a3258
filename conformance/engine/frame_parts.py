"""Turns the parts of a frames step into frames to write: values filled in, names made codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.codec.h2_write import OutFrame
from conformance.engine.reckoning import Scope, span_of, wire_text
from conformance.model.node import Scalar
from conformance.model.scenario import FrameKind, FramePart
from conformance.model.values import Duration, Ref, Template
from conformance.syntax.h2names import ERROR_CODES, SETTINGS
from conformance.syntax.values import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.engine.reckoning import Values
    from conformance.model.content import Content
    from conformance.model.plan import TargetFacts
    from conformance.model.scenario import Point

_OWN_FIELDS = Template((Ref("target", "fields"),))
_LARGEST = 0x7FFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyFrame:
    """A frame that can be written, or a wait.

    Attributes:
        out: the frame, without its content; None for a wait.
        span: content of a DATA frame as octets of the representation.
        until: events one of which ends a wait.
        at_most: bound on a wait; None for none.
    """

    out: OutFrame | None
    span: tuple[int, int] = (0, 0)
    until: tuple[Point, ...] = ()
    at_most: Duration | None = None


def ready_frames(
    parts: tuple[FramePart, ...],
    values: Values,
    scope: Scope,
    content: Content,
    target: TargetFacts,
) -> tuple[ReadyFrame, ...]:
    """Fill in what is open in the parts of a frames step.

    Raises:
        MissingCapture: a value is not there, because the exchange that should have told it did
            not.
    """
    filler = _Filler(values, scope, content, target)
    return tuple(filler.part(part) for part in parts)


@dataclass(frozen=True, slots=True)
class _Filler:
    values: Values
    scope: Scope
    content: Content
    target: TargetFacts

    def part(self, part: FramePart) -> ReadyFrame:
        if part.kind is FrameKind.WAIT:
            return ReadyFrame(out=None, until=part.until, at_most=part.at_most)
        span = (0, 0)
        if part.content is not None:
            span = span_of(part.content, self.values, self.content, {})
        return ReadyFrame(out=self._frame(part), span=span)

    def _frame(self, part: FramePart) -> OutFrame:
        flags = part.flags or (("END_HEADERS",) if part.kind is FrameKind.HEADERS else ())
        size = self.values.size
        return OutFrame(
            kind=part.kind,
            fields=tuple(self._lines(part)),
            flags=flags,
            pad=part.pad,
            split=size(part.split) if part.split is not None else None,
            data=part.octets,
            code=ERROR_CODES.get(part.code, 0),
            increment=min(size(part.increment), _LARGEST) if part.increment is not None else 0,
            on_connection=part.on_connection,
            settings=tuple(
                (SETTINGS[name], min(max(size(value), 0), _LARGEST))
                for name, value in part.settings
            ),
        )

    def _lines(self, part: FramePart) -> Iterator[tuple[bytes, bytes]]:
        for text, values in part.fields:
            name = read_template(Scalar(text))
            if name == _OWN_FIELDS:
                yield from (
                    (wire_text(own.lower()), wire_text(value)) for own, value in self.target.fields
                )
                continue
            for value in values:
                yield wire_text(self._name(name)), wire_text(self.scope.fill(value, self.values))

    def _name(self, name: Template) -> str:
        """Fill in a name; what a reference brings is put in small letters."""
        return "".join(
            part
            if isinstance(part, str)
            else self.scope.fill(Template((part,)), self.values).lower()
            for part in name.parts
        )
