"""Values that are known only when steps have run: offsets told, upload resources, statuses."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from conformance.model.errors import InternalError
from conformance.model.plan import Plan, PlannedExchange, PlannedTogether
from conformance.model.protocols import MissingCapture
from conformance.model.values import (
    EndOfContent,
    Octets,
    Percent,
    Range,
    Ref,
    Size,
    Template,
)
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.syntax.sf import parse_integer
from conformance.syntax.uri import unknown_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.transcript import Exchange, Message

_INTEGER_FIELDS: Final = frozenset({"upload-offset", "upload-length"})
_DIGITS: Final = re.compile(r"\d{1,15}")


def exchanges_of(plan: Plan) -> dict[str, PlannedExchange]:
    """Return all exchanges of a plan by step name, members of together steps included."""
    found: dict[str, PlannedExchange] = {}
    for step in plan.steps:
        if isinstance(step, PlannedExchange):
            found[step.step.name] = step
        elif isinstance(step, PlannedTogether):
            found.update({each.step.name: each for each in step.exchanges})
    return found


class Captures:
    """Computes sizes, ranges and texts of one run.

    A value that cannot be had raises :class:`MissingCapture` with the cause in plain words.
    """

    def __init__(
        self,
        plan: Plan,
        exchange_of: Callable[[str], Exchange | None],
        upload_of: Callable[[str], str | None],
    ) -> None:
        """Look into one run.

        Args:
            plan: what is run.
            exchange_of: the exchange a step made last, None if it was not made.
            upload_of: absolute URL of the upload resource a step created, None if unknown.
        """
        self._plan = plan
        self._exchange_of = exchange_of
        self._upload_of = upload_of
        self._planned = exchanges_of(plan)

    def size(self, size: Size, own: str = "") -> int:
        """Compute a size in octets; may be negative if the author wrote such a sum.

        Percentages, and a negative that stands alone, count against the content's size.

        Args:
            size: what to compute.
            own: the step it is computed for, which may speak of ``$own.at`` before it is made.

        Raises:
            MissingCapture: a step it needs did not bring the value.
        """
        total = sum(sign * self._atom(atom, own) for sign, atom in size.terms)
        lone = len(size.terms) == 1 and size.terms[0][0] < 0
        return self._plan.content.size + total if lone else total

    def span(self, octets: Range, own: str = "") -> tuple[int, int]:
        """Compute a range, cut off at the ends of the content; empty if it runs backwards.

        Raises:
            MissingCapture: a step it needs did not bring the value.
        """
        start = self._within(self.size(octets.start, own))
        return start, max(start, self._within(self.size(octets.end, own)))

    def text(self, template: Template, own: str = "") -> str:
        """Fill in a template.

        Raises:
            MissingCapture: a step it needs did not bring the value.
        """
        return "".join(
            part if isinstance(part, str) else str(self.lookup(part, own))
            for part in template.parts
        )

    def lookup(self, ref: Ref, own: str = "") -> str | int:
        """Return what a reference stands for.

        Raises:
            MissingCapture: the step did not bring the value.
        """
        match ref.name:
            case "content":
                return self._of_content(ref.attribute)
            case "draft":
                return self._of_draft(ref.attribute)
            case "target":
                return self._of_target(ref.attribute)
            case "self":
                return self._of_self(ref.attribute, own)
            case _:
                return self._of_step(ref, own)

    def _of_draft(self, attribute: str) -> str | int:
        draft = DRAFTS[self._plan.draft]
        match attribute:
            case "number":
                return draft.number
            case "complete":
                return "?0" if draft.completeness_inverted else "?1"
            case "incomplete":
                return "?1" if draft.completeness_inverted else "?0"
            case _:
                return draft.completeness_field

    def _of_target(self, attribute: str) -> str | int:
        target = self._plan.target
        known = {
            "path": target.path,
            "authority": target.authority,
            "origin": target.origin,
            "scheme": target.origin.partition(":")[0],
            "fields": "".join(f"{name}: {value}\r\n" for name, value in target.fields),
            "second-user": target.second_user,
        }
        if attribute in known:
            return known[attribute]
        if attribute not in target.limits:
            raise MissingCapture(f"the target told no {attribute}")
        return target.limits[attribute]

    def _within(self, count: int) -> int:
        return min(max(count, 0), self._plan.content.size)

    def _atom(self, atom: Octets | Percent | EndOfContent | Ref, own: str) -> int:
        match atom:
            case Octets():
                return atom.count
            case Percent():
                return self._plan.content.size * atom.share // 100
            case EndOfContent():
                return self._plan.content.size
            case _:
                value = self.lookup(atom, own)
                if isinstance(value, int):
                    return value
                if _DIGITS.fullmatch(value):
                    return int(value)
                raise MissingCapture(f"step {atom.name}: {atom.attribute} is no number")

    def _of_content(self, attribute: str) -> str | int:
        content = self._plan.content
        return content.size if attribute == "size" else _base64(content.sha256())

    def _of_self(self, attribute: str, own: str) -> str | int:
        planned = self._planned.get(own)
        if planned is None:
            raise InternalError(f"$self.{attribute} outside an exchange")
        start, end = self.span(planned.send, own)
        if attribute == "sent":
            return end - start
        return _base64(self._plan.content.sha256(start, end, planned.mark))

    def _of_step(self, ref: Ref, own: str) -> str | int:
        if ref.attribute in ("url", "path", "unknown-path"):
            return self._upload(ref)
        exchange = self._exchange_of(ref.name)
        if exchange is None:
            planned = self._planned.get(ref.name)
            if ref.attribute == "at" and ref.name == own and planned is not None:
                return self.size(planned.at)
            raise MissingCapture(f"step {ref.name} was not made")
        request = exchange.request
        match ref.attribute:
            case "at":
                return request.at_offset
            case "sent":
                return request.handed
            case "end":
                return request.at_offset + request.handed
        if exchange.final is None:
            raise MissingCapture(
                f"step {ref.name}: no final response ({exchange.detail or exchange.end})"
            )
        if ref.attribute == "status":
            return exchange.final.status
        return _field(ref, exchange.final)

    def _upload(self, ref: Ref) -> str:
        url = self._upload_of(ref.name)
        if url is None:
            raise MissingCapture(f"step {ref.name} told no upload resource")
        if ref.attribute == "url":
            return url
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return unknown_path(target) if ref.attribute == "unknown-path" else target


def _field(ref: Ref, answer: Message) -> str | int:
    values = answer.values(ref.attribute)
    if ref.attribute.lower() in _INTEGER_FIELDS:
        number = parse_integer(values)
        if isinstance(number, int) and number >= 0:
            return number
        raise MissingCapture(
            f"step {ref.name}: the answer {answer.status} carries no usable {ref.attribute}"
        )
    if not values:
        raise MissingCapture(
            f"step {ref.name}: the answer {answer.status} carries no {ref.attribute}"
        )
    return b", ".join(values).decode("latin-1")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")
