"""Declaration of a scenario file's own keys."""

from __future__ import annotations

import re
from typing import Any, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import ContentKind, ContentSpec, Scenario
from conformance.model.values import Octets
from conformance.scenario.checks import NEEDS
from conformance.scenario.each import read_each, write_each
from conformance.scenario.keys import Reading, Record, unknown_key
from conformance.scenario.readers import TEXT, Value, key, number, word
from conformance.syntax.values import describe, read_size, scalar_text

MAX_CONTENT: Final = 64 * 1024**2
MAX_STEPS: Final = 100

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*){2}")
_UNITS: Final = (("MiB", 1024**2), ("KiB", 1024))


def _read_id(node: Node, _reading: Reading) -> str:
    text = scalar_text(node, "scenario")
    if _ID.fullmatch(text) is None or len(text) > 120:
        raise ScenarioError(
            f"a scenario cannot be called {text[:60]!r}",
            node.mark,
            "write profile/topic/name in small letters, digits and hyphens",
        )
    return text


def _octets(node: Node, what: str) -> int:
    size = read_size(node, what)
    sign, atom = size.terms[0]
    if len(size.terms) > 1 or sign < 0 or not isinstance(atom, Octets):
        raise ScenarioError(f"{what} must be a plain size", node.mark, "write for example 64 KiB")
    if atom.count > MAX_CONTENT:
        raise ScenarioError(f"{what} must not be larger than 64 MiB", node.mark)
    return atom.count


def _read_content(node: Node, _reading: Reading) -> ContentSpec:
    if not isinstance(node, Mapping):
        return ContentSpec(size=_octets(node, "content"))
    keys = {"size": None, "fixed": None, "text": None, "gzip-of": None}
    for name, _ in node.entries:
        if name.value not in keys:
            raise unknown_key("content", name, keys)
    size, text, source, fixed = (node.get(name) for name in ("size", "text", "gzip-of", "fixed"))
    if sum(each is not None for each in (size, text, source)) != 1:
        raise ScenarioError("content needs one of size, text and gzip-of", node.mark)
    if fixed is not None and not (
        isinstance(fixed, Scalar) and isinstance(fixed.value, bool) and size is not None
    ):
        raise ScenarioError("fixed must be true or false, beside size", fixed.mark)
    if text is not None:
        return ContentSpec(kind=ContentKind.TEXT, text=scalar_text(text, "text"))
    if source is not None:
        return ContentSpec(kind=ContentKind.GZIP, size=_octets(source, "gzip-of"))
    return ContentSpec(
        size=_octets(size or node, "size"), fixed=fixed is not None and fixed == Scalar(True)
    )


def _shown_size(count: int) -> Node:
    for unit, octets in _UNITS:
        if count and count % octets == 0:
            return Scalar(f"{count // octets} {unit}")
    return Scalar(f"{count} B")


def _write_content(content: ContentSpec) -> Node:
    match content.kind:
        case ContentKind.TEXT:
            return Mapping(((Scalar("text"), Scalar(content.text)),))
        case ContentKind.GZIP:
            return Mapping(((Scalar("gzip-of"), _shown_size(content.size)),))
    size = _shown_size(content.size)
    if content.fixed:
        return Mapping(((Scalar("size"), size), (Scalar("fixed"), Scalar(True))))
    return size


def _read_steps(node: Node, _reading: Reading) -> Sequence:
    if not isinstance(node, Sequence) or not node.items:
        raise ScenarioError(
            f"steps must be a list, not {describe(node)}", node.mark, "write - create: up"
        )
    if len(node.items) > MAX_STEPS:
        raise ScenarioError(f"more than {MAX_STEPS} steps", node.items[MAX_STEPS].mark)
    return node


_MARK: Final = word("mark", "request")
_ID_VALUE: Final = Value(_read_id, Scalar, {"type": "string", "pattern": f"^{_ID.pattern}$"})
_SIZE_SCHEMA: Final[dict[str, Any]] = {"type": ["string", "integer"]}
_CONTENT: Final = Value(
    _read_content,
    _write_content,
    {
        "anyOf": [
            _SIZE_SCHEMA,
            {
                "type": "object",
                "properties": {
                    "size": _SIZE_SCHEMA,
                    "fixed": {"type": "boolean"},
                    "text": {"type": ["string", "integer"]},
                    "gzip-of": _SIZE_SCHEMA,
                },
                "additionalProperties": False,
            },
        ]
    },
)
_EACH: Final = Value(
    lambda node, _: read_each(node),
    write_each,
    {"type": "object", "additionalProperties": {"type": ["array", "object"]}, "minProperties": 1},
)
_STEPS: Final = Value(
    _read_steps,
    lambda steps: steps,
    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
)

HEADER: Final = Record(
    kind="a scenario",
    doc="One scenario: what is done to a target, and what a correct one does.",
    make=Scenario,
    keys=(
        key("scenario", _ID_VALUE, "Its id, never changed once published: profile/topic/name.",
            "rufh/append/offset-mismatch", attribute="id", required=True),
        key("title", TEXT, "One sentence saying what a correct server does.",
            "An append at the wrong offset is refused", required=True),
        key("why", TEXT, "What a violation does to users.", "A wrong offset corrupts files."),
        key("role", word("role", "client"), "Whom the suite plays.", "client"),
        key("content", _CONTENT, "The representation: a size, or a mapping.", "64 KiB"),
        key("seed", TEXT, "Decides the generated octets; by default the id.", "other"),
        key("mark", Value(lambda node, reading: bool(_MARK.read(node, reading)),
                          lambda _: Scalar("request"), _MARK.schema),
            "request: every request's octets differ, so that stored octets can be attributed.",
            "request", attribute="mark_requests"),
        key("each", _EACH, "Variables; every combination of their values is a case.",
            "{how: [reset, close]}"),
        key("needs", NEEDS, "Capabilities of draft and target without which nothing runs.",
            "read-back"),
        key("repeat", number("repeat", 1, 1000), "How often each case is run in one go.", "20"),
        key("steps", _STEPS, "What is done, in order.", "[...]", required=True),
    ),
)  # fmt: skip
