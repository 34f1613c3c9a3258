"""Declarations of all steps: their keys, in one table per kind."""

from __future__ import annotations

from typing import Any, Final

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
from conformance.model.transcript import Framing
from conformance.model.values import UNSET
from conformance.scenario.checks import NEEDS, read_checks, write_checks
from conformance.scenario.frames import read_frames, write_frames
from conformance.scenario.keys import Key, Reading, Record, default_vocabulary, nearest
from conformance.scenario.parts import (
    CUT_VALUE,
    HOLD,
    TRICKLE,
    read_fields,
    read_lifetime,
    read_parts,
    record_value,
    write_fields,
    write_lifetime,
    write_parts,
)
from conformance.scenario.readers import (
    DURATION,
    FLAG,
    SIZE,
    SPAN,
    STEP,
    TEMPLATE,
    Value,
    member,
    nullable,
    number,
    one_or_list,
    word,
)
from conformance.syntax.values import describe, read_size, scalar_text

_HAVE_CONTENT: Final = frozenset({"create", "append", "retrieve", "cancel", "discover", "request"})
_UPLOAD: Final = frozenset({"create", "append", "retrieve", "cancel", "request"})


def key(name: str, value: Value, doc: str, example: str, attribute: str = "", **more: Any) -> Key:
    """Declare a key whose reader, writer and schema come from one value."""
    return Key(
        name=name,
        doc=doc,
        example=example,
        schema=value.schema,
        read=value.read,
        write=value.write,
        attribute=attribute,
        **more,
    )


def _read_declare(node: Node, _reading: Reading) -> Any:
    words = ("sent", "whole", "nothing")
    if isinstance(node, Scalar) and node.value in words:
        return node.value
    return read_size(node, "declare")


def _read_http(node: Node, _reading: Reading) -> str:
    value = node.value if isinstance(node, Scalar) else None
    text = f"{value:.1f}" if isinstance(value, float) else value
    if text not in ("1.0", "1.1"):
        raise ScenarioError("http must be 1.1 or 1.0", node.mark)
    return str(text)


def _read_leave(node: Node, _reading: Reading) -> bool:
    if node != Scalar("open"):
        raise ScenarioError("leave must be open", node.mark, "write leave: open, or no leave")
    return True


def _read_refresh(node: Node, reading: Reading) -> int:
    if node == Scalar("once"):
        return 1
    return int(_REFRESH.read(node, reading))


_REFRESH: Final = number("refresh", 1, 9)
_STEPS: Final = one_or_list(STEP, "this")
_FRAMINGS: Final = member("framing", Framing)
_DECLARE: Final = Value(
    _read_declare, lambda value: Scalar(str(value)), {"type": ["string", "integer"]}
)
_HTTP: Final = Value(_read_http, Scalar, {"enum": ["1.1", "1.0", 1.1, 1.0]})
_LEAVE: Final = Value(_read_leave, lambda _: Scalar("open"), {"const": "open"})
_REFRESHES: Final = Value(
    _read_refresh,
    lambda count: Scalar("once") if count == 1 else Scalar(count),
    {"anyOf": [{"const": "once"}, _REFRESH.schema]},
)
_FIELDS: Final = Value(
    read_fields,
    write_fields,
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "array", "null"]},
    },
)
_PARTS: Final = Value(read_parts, write_parts, {"type": ["string", "array"]})
_FRAMES: Final = Value(
    read_frames,
    write_frames,
    {"type": "array", "items": {"$ref": "#/$defs/frame"}, "minItems": 1},
)
_AFTER: Final = Value(
    read_lifetime,
    write_lifetime,
    {
        "type": "object",
        "properties": {"lifetime-of": {"type": "string"}},
        "required": ["lifetime-of"],
        "additionalProperties": False,
    },
)
_EXPECT: Final = Value(
    read_checks,
    lambda checks: write_checks(checks, default_vocabulary()),
    {"type": "array", "items": {"$ref": "#/$defs/check"}, "minItems": 1},
)
_METHOD: Final = Value(
    lambda node, _: scalar_text(node, "method"), Scalar, {"type": "string", "minLength": 1}
)

