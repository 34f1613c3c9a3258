"""Strict YAML: a file becomes nodes with places, or an error that says where and what to write.

Scalars are read by the core schema of YAML 1.2, so that ``no``, ``off``, ``12:30`` and ``010`` stay
text. What makes a file mean something else than it seems to say is refused: anchors, aliases, tags,
directives, duplicate keys, tabs, more than one document.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node, Scalar, ScalarValue, Sequence

if TYPE_CHECKING:
    from pathlib import Path

MAX_OCTETS: Final = 1024 * 1024
MAX_DEPTH: Final = 50

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FRACTION: Final = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
)
_NUMERIC: Final = frozenset("+-.0123456789")
_WORDS: Final[dict[str, ScalarValue]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FORBIDDEN: Final = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
)
_BREAK: Final = re.compile(r"\r\n|\r|\n")


def read_file(path: Path, shown: str = "") -> tuple[bytes, Node]:
    """Read a file; see :func:`parse`.

    Args:
        path: the file.
        shown: its name in messages; the path itself by default.

    Returns:
        The octets (for :func:`explain_error`) and the document.
    """
    shown = shown or str(path)
    try:
        with path.open("rb") as file:
            source = file.read(MAX_OCTETS + 1)
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ScenarioError(f"{shown}: cannot be read: {reason}") from error
    return source, parse(source, shown)


def parse(source: bytes, file: str) -> Node:
    """Parse one document.

    Args:
        source: content of the file, at most 1 MiB, UTF-8.
        file: its name, for places.

    Raises:
        ScenarioError: the file is not such a document; with place and remedy.
    """
    text = _text(source, file)
    loader = _LOADER(text)
    try:
        return _Builder(file, loader).document()
    except yaml.YAMLError as error:
        raise _syntax_error(error, file) from error
    finally:
        loader.dispose()


def resolve_scalar(text: str) -> ScalarValue:
    """Read a plain scalar by the core schema of YAML 1.2; integers in decimal only."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text) and len(text) < 40 and math.isfinite(value := float(text)):
        return value
    return text


def explain_error(error: ScenarioError, source: bytes) -> str:
    """Show a mistake to its author: place, message, the line, a caret and what to write.

    Args:
        error: what was found.
        source: content of the file the error speaks of.
    """
    mark = error.mark
    if mark is None:
        lines = [error.message]
    else:
        lines = [f"{mark.file}:{mark.line}:{mark.column}: {error.message}"]
        text = _BREAK.split(source[:MAX_OCTETS].decode("utf-8", "replace").removeprefix("\ufeff"))
        if mark.line <= len(text):
            lines += _with_caret(text[mark.line - 1], mark)
    if error.remedy:
        lines.append(f"  remedy: {error.remedy}")
    return "\n".join(lines)


def _with_caret(line: str, mark: Mark) -> list[str]:
    start = max(0, mark.column - 60)
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + 100])
    gutter = f"{mark.line:>5} | "
    return [gutter + shown, " " * (len(gutter) - 2) + "| " + " " * (mark.column - 1 - start) + "^"]


def _text(source: bytes, file: str) -> str:
    start = Mark(file=file, line=1, column=1)
    if len(source) > MAX_OCTETS:
        raise ScenarioError("the file is larger than 1 MiB", start, "split it")
    try:
        text = source.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            f"the file is not UTF-8 text: octet 0x{source[error.start]:02x}",
            _place(source[: error.start].decode("utf-8"), file),
            "save it as UTF-8",
        ) from error
    if found := _FORBIDDEN.search(text):
        place = _place(text[: found.start()], file)
        if found[0] == "\t":
            raise ScenarioError("a tab is not allowed", place, 'write spaces; in text write "\\t"')
        raise ScenarioError(
            f"the control character U+{ord(found[0]):04X} is not allowed",
            place,
            "is this a binary file?",
        )
    return text


def _place(before: str, file: str) -> Mark:
    lines = _BREAK.split(before)
    return Mark(file=file, line=len(lines), column=len(lines[-1]) + 1)


def _syntax_error(error: yaml.YAMLError, file: str) -> ScenarioError:
    where = getattr(error, "problem_mark", None)
    line, column = (where.line + 1, where.column + 1) if where is not None else (1, 1)
    mark = Mark(file=file, line=line, column=column)
    told = (getattr(error, "context", ""), getattr(error, "problem", ""))
    what = ", ".join(part for part in told if part) or type(error).__name__
    return ScenarioError(
        f"not YAML: {what}", mark, "check indentation, colons and quotes at this place"
    )


class _Builder:
    """Builds nodes from the parser's events."""

    def __init__(self, file: str, loader: Any) -> None:
        self._file = file
        self._next = loader.get_event

    def document(self) -> Node:
        self._next()  # the stream begins
        event = self._next()
        start = Mark(file=self._file, line=1, column=1)
        if isinstance(event, yaml.StreamEndEvent):
            raise ScenarioError("the file is empty", start, "write scenario: profile/topic/name")
        if event.version or event.tags:
            raise ScenarioError(
                "a directive (%...) is not allowed", self._mark(event), "leave it out"
            )
        node = self._node(self._next(), 0)
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise ScenarioError(
                "a second document is not allowed", self._mark(after), "write one per file"
            )
        if node == Scalar(None):
            raise ScenarioError("the file is empty", start, "write scenario: profile/topic/name")
        return node

    def _mark(self, event: yaml.Event) -> Mark:
        mark: Any = event.start_mark
        return Mark(file=self._file, line=mark.line + 1, column=mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        mark = self._mark(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            value = resolve_scalar(event.value) if event.implicit[0] else event.value
            return Scalar(value, mark)
        self._refuse_properties(event, mark)
        if depth >= MAX_DEPTH:
            raise ScenarioError(f"nested more than {MAX_DEPTH} deep", mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth + 1)), mark)
        return Mapping(tuple(self._entries(depth + 1)), mark)

    def _refuse_properties(self, event: Any, mark: Mark) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise ScenarioError(
                f"an alias (*{event.anchor}) is not allowed", mark, "write the value out"
            )
        if event.anchor is not None:
            raise ScenarioError(f"an anchor (&{event.anchor}) is not allowed", mark, "leave it out")
        if event.tag is not None:
            raise ScenarioError(
                f"a tag ({event.tag}) is not allowed", mark, "leave it out; quote text instead"
            )

    def _items(self, depth: int) -> list[Node]:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth))
        return items

    def _entries(self, depth: int) -> list[tuple[Scalar, Node]]:
        entries: list[tuple[Scalar, Node]] = []
        seen: set[str] = set()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth)
            if not isinstance(key, Scalar) or not isinstance(key.value, str):
                raise ScenarioError("a key must be text", key.mark, "put it in quotes")
            if key.value in seen:
                raise ScenarioError(
                    f"the key {key.value!r} is there twice", key.mark, "merge the two"
                )
            seen.add(key.value)
            entries.append((key, self._node(self._next(), depth)))
        return entries
