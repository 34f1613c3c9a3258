"""Values of a plan as they are shown without a network: what only a run can tell is quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.protocols import MissingCapture
from conformance.model.values import Range, Ref, Size, Template
from conformance.scenario.captures import Captures

if TYPE_CHECKING:
    from conformance.model.plan import Plan, PlannedExchange
    from conformance.model.scenario import OctetPart


def unknown(name: str) -> str:
    """Show a value that only a run can tell."""
    return f"\u2039{name}\u203a"


class Shown:
    """Shows the values of one plan."""

    __slots__ = ("_captures", "_plan")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._captures = Captures(plan, lambda _: None, lambda _: None)

    def declared(self, planned: PlannedExchange) -> str:
        """Show the length a request promises."""
        if isinstance(planned.declared, Size):
            return self.size(planned.declared)
        try:
            start, end = self._captures.span(planned.send, planned.step.name)
            whole = self._plan.content.size - self._captures.size(planned.at, planned.step.name)
        except MissingCapture:
            return unknown("what is sent" if planned.declared == "sent" else "the rest")
        return str(end - start if planned.declared == "sent" else whole)

    def part(self, part: OctetPart) -> str:
        """Show a part of what an octets step writes."""
        if part.text is not None:
            return self.text(part.text, "")
        if part.content is not None:
            return self.content(part.content, "")
        return "".join(f"\\x{octet:02x}" for octet in part.octets)

    def content(self, send: Range, own: str) -> str:
        """Show a range of the content."""
        try:
            start, end = self._captures.span(send, own)
        except MissingCapture:
            return f"[octets {self.size(send.start)}..{self.size(send.end)}]"
        return f"[octets {start}..{end}]" if end > start else "[no content]"

    def text(self, template: Template, own: str) -> str:
        """Show a text with its references filled in."""
        return "".join(
            part if isinstance(part, str) else self._ref(part, own) for part in template.parts
        )

    def name(self, template: Template, own: str) -> str:
        """Show a field name of a frame, in which references are filled in with small letters."""
        return "".join(
            part if isinstance(part, str) else self._ref(part, own).lower()
            for part in template.parts
        )

    def size(self, size: Size) -> str:
        """Show a size in octets."""
        try:
            return str(self._captures.size(size))
        except MissingCapture:
            terms = size.terms
            if len(terms) == 1 and isinstance(terms[0][1], Ref):
                return unknown(str(size)[1:])
            return unknown(str(size))

    def _ref(self, ref: Ref, own: str) -> str:
        try:
            return str(self._captures.lookup(ref, own))
        except MissingCapture:
            return unknown(str(ref)[1:])
