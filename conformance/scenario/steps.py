"""Declarations of all steps: their keys, in one table per kind."""

from __future__ import annotations

from typing import Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import (
    ExchangeStep,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Step,
    TogetherStep,
    Verb,
)
from conformance.scenario.checks import NEEDS
from conformance.scenario.exchange_steps import EXCHANGES, read_exchange, verb_of, write_exchange
from conformance.scenario.keys import Reading, Record, nearest
from conformance.scenario.parts import CUT_VALUE
from conformance.scenario.readers import DURATION, SPAN, STEP, Value, key, word
from conformance.scenario.step_values import EXPECT, STEPS
from conformance.syntax.values import describe

__all__ = [
    "EXCHANGES",
    "READ_BACK",
    "RECORDS",
    "RESTART",
    "RESUME",
    "TOGETHER",
    "read_exchange",
    "read_step",
    "verb_of",
    "write_exchange",
    "write_step",
]

RESUME: Final = Record(
    kind="resume step",
    doc="Goes on with an exchange that was left open.",
    make=ResumeStep,
    keys=(
        key("resume", STEP, "The step left open.", "stuck", attribute="exchange", required=True),
        key("name", STEP, "Name of this step; by default the other's with -resumed.", "late"),
        key("given", STEPS, "Steps that must have been answered 2xx.", "gone"),
        key("send", SPAN, "Further octets of the representation.", "40 KiB..end"),
        key("cut", CUT_VALUE, "An interruption instead of an end.", "{how: reset, after: 0 B}"),
        key("within", DURATION, "Bound on the final response.", "5 s"),
        key("needs", NEEDS, "Capabilities without which it is left out.", "late-octets-refused"),
        key("expect", EXPECT, "Checks.", "[...]"),
    ),
)

READ_BACK: Final = Record(
    kind="read-back step",
    doc="Fetches what the target stored.",
    make=ReadBackStep,
    keys=(
        key("read-back", STEP, "Name of the step.", "stored", attribute="name", required=True),
        key("of", STEP, "The step that created the upload.", "up", required=True),
        key("given", STEPS, "Steps that must have been answered 2xx.", "last"),
        key("needs", NEEDS, "Capabilities without which it is left out.", "digests"),
        key("within", DURATION, "Bound on the fetching.", "5 s"),
        key("expect", EXPECT, "Checks.", "[...]"),
    ),
)

RESTART: Final = Record(
    kind="restart step",
    doc="Kills the target without warning and starts it again.",
    make=RestartStep,
    keys=(key("restart", STEP, "Name of the step.", "crash", attribute="name", required=True),),
)


def _read_members(node: Node, reading: Reading) -> tuple[ExchangeStep | None, ...]:
    items = getattr(node, "items", ())
    if len(items) < 2:
        raise ScenarioError("together needs a list of at least two exchange steps", node.mark)
    members = []
    for item in items:
        verb = verb_of(item)
        if verb not in EXCHANGES:
            raise ScenarioError("only exchange steps can be made together", item.mark)
        member_step = read_exchange(item, reading, Verb(verb))
        if member_step is not None and (member_step.leave or member_step.hold):
            raise ScenarioError("a step made together can neither hold nor stay open", item.mark)
        members.append(member_step)
    return tuple(members)


_MEMBERS: Final = Value(
    _read_members,
    lambda steps: Sequence(tuple(write_exchange(step) for step in steps)),
    {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/exchange"}},
)


TOGETHER: Final = Record(
    kind="together step",
    doc="Releases several exchanges at the same moment.",
    make=TogetherStep,
    keys=(
        key("together", STEP, "Name of the step.", "race", attribute="name", required=True),
        key("release", word("release", "header end", "last octet"),
            "What is withheld and let go together.", "last octet"),
        key("over", word("over", "two-connections", "one-connection"),
            "On one connection each or all on one (HTTP/2).", "two-connections"),
        key("needs", NEEDS, "Capabilities without which it is left out.", "no-stale-offset"),
        key("of", _MEMBERS, "The exchanges.", "[{append: a, ...}, {append: b, ...}]",
            attribute="steps", required=True),
        key("expect", EXPECT, "Checks over all of them.", "[...]"),
    ),
)  # fmt: skip

RECORDS: Final = {
    **EXCHANGES,
    "resume": RESUME,
    "together": TOGETHER,
    "read-back": READ_BACK,
    "restart": RESTART,
}


def read_step(node: Node, reading: Reading) -> Step | None:
    """Read one step of any kind; None if there were mistakes, which ``reading`` then holds."""
    if not isinstance(node, Mapping) or not node.entries:
        reading.problems.append(
            ScenarioError(
                f"a step must be a mapping, not {describe(node)}", node.mark, "write - create: up"
            )
        )
        return None
    verb = verb_of(node)
    if verb in EXCHANGES:
        return read_exchange(node, reading, Verb(verb))
    if verb not in RECORDS:
        hint = nearest(verb, RECORDS) or f"it begins with one of {', '.join(RECORDS)}"
        reading.problems.append(
            ScenarioError(f"{verb[:60]!r} is no step", node.entries[0][0].mark, hint)
        )
        return None
    given = {}
    if verb == "resume" and isinstance(left := node.entries[0][1], Scalar):
        given["name"] = f"{left.value}-resumed"
    step: Step | None = RECORDS[verb].read(node, reading, mark=node.mark, **given)
    return step


def write_step(step: Step) -> Mapping:
    """Write a step of any kind the way it is read."""
    match step:
        case ExchangeStep():
            return write_exchange(step)
        case ResumeStep():
            return RESUME.write(step)
        case TogetherStep():
            return TOGETHER.write(step)
        case ReadBackStep():
            return READ_BACK.write(step)
        case _:
            return RESTART.write(step)
