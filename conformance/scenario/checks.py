"""``expect:``: checks with their subjects, alternatives and matchers."""

from __future__ import annotations

import re
from typing import Any, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import Alternative, Check, Matcher, Subject, SubjectKind
from conformance.model.values import StatusSet
from conformance.profiles.rufh import capabilities
from conformance.scenario.keys import Reading, Vocabulary, nearest
from conformance.scenario.readers import CAPABILITY, Value, one_or_list, word
from conformance.syntax.values import describe, read_status, scalar_text, write_status

_CITATION: Final = re.compile(r"(?P<id>[A-Z0-9]+(?:-[A-Z0-9]+)*)(?:\.(?P<label>[a-z0-9-]+))?")
_OWN_KEYS: Final = ("on", "needs", "any-of")
_ALTERNATIVE_KEYS: Final = ("as", "cites", "then", "fact")
_INTERIM: Final = re.compile(r"(?P<which>first|later|every|last) interim(?: (?P<status>1\d\d))?")
_INTERIM_KINDS: Final = {
    "first": SubjectKind.FIRST_INTERIM,
    "later": SubjectKind.LATER_INTERIM,
    "every": SubjectKind.EVERY_INTERIM,
    "last": SubjectKind.LAST_INTERIM,
}
_CLASSES: Final = ("2xx", "3xx", "4xx", "5xx")
_SUBJECT_HELP: Final = (
    "write final, a status such as 409, 2xx, non-2xx or a list, first interim 104, "
    "later interim 104, every interim, last interim 104, every response, "
    "or problem mismatching-upload-offset"
)


def capability(node: Node, _reading: Reading) -> str:
    """Read the name of a capability of draft or target."""
    text = scalar_text(node, "a capability")
    if CAPABILITY.fullmatch(text) is None or not capabilities.known(text):
        near = capabilities.nearest(text)
        raise ScenarioError(
            f"there is no capability {text[:60]!r}",
            node.mark,
            f"did you mean {near}?" if near else "the names are in docs/scenarios.md",
        )
    return text


NEEDS: Final = one_or_list(
    Value(capability, lambda value: Scalar(value), {"type": "string"}), "needs"
)
_AS: Final = word("as", "pass", "warn")
_THEN: Final = word("then", "stop")
_STOPPED: Final = "scenario"


def read_subject(node: Node) -> Subject:
    """Read ``on:``."""
    if isinstance(node, Sequence):
        return Subject(kind=SubjectKind.FINAL, status=read_status(node, "on"))
    text = scalar_text(node, "on")
    if text == "final":
        return Subject(kind=SubjectKind.FINAL)
    if text == "every response":
        return Subject(kind=SubjectKind.EVERY_RESPONSE)
    if text.startswith("problem "):
        return Subject(kind=SubjectKind.PROBLEM, problem=text.removeprefix("problem ").strip())
    if found := _INTERIM.fullmatch(text):
        status = StatusSet((found["status"],)) if found["status"] else None
        return Subject(kind=_INTERIM_KINDS[found["which"]], status=status)
    if text.startswith("non-") and text[4:] in _CLASSES:
        others = tuple(each for each in _CLASSES if each != text[4:])
        return Subject(kind=SubjectKind.FINAL, status=StatusSet(others))
    try:
        return Subject(kind=SubjectKind.FINAL, status=read_status(node, "on"))
    except ScenarioError as error:
        raise ScenarioError(error.message, node.mark, _SUBJECT_HELP) from error


def write_subject(subject: Subject) -> Node:
    """Write ``on:`` the way it is read."""
    match subject.kind:
        case SubjectKind.PROBLEM:
            return Scalar(f"problem {subject.problem}")
        case SubjectKind.FINAL:
            return Scalar("final") if subject.status is None else write_status(subject.status)
        case SubjectKind.EVERY_RESPONSE:
            return Scalar("every response")
        case kind:
            status = f" {subject.status.patterns[0]}" if subject.status is not None else ""
            return Scalar(f"{kind.value}{status}")


