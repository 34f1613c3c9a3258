"""Nodes written as YAML that reads back as the same nodes.

Block style, with flow style for what fits one line at the end of a branch, as a person would write
it. Text is plain where that is safe, else in double quotes with escapes.
"""

from __future__ import annotations

import json
import re
from typing import Final

from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.scenario.yaml_nodes import resolve_scalar

WIDTH: Final = 100

_PLAIN: Final = re.compile(
    r"(?!\.\.\.)[A-Za-z0-9$./(<+][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff#]*"
)
_UNSAFE: Final = re.compile(r": |:$|\s$|\s\s|[\[\]{},\"'`&*!|>%@]|[\ud800-\udfff]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_WORDS: Final = re.compile(r"[!-~]+(?: [!-~]+)+")


def write(node: Node) -> str:
    """Write a document; ends with a line break."""
    if isinstance(node, Scalar) or not _children(node):
        return flow(node) + "\n"
    return "\n".join(_block(node, 0)) + "\n"


def flow(node: Node) -> str:
    """Write a node on one line."""
    match node:
        case Scalar():
            return scalar(node)
        case Sequence():
            return f"[{', '.join(flow(item) for item in node.items)}]"
        case _:
            entries = (f"{scalar(key)}: {flow(value)}" for key, value in node.entries)
            return f"{{{', '.join(entries)}}}"


def scalar(node: Scalar) -> str:
    """Write a scalar."""
    match node.value:
        case None:
            return "null"
        case bool():
            return str(node.value).lower()
        case str():
            return _text(node.value)
        case _:
            return repr(node.value)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _UNSAFE.search(text) and resolve_scalar(text) == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Sequence():
            return node.items
        case Mapping():
            return tuple(value for _, value in node.entries)
        case _:
            return ()


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in _children(node)), default=0)


def _inline(node: Node, indent: int, used: int) -> str | None:
    """Return the node on one line if it fits behind ``used`` columns and stays readable."""
    if isinstance(node, Scalar) or not _children(node):
        return flow(node)
    if _depth(node) > 3 or indent == 0:
        return None
    text = flow(node)
    return text if used + len(text) <= WIDTH else None


def _block(node: Node, indent: int) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    if isinstance(node, Sequence):
        for item in node.items:
            inner = _item(item, indent + 2)
            lines += [f"{pad}- {inner[0]}", *inner[1:]]
        return lines
    entries = node.entries if isinstance(node, Mapping) else ()
    for key, value in entries:
        name = f"{pad}{scalar(key)}:"
        inline = _inline(value, indent, len(name) + 1)
        if inline is None:
            lines += [name, *_block(value, indent + 2)]
        elif len(name) + len(inline) >= WIDTH and _foldable(value):
            lines += [f"{name} >-", *_folded(str(getattr(value, "value", "")), indent + 2)]
        else:
            lines.append(f"{name} {inline}")
    return lines


def _item(item: Node, indent: int) -> list[str]:
    """Write an item of a list; the first line without indentation."""
    if isinstance(item, Mapping) and len(item.entries) == 1 and indent > 4:
        inline = _inline(item, indent, indent)
        if inline is not None:
            return [inline[1:-1]]  # one entry needs no braces
    if isinstance(item, Scalar) or not _children(item):
        return [flow(item)]
    lines = _block(item, indent)
    return [lines[0][indent:], *lines[1:]]


def _foldable(node: Node) -> bool:
    return (
        isinstance(node, Scalar)
        and isinstance(node.value, str)
        and _WORDS.fullmatch(node.value) is not None
    )


def _folded(text: str, indent: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and indent + len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [" " * indent + each for each in (*lines, line)]
