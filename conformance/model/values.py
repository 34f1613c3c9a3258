"""Values a scenario computes with: sizes, ranges, templates and references to captures.

There are no expressions beyond sums of sizes. A reference is ``$name`` or ``$name.attribute``;
what it stands for is known when the step that made it has run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias


class Unset(Enum):
    """Marks a key the author did not write, where ``null`` means absence on the wire."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a capture.

    Attributes:
        name: a step, or one of the reserved names ``content``, ``draft``, ``target``, ``self``.
        attribute: for a step ``at`` (offset its content starts at), ``sent`` (content octets handed
            over), ``end`` (at + sent), ``url`` (the upload resource it created), ``path`` (path of
            that), ``unknown-path`` (one like it that nobody announced), ``status``, or a response
            field's name; for content ``size``, ``sha-256`` (base64); for draft ``number``,
            ``completeness`` (the field's name), ``complete`` and ``incomplete`` (its values); for
            target ``path``, ``authority``, ``origin``, ``scheme``, ``fields`` (its own field lines,
            each ended by CRLF), ``second-user`` and
            the limits it told; for self ``sha-256`` (of the request's own content) and ``sent``.
    """

    name: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"${self.name}.{self.attribute}" if self.attribute else f"${self.name}"


@dataclass(frozen=True, slots=True)
class Octets:
    """A fixed number of octets; negative counts back from the end of the content."""

    count: int
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text or f"{self.count} B"


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the content, 0 to 100, rounded down."""

    share: int

    def __str__(self) -> str:
        return f"{self.share}%"


@dataclass(frozen=True, slots=True)
class EndOfContent:
    """The size of the content."""

    def __str__(self) -> str:
        return "end"


Atom: TypeAlias = Octets | Percent | EndOfContent | Ref


@dataclass(frozen=True, slots=True)
class Size:
    """A sum: ``10 KiB - 1 B``. Each term is (sign, atom); a lone negative counts from the end."""

    terms: tuple[tuple[int, Atom], ...]

    def __str__(self) -> str:
        first_sign, first = self.terms[0]
        text = f"-{first}" if first_sign < 0 else str(first)
        return text + "".join(
            f" {'-' if sign < 0 else '+'} {atom}" for sign, atom in self.terms[1:]
        )


@dataclass(frozen=True, slots=True)
class Range:
    """Octets [start, end) of the representation data, written ``start..end``."""

    start: Size
    end: Size

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


@dataclass(frozen=True, slots=True)
class Template:
    """Text with references in it."""

    parts: tuple[str | Ref, ...]

    def __str__(self) -> str:
        return "".join(
            part.replace("$", "$$") if isinstance(part, str) else "${" + str(part)[1:] + "}"
            for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds, before scaling by measured latency."""

    seconds: float

    def __str__(self) -> str:
        whole = int(self.seconds)
        return f"{whole} s" if self.seconds == whole else f"{round(self.seconds * 1000)} ms"


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A set of status codes: ``409``, ``2xx`` or a list of such."""

    patterns: tuple[str, ...]

    def __contains__(self, status: object) -> bool:
        if not isinstance(status, int):
            return False
        code = str(status)
        return any(
            pattern == code or (pattern.endswith("xx") and pattern[0] == code[0])
            for pattern in self.patterns
        )

    def __str__(self) -> str:
        return " or ".join(self.patterns)
