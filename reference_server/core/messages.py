"""Requests and responses as the core sees them, free of any HTTP version's framing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: One field line: name and value.
FieldLine = tuple[str, str]


class Fields:
    """The field lines of one header section, found by name without regard to case."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Iterable[FieldLine]) -> None:
        found: dict[str, list[str]] = {}
        for name, value in lines:
            found.setdefault(name.lower(), []).append(value)
        self._lines = found

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._lines

    def get(self, name: str) -> str | None:
        """Return the combined value of all lines of a name (RFC 9110, 5.3), or None."""
        lines = self._lines.get(name.lower())
        return None if lines is None else ", ".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The head of a request.

    Attributes:
        method: the method, case-sensitive.
        target: the request target in origin form (path and query), or ``*``.
        fields: the field lines of the header section.
        http_version: major and minor number.
        length: octets of content that follow; None if only the end will tell.
    """

    method: str
    target: str
    fields: Fields
    http_version: tuple[int, int] = (1, 1)
    length: int | None = 0

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def may_have_interim(self) -> bool:
        """Whether the client understands interim responses (RFC 9110, 15.2)."""
        return self.http_version >= (1, 1)

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for 100 before it sends content (RFC 9110, 10.1.1)."""
        expectation = self.fields.get("Expect")
        if expectation is None or not self.may_have_interim or self.length == 0:
            return False
        return "100-continue" in [each.strip().lower() for each in expectation.split(",")]


class StoredContent(Protocol):
    """Content that is read piece by piece while it is sent."""

    @property
    def size(self) -> int:
        """Number of octets."""

    def pieces(self) -> Iterator[bytes]:
        """Yield all octets in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A final response.

    Attributes:
        status: the status code, 200 to 599.
        fields: field lines without framing, ``Date`` and ``Connection``.
        content: the content, left out by the front end where the method has none.
    """

    status: int
    fields: tuple[FieldLine, ...] = ()
    content: bytes | StoredContent = b""

    def adding(self, *lines: FieldLine) -> Response:
        """Return the same response with more field lines."""
        return Response(status=self.status, fields=(*self.fields, *lines), content=self.content)


class RefusalError(Exception):
    """The request is refused with a response; raised by checks, answered by the core."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response
