"""Computes the values of one request: sizes, ranges and texts that may speak of the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from conformance.model.values import EndOfContent, Octets, Percent, Range, Ref, Size, Template

if TYPE_CHECKING:
    from conformance.model.content import Content


class Values(Protocol):
    """Computes the language's values from what has happened so far."""

    def size(self, size: Size) -> int:
        """Compute a size in octets; raises MissingCapture."""
        ...

    def text(self, template: Template) -> str:
        """Fill in a template; raises MissingCapture."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request may say of itself.

    Attributes:
        name: its step.
        own: ``at``, ``sent`` and ``end`` of ``$self`` and of its own step.
        digest: base64 of the SHA-256 of its content.
    """

    name: str
    own: dict[str, int]
    digest: str

    def fill(self, template: Template, values: Values) -> str:
        """Fill in a template; raises MissingCapture."""
        parts = tuple(self._known(part) for part in template.parts)
        if all(isinstance(part, str) for part in parts):
            return "".join(part for part in parts if isinstance(part, str))
        return values.text(Template(parts))

    def _known(self, part: str | Ref) -> str | Ref:
        if isinstance(part, Ref) and part.name in {"self", self.name}:
            if part.attribute == "sha-256":
                return self.digest
            if part.attribute in self.own:
                return str(self.own[part.attribute])
        return part


def size_of(size: Size, values: Values, own: dict[tuple[str, str], int]) -> int:
    """Compute a size in which a step may speak of its own offset."""
    if not own:
        return values.size(size)
    terms = tuple(
        (sign, Octets(own[atom.name, atom.attribute]))
        if isinstance(atom, Ref) and (atom.name, atom.attribute) in own
        else (sign, atom)
        for sign, atom in size.terms
    )
    return values.size(Size(terms))


def span_of(
    octets: Range, values: Values, content: Content, own: dict[tuple[str, str], int]
) -> tuple[int, int]:
    """Compute a range within the content; empty if it runs backwards."""
    start = max(0, min(size_of(octets.start, values, own), content.size))
    end = max(start, min(size_of(octets.end, values, own), content.size))
    return start, end


def relative(size: Size | None, whole: int, values: Values) -> int:
    """Compute a size in which shares, the end and a lone negative refer to ``whole`` octets.

    The result lies between 0 and ``whole``; None stands for 0.
    """
    if size is None:
        return 0
    terms: list[tuple[int, Octets | Percent | EndOfContent | Ref]] = []
    if len(size.terms) == 1 and size.terms[0][0] < 0:
        terms.append((1, Octets(whole)))
    for sign, atom in size.terms:
        if isinstance(atom, Percent):
            terms.append((sign, Octets(whole * atom.share // 100)))
        elif isinstance(atom, EndOfContent):
            terms.append((sign, Octets(whole)))
        else:
            terms.append((sign, atom))
    return max(0, min(values.size(Size(tuple(terms))), whole))


def wire_text(text: str) -> bytes:
    """Return text as octets: the ones it was read from, or else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
