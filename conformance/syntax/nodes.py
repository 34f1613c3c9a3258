"""Small readers and writers of document nodes, shared by everything that declares a key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.syntax.values import describe, scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remedy that names the known word nearest to a mistyped one, or all of them."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(words)}"


def read_mapping(node: Node, what: str, known: Iterable[str] | None = None) -> dict[str, Node]:
    """Read a mapping that is not empty.

    Args:
        node: the node.
        what: what it is, for messages.
        known: the keys allowed; None for any.

    Raises:
        ScenarioError: it is no mapping, it is empty, or a key is unknown.
    """
    if not isinstance(node, Mapping):
        raise ScenarioError(f"{what} must be a mapping, not {describe(node)}", node.mark)
    if not node.entries:
        raise ScenarioError(f"{what} is an empty mapping", node.mark)
    entries = dict(node)
    if known is not None:
        words = tuple(known)
        for key in entries:
            if key not in words:
                place = node.key(key).mark
                raise ScenarioError(f"{what} has no key {key!r}", place, nearest(key, words))
    return entries


def read_choice(node: Node, what: str, known: Iterable[str]) -> str:
    """Read one word of a fixed set.

    Raises:
        ScenarioError: it is another word, or no text.
    """
    words = tuple(known)
    text = scalar_text(node, what).strip()
    if text not in words:
        raise ScenarioError(f"{what} cannot be {text[:40]!r}", node.mark, nearest(text, words))
    return text


def read_words(node: Node, what: str) -> tuple[str, ...]:
    """Read one text or a list of texts that is not empty.

    Raises:
        ScenarioError: it is something else.
    """
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        raise ScenarioError(f"{what} is an empty list", node.mark)
    return tuple(scalar_text(item, what) for item in items)


def read_count(node: Node, what: str, low: int = 0, high: int = 1_000_000) -> int:
    """Read a whole number in [low, high].

    Raises:
        ScenarioError: it is something else.
    """
    number = node.value if isinstance(node, Scalar) else None
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ScenarioError(f"{what} must be a whole number from {low} to {high}", node.mark)
    return number


def text_node(value: object) -> Scalar:
    """Write a value by its text; plain numbers become numbers again."""
    text = str(value)
    if text.isascii() and text.isdigit() and str(int(text)) == text:
        return Scalar(int(text))
    return Scalar(text)


def words_node(words: tuple[str, ...]) -> Node:
    """Write one text or a list of texts."""
    nodes = tuple(text_node(word) for word in words)
    return nodes[0] if len(nodes) == 1 else Sequence(nodes)


def mapping_node(pairs: Iterable[tuple[str, Node]]) -> Mapping:
    """Write a mapping."""
    return Mapping(tuple((Scalar(key), node) for key, node in pairs))


def read_one(node: Node, what: str, known: Iterable[str]) -> tuple[str, Node]:
    """Read a mapping with exactly one key of a fixed set.

    Raises:
        ScenarioError: it is something else.
    """
    entries = read_mapping(node, what, known)
    if len(entries) > 1:
        second = tuple(entries)[1]
        place = node.key(second).mark if isinstance(node, Mapping) else node.mark
        raise ScenarioError(f"{what} takes one key, so {second!r} is one too many", place)
    return next(iter(entries.items()))
