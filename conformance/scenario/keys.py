"""Declarations: every key of the language is declared once, as a :class:`Key` in a :class:`Record`.

Reader, writer, JSON Schema and the tables of the documentation all come from the declaration. A
record collects all mistakes of a mapping before it gives up, so that an author sees them together.
"""

from __future__ import annotations

import difflib
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from conformance.matchers import MATCHERS, field_spec
from conformance.model import node as nodes
from conformance.model.errors import ScenarioError
from conformance.profiles.rufh import registry
from conformance.syntax.values import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.model.protocols import MatcherSpec


class ScenarioErrors(ScenarioError):  # noqa: N818 - several errors
    """Several mistakes in one file; shows itself as the first.

    Attributes:
        errors: all of them, in the order of the file.
    """

    def __init__(self, errors: tuple[ScenarioError, ...]) -> None:
        first = errors[0]
        super().__init__(first.message, first.mark, first.remedy)
        self.errors = errors


def all_errors(error: ScenarioError) -> tuple[ScenarioError, ...]:
    """Return the mistakes an error stands for."""
    return error.errors if isinstance(error, ScenarioErrors) else (error,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the language is told by other packages.

    Attributes:
        matchers: matchers by key.
        field_matcher: gives the matcher for a key with a capital letter, which is a field name.
        known: tells whether a requirement exists.
        nearest: requirement ids that resemble a mistyped one.
    """

    matchers: Mapping[str, MatcherSpec]
    field_matcher: Callable[[str], MatcherSpec]
    known: Callable[[str], bool]
    nearest: Callable[[str], tuple[str, ...]]

    def spec(self, key: str) -> MatcherSpec | None:
        """Return the matcher that declares a key."""
        if key[:1].isupper():
            return self.field_matcher(key)
        return self.matchers.get(key)


def default_vocabulary() -> Vocabulary:
    """Return the shipped matchers and requirements."""
    rows = registry.load()
    return Vocabulary(
        matchers=MATCHERS,
        field_matcher=field_spec,
        known=rows.__contains__,
        nearest=rows.nearest,
    )


@dataclass(slots=True)
class Reading:
    """What a reader needs beside the node, and the mistakes found so far."""

    vocabulary: Vocabulary
    problems: list[ScenarioError] = field(default_factory=list)

    def raise_problems(self) -> None:
        """Raise what was found, if anything."""
        if self.problems:
            unique = {str(problem): problem for problem in self.problems}
            raise ScenarioErrors(
                tuple(sorted(unique.values(), key=lambda error: _order(error.mark)))
            )


def _order(mark: nodes.Mark | None) -> tuple[int, int]:
    return (mark.line, mark.column) if mark is not None else (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The declaration of one key.

    Attributes:
        name: as written.
        doc: what it means, one sentence.
        example: a value.
        schema: JSON Schema of the value.
        read: makes the value; raises ScenarioError with the place.
        write: makes the node again.
        attribute: attribute of the record's type; by default the name with underscores.
        required: the key must be there.
        on: verbs that know the key; empty for all.
    """

    name: str
    doc: str
    example: str
    schema: Mapping[str, Any]
    read: Callable[[nodes.Node, Reading], Any]
    write: Callable[[Any], nodes.Node]
    attribute: str = ""
    required: bool = False
    on: frozenset[str] = frozenset()

    @property
    def target(self) -> str:
        """Return the attribute the value goes to."""
        return self.attribute or self.name.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A kind of mapping with its keys, in the order they are written.

    Attributes:
        kind: its name in messages, for example ``append step``.
        doc: what it is for.
        make: type made from it.
        keys: its keys.
    """

    kind: str
    doc: str
    make: type[Any]
    keys: tuple[Key, ...]

    def read(self, node: nodes.Node, reading: Reading, **given: Any) -> Any:
        """Make a value of ``make``; None if there were mistakes, which ``reading`` then holds.

        Args:
            node: must be a mapping.
            reading: where mistakes go.
            given: attributes that do not come from keys.
        """
        if not isinstance(node, nodes.Mapping):
            reading.problems.append(
                ScenarioError(f"{self.kind} must be a mapping, not {describe(node)}", node.mark)
            )
            return None
        before = len(reading.problems)
        known = {key.name: key for key in self.keys}
        for name, _ in node.entries:
            if name.value not in known:
                reading.problems.append(unknown_key(self.kind, name, known))
        values = dict(given)
        children = dict(node)
        for key in self.keys:
            child = children.get(key.name)
            if child is not None or key.required:
                self._read_key(key, child, node, reading, values)
        return self.make(**values) if len(reading.problems) == before else None

    def _read_key(
        self,
        key: Key,
        child: nodes.Node | None,
        node: nodes.Mapping,
        reading: Reading,
        values: dict[str, Any],
    ) -> None:
        if child is None:
            reading.problems.append(
                ScenarioError(
                    f"{self.kind} needs {key.name}",
                    node.mark,
                    f"write for example {key.name}: {key.example}",
                )
            )
            return
        try:
            values[key.target] = key.read(child, reading)
        except ScenarioError as error:
            reading.problems.append(error)

    def write(self, value: Any) -> nodes.Mapping:
        """Make the mapping again; keys with their default are left out."""
        defaults = defaults_of(self.make)
        entries = []
        for key in self.keys:
            part = getattr(value, key.target)
            if key.required or part != defaults.get(key.target, MISSING):
                entries.append((nodes.Scalar(key.name), key.write(part)))
        return nodes.Mapping(tuple(entries))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the mapping."""
        return {
            "type": "object",
            "description": self.doc,
            "properties": {
                key.name: {
                    "description": f"{key.doc} Example: {key.example}",
                    **variable(key.schema),
                }
                for key in self.keys
            },
            "required": [key.name for key in self.keys if key.required],
            "additionalProperties": False,
        }


def variable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Allow a reference to an ``each`` variable in place of a value."""
    return {"anyOf": [dict(schema), {"$ref": "#/$defs/variable"}]}


def defaults_of(make: type[Any]) -> dict[str, Any]:
    """Return the defaults of a dataclass's attributes."""
    return {
        each.name: each.default if each.default is not MISSING else _factory(each.default_factory)
        for each in fields(make)
    }


def _factory(factory: Any) -> Any:
    return MISSING if factory is MISSING else factory()


def nearest(word: str, known: object) -> str:
    """Return a hint with the nearest known words; empty if none is near."""
    words = [str(each) for each in known]  # type: ignore[attr-defined]
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else ""


def unknown_key(kind: str, name: nodes.Scalar, known: Mapping[str, object]) -> ScenarioError:
    """Return the error for a key nobody declared."""
    hint = nearest(str(name.value), known) or f"known are {', '.join(known)}"
    return ScenarioError(f"{kind} has no key {str(name.value)[:60]!r}", name.mark, hint)
