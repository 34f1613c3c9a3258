"""Declarations of the steps that make exchanges: one record a verb, from one table of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.errors import ScenarioError
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.values import UNSET
from conformance.scenario.checks import NEEDS
from conformance.scenario.keys import Reading, Record
from conformance.scenario.parts import CUT_VALUE, HOLD, TRICKLE, record_value
from conformance.scenario.readers import (
    DURATION,
    FLAG,
    SIZE,
    SPAN,
    STEP,
    TEMPLATE,
    key,
    nullable,
    number,
)
from conformance.scenario.step_values import (
    AFTER,
    DECLARE,
    EXPECT,
    FIELDS,
    FRAMES,
    FRAMINGS,
    HTTP,
    LEAVE,
    METHOD,
    PARTS,
    REFRESHES,
    STEPS,
)

if TYPE_CHECKING:
    from conformance.model.node import Mapping, Node

_HAVE_CONTENT: Final = frozenset({"create", "append", "retrieve", "cancel", "discover", "request"})
_UPLOAD: Final = frozenset({"create", "append", "retrieve", "cancel", "request"})

_EXCHANGE_KEYS: Final = (
    key("of", STEP, "The step that created the upload resource this one addresses.", "up",
        on=frozenset({"append", "retrieve", "cancel", "request", "octets", "frames"})),
    key("over", STEP, "Step whose connection is used again; a fresh one by default.", "up"),
    key("pipelined", FLAG, "Sent before the answer to the exchange it shares the connection with.",
        "true", on=_HAVE_CONTENT | {"octets"}),
    key("given", STEPS, "Steps that must have been answered 2xx, else this one is not made.",
        "up"),
    key("needs", NEEDS, "Capabilities of draft or target without which the step is left out.",
        "digests"),
    key("method", METHOD, "Method instead of the verb's own.", "GET", on=_HAVE_CONTENT),
    key("to", TEMPLATE, "Request target instead of the verb's own.", "$target.path?x=1",
        on=_HAVE_CONTENT),
    key("http", HTTP, "Version of HTTP/1.", "1.0",
        on=_HAVE_CONTENT | {"octets"}),
    key("fields", FIELDS, "Fields to set; null removes a default, a list makes several lines.",
        "{Expect: 100-continue}", on=_HAVE_CONTENT),
    key("send", SPAN, "Octets of the representation handed over: start..end, all or nothing.",
        "0..10 KiB", on=_HAVE_CONTENT),
    key("declare", DECLARE, "What the framing promises: sent, whole, nothing or a size.", "whole",
        on=_HAVE_CONTENT),
    key("framing", FRAMINGS, "How the end of content is told.", "chunked", on=_HAVE_CONTENT),
    key("chunk", SIZE, "Octets in each chunk.", "1 KiB", on=_HAVE_CONTENT),
    key("complete", nullable(FLAG), "Whether the upload is complete with it; null: left out.",
        "false", on=_UPLOAD),
    key("length", nullable(SIZE), "Upload-Length; null: left out.", "end", on=_UPLOAD),
    key("at", nullable(SIZE), "Upload-Offset; null: left out.", "$seen.Upload-Offset", on=_UPLOAD),
    key("write", PARTS, "What to write: text, {hex: ...} or {content: range}, in order.",
        '["GET / HTTP/1.1\\r\\n", {hex: 0D 0A}]', attribute="octets",
        on=frozenset({"octets"}), required=True),
    key("write", FRAMES, "Frames to write, in order, all on one stream.",
        '[{headers: {":method": OPTIONS, ...}, flags: [END_STREAM, END_HEADERS]}]',
        attribute="frames", on=frozenset({"frames"}), required=True),
    key("window", SIZE, "Octets of response content the server may send (HTTP/2).", "0 B",
        on=_HAVE_CONTENT | {"frames"}),
    key("hold", record_value(HOLD), "Content is withheld until an event.",
        "{until: [interim 100, final]}", on=_HAVE_CONTENT),
    key("cut", CUT_VALUE, "An interruption of the exchange.", "{how: reset, after: 50%}"),
    key("trickle", record_value(TRICKLE), "Content goes out in small pieces.", "{piece: 1 KiB}",
        on=_HAVE_CONTENT),
    key("leave", LEAVE, "The exchange stays open after what is to be sent has been sent.",
        "open"),
    key("within", DURATION, "Bound on the final response.", "5 s"),
    key("quiet", DURATION, "Keep listening this long after the answer.", "1 s"),
    key("refresh", REFRESHES, "How many 409 may be followed to the offset they tell.", "once",
        on=frozenset({"append"})),
    key("repeat-of", STEP, "Send the same request as that step again.", "last",
        on=_HAVE_CONTENT - {"discover"}),
    key("after", AFTER, "Wait until that upload's announced lifetime has passed.",
        "{lifetime-of: up}"),
    key("times", number("times", 1, 100), "How often it is made, side by side.", "20",
        on=_HAVE_CONTENT),
    key("set-up", FLAG,
        "The rest makes sense only if it succeeds; by default so if it expects nothing.", "true"),
    key("expect", EXPECT, "Checks.", "[...]"),
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


def verb_of(node: Node) -> str:
    """Return the first key of a step; empty if there is none."""
    entries = getattr(node, "entries", ())
    return str(entries[0][0].value) if entries else ""


def write_exchange(step: ExchangeStep) -> Mapping:
    """Write an exchange step."""
    return EXCHANGES[step.verb.value].write(step)