_EXCHANGE_KEYS: Final = (
    key("of", STEP, "The step that created the upload resource this one addresses.", "up",
        on=frozenset({"append", "retrieve", "cancel", "request", "octets", "frames"})),
    key("over", STEP, "Step whose connection is used again; a fresh one by default.", "up"),
    key("pipelined", FLAG, "Sent before the answer to the exchange it shares the connection with.",
        "true", on=_HAVE_CONTENT | {"octets"}),
    key("given", _STEPS, "Steps that must have been answered 2xx, else this one is not made.",
        "up"),
    key("needs", NEEDS, "Capabilities of draft or target without which the step is left out.",
        "digests"),
    key("method", _METHOD, "Method instead of the verb's own.", "GET", on=_HAVE_CONTENT),
    key("to", TEMPLATE, "Request target instead of the verb's own.", "$target.path?x=1",
        on=_HAVE_CONTENT),
    key("http", _HTTP, "Version of HTTP/1.", "1.0",
        on=_HAVE_CONTENT | {"octets"}),
    key("fields", _FIELDS, "Fields to set; null removes a default, a list makes several lines.",
        "{Expect: 100-continue}", on=_HAVE_CONTENT),
    key("send", SPAN, "Octets of the representation handed over: start..end, all or nothing.",
        "0..10 KiB", on=_HAVE_CONTENT),
    key("declare", _DECLARE, "What the framing promises: sent, whole, nothing or a size.", "whole",
        on=_HAVE_CONTENT),
    key("framing", _FRAMINGS, "How the end of content is told.", "chunked", on=_HAVE_CONTENT),
    key("chunk", SIZE, "Octets in each chunk.", "1 KiB", on=_HAVE_CONTENT),
    key("complete", nullable(FLAG), "Whether the upload is complete with it; null: left out.",
        "false", on=_UPLOAD),
    key("length", nullable(SIZE), "Upload-Length; null: left out.", "end", on=_UPLOAD),
    key("at", nullable(SIZE), "Upload-Offset; null: left out.", "$seen.Upload-Offset", on=_UPLOAD),
    key("write", _PARTS, "What to write: text, {hex: ...} or {content: range}, in order.",
        '["GET / HTTP/1.1\\r\\n", {hex: 0D 0A}]', attribute="octets",
        on=frozenset({"octets"}), required=True),
    key("write", _FRAMES, "Frames to write, in order, all on one stream.",
        '[{headers: {":method": OPTIONS, ...}, flags: [END_STREAM, END_HEADERS]}]',
        attribute="frames", on=frozenset({"frames"}), required=True),
    key("window", SIZE, "Octets of response content the server may send (HTTP/2).", "0 B",
        on=_HAVE_CONTENT | {"frames"}),
    key("hold", record_value(HOLD), "Content is withheld until an event.",
        "{until: [interim 100, final]}", on=_HAVE_CONTENT),
    key("cut", CUT_VALUE, "An interruption of the exchange.", "{how: reset, after: 50%}"),
    key("trickle", record_value(TRICKLE), "Content goes out in small pieces.", "{piece: 1 KiB}",
        on=_HAVE_CONTENT),
    key("leave", _LEAVE, "The exchange stays open after what is to be sent has been sent.",
        "open"),
    key("within", DURATION, "Bound on the final response.", "5 s"),
    key("quiet", DURATION, "Keep listening this long after the answer.", "1 s"),
    key("refresh", _REFRESHES, "How many 409 may be followed to the offset they tell.", "once",
        on=frozenset({"append"})),
    key("repeat-of", STEP, "Send the same request as that step again.", "last",
        on=_HAVE_CONTENT - {"discover"}),
    key("after", _AFTER, "Wait until that upload's announced lifetime has passed.",
        "{lifetime-of: up}"),
    key("times", number("times", 1, 100), "How often it is made, side by side.", "20",
        on=_HAVE_CONTENT),
    key("set-up", FLAG,
        "The rest makes sense only if it succeeds; by default so if it expects nothing.", "true"),
    key("expect", _EXPECT, "Checks.", "[...]"),
)  # fmt: skip

_VERB_DOCS: Final = {
    Verb.CREATE: "Creates an upload resource.",
    Verb.APPEND: "Appends to an upload resource.",
    Verb.RETRIEVE: "Retrieves the offset of an upload resource.",
    Verb.CANCEL: "Cancels an upload.",
    Verb.DISCOVER: "Asks with OPTIONS what the target offers.",
    Verb.REQUEST: "Sends a request with literal fields; no version and no upload fields.",
    Verb.OCTETS: "Writes literal octets (HTTP/1.1).",
    Verb.FRAMES: "Writes literal frames on a stream of its own (HTTP/2).",
}