def read_checks(node: Node, reading: Reading) -> tuple[Check, ...]:
    """Read ``expect:``."""
    if not isinstance(node, Sequence) or not node.items:
        raise ScenarioError(
            f"expect must be a list of checks, not {describe(node)}",
            node.mark,
            "write - REQUIREMENT-ID: {on: ..., matcher: ...}",
        )
    checks: list[Check] = []
    for item in node.items:
        try:
            checks.append(_read_check(item, reading))
        except ScenarioError as error:
            reading.problems.append(error)
    seen: set[tuple[str, str]] = set()
    for check in checks:
        if (check.requirement, check.label) in seen:
            reading.problems.append(
                ScenarioError(
                    f"{check.requirement} is checked twice in this step",
                    check.mark,
                    f"tell them apart with a label: {check.requirement}.my-label",
                )
            )
        seen.add((check.requirement, check.label))
    return tuple(checks)


def _read_check(node: Node, reading: Reading) -> Check:
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        raise ScenarioError(
            "a check is a mapping with one requirement", node.mark, "write - REQUIREMENT-ID: {...}"
        )
    name, demands = node.entries[0]
    found = _CITATION.fullmatch(str(name.value))
    if found is None:
        raise ScenarioError(
            f"{str(name.value)[:60]!r} does not name a requirement",
            name.mark,
            "write REQUIREMENT-ID or REQUIREMENT-ID.label (label in small letters)",
        )
    _require_known(found["id"], name, reading.vocabulary)
    if not isinstance(demands, Mapping):
        raise ScenarioError(
            f"a check must be a mapping of matchers, not {describe(demands)}", demands.mark
        )
    on, needs = demands.get("on"), demands.get("needs")
    return Check(
        requirement=found["id"],
        label=found["label"] or "",
        subject=Subject(kind=SubjectKind.EXCHANGE) if on is None else read_subject(on),
        alternatives=_read_alternatives(demands, reading),
        needs=() if needs is None else NEEDS.read(needs, reading),
        mark=name.mark,
    )


def _require_known(requirement: str, place: Node, vocabulary: Vocabulary) -> None:
    if not vocabulary.known(requirement):
        near = " or ".join(vocabulary.nearest(requirement)[:2])
        raise ScenarioError(
            f"there is no requirement {requirement}",
            place.mark,
            f"did you mean {near}?" if near else "the registry lists them",
        )


def _read_alternatives(demands: Mapping, reading: Reading) -> tuple[Alternative, ...]:
    designs = demands.get("any-of")
    if designs is None:
        return (_read_alternative(demands, reading, ("on", "needs")),)
    if not isinstance(designs, Sequence) or not designs.items:
        raise ScenarioError("any-of must be a list of alternatives", designs.mark)
    for name, _ in demands.entries:
        if name.value not in _OWN_KEYS:
            raise ScenarioError(
                f"{name.value!r} stands beside any-of", name.mark, "move it into the alternatives"
            )
    return tuple(_read_alternative(design, reading, _ALTERNATIVE_KEYS) for design in designs.items)


def _read_alternative(node: Node, reading: Reading, own: tuple[str, ...]) -> Alternative:
    if not isinstance(node, Mapping):
        raise ScenarioError(f"an alternative must be a mapping, not {describe(node)}", node.mark)
    matchers = tuple(
        _read_matcher(name, argument, reading.vocabulary, own)
        for name, argument in node.entries
        if name.value not in own
    )
    if not matchers:
        raise ScenarioError("nothing is demanded here", node.mark, "add a matcher, such as status")
    if own is not _ALTERNATIVE_KEYS:
        return Alternative(matchers=matchers)
    cites = node.get("cites")
    if cites is not None:
        _require_known(scalar_text(cites, "cites"), cites, reading.vocabulary)
    verdict, then, fact = node.get("as"), node.get("then"), node.get("fact")
    return Alternative(
        matchers=matchers,
        verdict="pass" if verdict is None else _AS.read(verdict, reading),
        cites="" if cites is None else scalar_text(cites, "cites"),
        ends=_STOPPED if then is not None and _THEN.read(then, reading) else "",
        fact="" if fact is None else scalar_text(fact, "fact"),
    )


