"""References between steps: every step that is named must be there, and be made before.

References to captures are looked for in the text of a step's document, so that each mistake has
its own place; they are the same in templates, sizes and the arguments of matchers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node, Scalar, Sequence
from conformance.model.scenario import Check, Step, TogetherStep
from conformance.model.values import Ref
from conformance.scenario.keys import Reading, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REF: Final = re.compile(
    r"\$\$|\$\{(?P<b_name>[A-Za-z][A-Za-z0-9-]*)(?:\.(?P<b_part>[A-Za-z][A-Za-z0-9-]*))?\}"
    r"|\$(?P<name>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)"
    r"(?:\.(?P<part>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*))?"
)
_RESERVED_PARTS: Final = {
    "content": ("size", "sha-256"),
    "draft": ("number", "completeness", "complete", "incomplete"),
    "target": (
        "path",
        "authority",
        "origin",
        "scheme",
        "fields",
        "second-user",
        "max-size",
        "min-size",
        "max-append-size",
        "min-append-size",
    ),
    "self": ("sha-256", "sent"),
}
_NO_STEPS: Final = frozenset({*_RESERVED_PARTS, "request"})
_STEP_PARTS: Final = ("at", "sent", "end", "url", "path", "unknown-path", "status")
_STEP_KEYS: Final = ("of", "over", "given", "repeat-of")
#: kinds of values no reference can stand in
_PLAIN: Final = frozenset({str, int, bool, float, bytes, type(None), Mark})
_EXCHANGE_VERBS: Final = frozenset(
    {"create", "append", "retrieve", "cancel", "discover", "request", "octets", "frames"}
)


@dataclass(slots=True)
class _Known:
    """Steps made so far: name to verb."""

    steps: dict[str, str] = field(default_factory=dict)
    left_open: set[str] = field(default_factory=set)


def check_references(steps: Sequence, reading: Reading) -> None:
    """Report every reference to a step that is not there, comes later or has no such part.

    Args:
        steps: the steps of one case, variables substituted.
        reading: where mistakes go.
    """
    known = _Known()
    later = {name for step in steps.items for name, _ in _names(step)}
    for step in steps.items:
        if isinstance(step, Mapping) and step.entries:
            _check_step(step, known, later, reading)


def _names(step: Node) -> Iterator[tuple[str, Scalar]]:
    """Yield the names a step defines, members of a together step included."""
    if not isinstance(step, Mapping) or not step.entries:
        return
    verb, name = step.entries[0]
    named = step.get("name") if verb.value == "resume" else name
    if isinstance(named, Scalar):
        yield str(named.value), named
    elif verb.value == "resume" and isinstance(name, Scalar):
        yield f"{name.value}-resumed", name
    members = step.get("of")
    if verb.value == "together" and isinstance(members, Sequence):
        for member in members.items:
            yield from _names(member)


def _check_step(step: Mapping, known: _Known, later: set[str], reading: Reading) -> None:
    verb = str(step.entries[0][0].value)
    if verb == "together":
        _check_together(step, known, later, reading)
        return
    own = [name for name, _ in _names(step)]
    _define(step, known, reading)
    visible = {name: kind for name, kind in known.steps.items() if name not in own}
    _check_step_keys(step, verb, visible, later, reading)
    for key, node in step.entries[1:]:
        if key.value == "expect":
            _check_texts(node, known.steps, later, reading)
        else:
            parts = ("at",) if verb in _EXCHANGE_VERBS else ()
            _check_texts(node, visible, later, reading, dict.fromkeys(own, parts))


def _check_together(step: Mapping, known: _Known, later: set[str], reading: Reading) -> None:
    members = step.get("of")
    before = dict(known.steps)
    _define(Mapping((step.entries[0],), step.mark), known, reading)
    for member in members.items if isinstance(members, Sequence) else ():
        if isinstance(member, Mapping) and member.entries:
            alone = _Known(dict(before), set(known.left_open))
            _check_step(member, alone, later, reading)
            _define(member, known, reading)
    expect = step.get("expect")
    if expect is not None:
        _check_texts(expect, known.steps, later, reading)


def _define(step: Mapping, known: _Known, reading: Reading) -> None:
    verb = str(step.entries[0][0].value)
    for name, node in _names(step):
        if name in known.steps:
            reading.problems.append(
                ScenarioError(
                    f"a second step is called {name}", node.mark, "every step has a name of its own"
                )
            )
        known.steps[name] = verb
        if step.get("leave") is not None:
            known.left_open.add(name)
    if verb == "resume":
        opened = step.entries[0][1]
        if isinstance(opened, Scalar) and opened.value not in known.left_open:
            reading.problems.append(
                ScenarioError(
                    f"no step {opened.value} was left open before",
                    opened.mark,
                    "that step needs leave: open",
                )
            )


def _check_step_keys(
    step: Mapping, verb: str, visible: dict[str, str], later: set[str], reading: Reading
) -> None:
    for key, node in step.entries[1:]:
        named: tuple[Node, ...] = ()
        if key.value in _STEP_KEYS:
            named = node.items if isinstance(node, Sequence) else (node,)
        elif key.value == "after" and verb in _EXCHANGE_VERBS and isinstance(node, Mapping):
            named = tuple(value for name, value in node if name == "lifetime-of")
        for each in named:
            if not isinstance(each, Scalar):
                continue
            name = str(each.value)
            if name not in visible:
                reading.problems.append(_unknown(name, each, visible, later))
            elif visible[name] not in _EXCHANGE_VERBS:
                reading.problems.append(
                    ScenarioError(f"{key.value} must name a step that makes an exchange", each.mark)
                )


def _unknown(name: str, place: Node, visible: dict[str, str], later: set[str]) -> ScenarioError:
    if name in later:
        return ScenarioError(
            f"step {name} has not been made yet here", place.mark, "move it before this one"
        )
    hint = nearest(name, visible) or "name a step, or write $$ for a dollar sign"
    return ScenarioError(f"there is no step {name[:60]}", place.mark, hint)


def _check_texts(
    node: Node,
    visible: dict[str, str],
    later: set[str],
    reading: Reading,
    own: dict[str, tuple[str, ...]] | None = None,
) -> None:
    match node:
        case Scalar(value=str() as text) if "$" in text:
            for found in _REF.finditer(text):
                name = found["b_name"] or found["name"]
                part = found["b_part"] or found["part"] or ""
                if name and not (own and name in own and part in own[name]):
                    error = _check_ref(name, part, node, visible, later)
                    if error is not None:
                        reading.problems.append(error)
        case Sequence():
            for item in node.items:
                _check_texts(item, visible, later, reading, own)
        case Mapping():
            for key, value in node.entries:
                _check_texts(key, visible, later, reading, own)
                _check_texts(value, visible, later, reading, own)
        case _:
            return


def _check_ref(
    name: str, part: str, place: Node, visible: dict[str, str], later: set[str]
) -> ScenarioError | None:
    if name in _RESERVED_PARTS:
        parts: tuple[str, ...] = _RESERVED_PARTS[name]
    elif name not in visible:
        return _unknown(name, place, visible, later)
    elif visible[name] not in _EXCHANGE_VERBS:
        return ScenarioError(f"step {name} makes no exchange, so nothing can be taken", place.mark)
    elif part[:1].isupper():
        return None
    else:
        parts = _STEP_PARTS
    if part in parts:
        return None
    hint = nearest(part, parts) if part else ""
    known = ", ".join(f"${name}.{each}" for each in parts)
    return ScenarioError(
        f"${name}{f'.{part}' if part else ''} is nothing that can be taken",
        place.mark,
        hint or (known if name in _RESERVED_PARTS else f"{known} or a field such as ${name}.ETag"),
    )


def steps_in(value: Any) -> Iterator[str]:
    """Yield the steps a typed value speaks of.

    These are the names in its references, and in its attributes ``step`` and ``steps``, by which
    the arguments of matchers name steps.
    """
    if isinstance(value, Ref):
        yield value.name
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from steps_in(item)
    elif is_dataclass(value) and not isinstance(value, type | Mark):
        single, several = getattr(value, "step", ""), getattr(value, "steps", ())
        yield from (name for name in (single, *several) if name and isinstance(name, str))
        for name in _attributes(type(value)):
            part = getattr(value, name)
            if part.__class__ not in _PLAIN:
                yield from steps_in(part)


@cache
def _attributes(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def check_matchers(steps: Iterable[Step], reading: Reading) -> None:
    """Report every step a matcher compares with that was not made before."""
    known: dict[str, str] = {}
    for step in steps:
        members = step.steps if isinstance(step, TogetherStep) else ()
        for each in (*members, step):
            known[each.name] = ""
            for check in getattr(each, "expect", ()):
                _check_matchers(check, known, reading)


def _check_matchers(check: Check, known: dict[str, str], reading: Reading) -> None:
    for alternative in check.alternatives:
        for matcher in alternative.matchers:
            for name in steps_in(matcher.argument):
                if name not in known and name not in _NO_STEPS:
                    hint = nearest(name, known)
                    reading.problems.append(
                        ScenarioError(
                            f"{matcher.key} speaks of step {name}, which is not made before",
                            matcher.mark,
                            hint,
                        )
                    )
