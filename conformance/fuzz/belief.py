"""What the grammar believes of an upload while it draws steps; it never sees an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.fuzz.trial import FuzzStep, octets, span, told_by
from conformance.model.values import Octets

if TYPE_CHECKING:
    from conformance.fuzz.choices import Choices
    from conformance.model.values import Range, Size
    from conformance.profiles.rufh.drafts import Draft


@dataclass(slots=True, kw_only=True)
class Upload:
    """An upload resource as it should be after the steps drawn so far.

    Attributes:
        step: the step that creates it.
        at: the offset it should be at; None if only the server knows.
        length: the length it was told; None for none.
        told: a step whose answer tells the offset; empty while none does.
        done: it should be complete, or gone.
    """

    step: str
    at: int | None
    length: int | None
    told: str = ""
    done: bool = False

    @property
    def position(self) -> Size | None:
        """Return where the next append belongs; None if that was not asked for yet."""
        if self.at is not None:
            return octets(self.at)
        return told_by(self.told) if self.told else None


@dataclass(slots=True, kw_only=True)
class Sketch:
    """A trial while it is drawn.

    Attributes:
        choices: decides.
        draft: the draft spoken.
        transport: ``h1`` or ``h2``.
        size: octets of content.
        read_back: what is stored can be read back.
        limits: largest append and the like, as the target told them.
        steps: what was drawn.
        uploads: the uploads they create.
        last: the step whose connection may be used again; empty for none.
    """

    choices: Choices
    draft: Draft
    transport: str
    size: int
    read_back: bool
    limits: dict[str, int] = field(default_factory=dict)
    steps: list[FuzzStep] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    last: str = ""
    _number: int = 0

    def name(self, verb: str) -> str:
        """Return a fresh name for a step."""
        self._number += 1
        return f"{verb}-{self._number}"

    def over(self) -> str | None:
        """Return the step whose connection to use again; mostly the last one's."""
        return self.last if self.last and self.choices.chance(94) else None

    def add(self, *steps: FuzzStep, reusable: bool = True) -> None:
        """Add steps; the next may go on with the connection of the last one if it is reusable."""
        self.steps += steps
        self.last = steps[-1].name if reusable else ""

    def upload(self) -> Upload:
        """Return the upload the next step is about: mostly the latest."""
        if len(self.uploads) > 1 and self.choices.chance(25):
            return self.choices.among(self.uploads)
        return self.uploads[-1]

    def count(self, most: int) -> int:
        """Return a number of octets: few, and now and then as many as may be."""
        if most <= 0:
            return 0
        least = self.limits.get("min-append-size", 0)
        if 0 < least <= most and self.choices.chance(90):
            return self.choices.integer(least, min(most, 2 * least))
        kind = self.choices.integer(0, 9)
        if kind < 5:
            return min(most, self.choices.integer(1, 24))
        if kind < 8:
            return self.choices.integer(1, most)
        return most if kind == 8 else min(most, 1)


def room(upload: Upload, size: int) -> int:
    """Return how many octets may follow the believed offset without contradicting a length."""
    end = size if upload.length is None else min(size, upload.length)
    return max(0, end - (upload.at or 0))


def piece(position: Size, count: int) -> Range:
    """Return so many octets of content from a position on."""
    return span(position, count)


def literal(position: Size) -> int | None:
    """Return a position's number if it is one."""
    (_, atom), *rest = position.terms
    return atom.count if isinstance(atom, Octets) and not rest else None