def _read_matcher(
    name: Scalar, argument: Node, vocabulary: Vocabulary, own: tuple[str, ...]
) -> Matcher:
    key = str(name.value)
    spec = vocabulary.spec(key)
    if spec is None:
        known = (*vocabulary.matchers, *own, "on", "needs", "any-of")
        hint = nearest(key, known) or "a field name has a capital letter"
        raise ScenarioError(f"there is no matcher {key[:60]!r}", name.mark, hint)
    return Matcher(key, spec.decode(argument), name.mark)


def write_checks(checks: tuple[Check, ...], vocabulary: Vocabulary) -> Node:
    """Write ``expect:``."""
    return Sequence(tuple(_write_check(check, vocabulary) for check in checks))


def _write_check(check: Check, vocabulary: Vocabulary) -> Node:
    entries: list[tuple[Scalar, Node]] = []
    if check.subject.kind is not SubjectKind.EXCHANGE:
        entries.append((Scalar("on"), write_subject(check.subject)))
    if check.needs:
        entries.append((Scalar("needs"), NEEDS.write(check.needs)))
    plain = Alternative(matchers=check.alternatives[0].matchers)
    if check.alternatives == (plain,):
        entries += _matchers(plain, vocabulary)
    else:
        designs = tuple(
            Mapping((*_matchers(each, vocabulary), *_own_entries(each)))
            for each in check.alternatives
        )
        entries.append((Scalar("any-of"), Sequence(designs)))
    name = f"{check.requirement}.{check.label}" if check.label else check.requirement
    return Mapping(((Scalar(name), Mapping(tuple(entries))),))


def _matchers(alternative: Alternative, vocabulary: Vocabulary) -> list[tuple[Scalar, Node]]:
    entries: list[tuple[Scalar, Node]] = []
    for matcher in alternative.matchers:
        spec = vocabulary.spec(matcher.key)
        if spec is None:
            raise KeyError(matcher.key)
        entries.append((Scalar(matcher.key), spec.encode(matcher.argument)))
    return entries


def _own_entries(alternative: Alternative) -> list[tuple[Scalar, Node]]:
    given = (
        ("as", alternative.verdict if alternative.verdict != "pass" else ""),
        ("cites", alternative.cites),
        ("then", "stop" if alternative.ends else ""),
        ("fact", alternative.fact),
    )
    return [(Scalar(name), Scalar(value)) for name, value in given if value]


def check_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the JSON Schema of one item of ``expect``."""
    matchers = {
        spec.key: {"description": spec.summary, **_or_variable(spec.schema)}
        for spec in vocabulary.matchers.values()
    }
    fields = {"[A-Z]": _or_variable(vocabulary.field_matcher("Field-Name").schema)}
    text = {"type": "string"}
    alternative = {
        "type": "object",
        "properties": matchers
        | {"as": _AS.schema, "cites": text, "then": _THEN.schema, "fact": text},
        "patternProperties": fields,
        "additionalProperties": False,
    }
    check = {
        "type": "object",
        "properties": matchers
        | {
            "on": {"type": ["string", "integer", "array"], "description": _SUBJECT_HELP},
            "needs": NEEDS.schema,
            "any-of": {"type": "array", "items": alternative, "minItems": 1},
        },
        "patternProperties": fields,
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "patternProperties": {"^[A-Z0-9-]+(\\.[a-z0-9-]+)?$": check},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _or_variable(schema: Any) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"$ref": "#/$defs/variable"}]}