def _exchange_record(verb: Verb) -> Record:
    name = key(verb.value, STEP, "Name of the step.", "up", attribute="name", required=True)
    keys = tuple(each for each in _EXCHANGE_KEYS if not each.on or verb.value in each.on)
    return Record(
        kind=f"{verb.value} step", doc=_VERB_DOCS[verb], make=ExchangeStep, keys=(name, *keys)
    )


EXCHANGES: Final = {verb.value: _exchange_record(verb) for verb in Verb}

RESUME: Final = Record(
    kind="resume step",
    doc="Goes on with an exchange that was left open.",
    make=ResumeStep,
    keys=(
        key("resume", STEP, "The step left open.", "stuck", attribute="exchange", required=True),
        key("name", STEP, "Name of this step; by default the other's with -resumed.", "late"),
        key("given", _STEPS, "Steps that must have been answered 2xx.", "gone"),
        key("send", SPAN, "Further octets of the representation.", "40 KiB..end"),
        key("cut", CUT_VALUE, "An interruption instead of an end.", "{how: reset, after: 0 B}"),
        key("within", DURATION, "Bound on the final response.", "5 s"),
        key("needs", NEEDS, "Capabilities without which it is left out.", "late-octets-refused"),
        key("expect", _EXPECT, "Checks.", "[...]"),
    ),
)

READ_BACK: Final = Record(
    kind="read-back step",
    doc="Fetches what the target stored.",
    make=ReadBackStep,
    keys=(
        key("read-back", STEP, "Name of the step.", "stored", attribute="name", required=True),
        key("of", STEP, "The step that created the upload.", "up", required=True),
        key("given", _STEPS, "Steps that must have been answered 2xx.", "last"),
        key("needs", NEEDS, "Capabilities without which it is left out.", "digests"),
        key("within", DURATION, "Bound on the fetching.", "5 s"),
        key("expect", _EXPECT, "Checks.", "[...]"),
    ),
)

RESTART: Final = Record(
    kind="restart step",
    doc="Kills the target without warning and starts it again.",
    make=RestartStep,
    keys=(key("restart", STEP, "Name of the step.", "crash", attribute="name", required=True),),
)


def read_exchange(node: Node, reading: Reading, verb: Verb) -> ExchangeStep | None:
    """Read one exchange step and what must hold between its keys."""
    step: ExchangeStep | None = EXCHANGES[verb.value].read(node, reading, verb=verb, mark=node.mark)
    if step is not None:
        message = _contradiction(step)
        if message:
            reading.problems.append(ScenarioError(message[0], node.mark, message[1]))
    return step


def _contradiction(step: ExchangeStep) -> tuple[str, str] | None:
    if step.repeat_of:
        given = ["send"] if step.send is not None else []
        given += [each for each in ("at", "complete", "length") if getattr(step, each) is not UNSET]
        if given:
            return f"{given[0]} stands beside repeat-of", "what is repeated has it already"
        return None
    if step.verb in (Verb.APPEND, Verb.RETRIEVE, Verb.CANCEL) and not step.of and step.to is None:
        return f"{step.verb} {step.name} needs of", "write of: <name of the creating step>"
    if step.verb is Verb.APPEND and step.at is UNSET:
        return f"append {step.name} needs at", "write at: 0 B or at: $seen.Upload-Offset"
    if step.verb is Verb.APPEND and step.at is None and step.send is None:
        return f"append {step.name} with at: null needs send", "write send: 8 KiB..end"
    if step.pipelined and step.over is None:
        return f"{step.name} is pipelined over nothing", "write over: <name of a step>"
    if step.window is not None and step.over is not None:
        return f"{step.name} has a window of its own on the connection of {step.over}", (
            "drop one of window and over"
        )
    if step.leave and step.cut is not None:
        return f"{step.name} is both left open and cut", "drop one of leave and cut"
    return None


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


def verb_of(node: Node) -> str:
    """Return the first key of a step; empty if there is none."""
    entries = getattr(node, "entries", ())
    return str(entries[0][0].value) if entries else ""


def write_exchange(step: ExchangeStep) -> Mapping:
    """Write an exchange step."""
    return EXCHANGES[step.verb.value].write(step)


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
        key("expect", _EXPECT, "Checks over all of them.", "[...]"),
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
