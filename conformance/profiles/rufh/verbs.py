"""What each verb sends by default in each draft: method, target, fields, content, framing.

Pure: the same step, draft and target always give the same exchange. What the author of a scenario
wrote wins over every default; ``null`` leaves a default out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.model.plan import PlannedExchange, TargetFacts
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.transcript import Framing
from conformance.model.values import (
    UNSET,
    EndOfContent,
    Octets,
    Range,
    Ref,
    Size,
    Template,
)
from conformance.profiles.rufh.drafts import VERSION_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.profiles.rufh.drafts import Draft

USER_AGENT: Final = "resumable-conformance"

_ZERO: Final = Size(((1, Octets(0)),))
_END: Final = Size(((1, EndOfContent()),))
_NOTHING: Final = Range(_ZERO, _ZERO)
_METHODS: Final = {
    Verb.APPEND: "PATCH",
    Verb.RETRIEVE: "HEAD",
    Verb.CANCEL: "DELETE",
    Verb.DISCOVER: "OPTIONS",
    Verb.OCTETS: "",
    Verb.FRAMES: "",
}
_WITH_VERSION: Final = frozenset(
    {Verb.CREATE, Verb.APPEND, Verb.RETRIEVE, Verb.CANCEL, Verb.DISCOVER}
)
_LITERAL: Final = frozenset({Verb.OCTETS, Verb.FRAMES})
_WITH_CONTENT: Final = frozenset({"POST", "PUT", "PATCH"})
_FRAMING_FIELDS: Final = frozenset({"content-length", "transfer-encoding"})

Line = tuple[str, "Template | Size"]


def completing(step: ExchangeStep) -> bool:
    """Tell whether a step says that the upload is complete with it (explicitly or by default)."""
    if step.complete is UNSET:
        return step.verb in (Verb.CREATE, Verb.APPEND) and step.send is None
    return step.complete is True


def plan_exchange(
    step: ExchangeStep,
    draft: Draft,
    target: TargetFacts,
    earlier: Mapping[str, PlannedExchange],
    mark: int = 0,
) -> PlannedExchange:
    """Fill in the defaults of a step.

    Args:
        step: what the file says.
        draft: the draft spoken.
        target: facts of the target.
        earlier: exchanges planned before, by step name, for ``repeat-of``.
        mark: the request's own mark, used only if it sends content.

    Returns:
        The exchange. A framing field is to be generated from ``framing`` and ``declared`` unless
        ``declared`` is None or the fields hold a literal one.
    """
    if step.repeat_of:
        return _repeat(step, earlier[step.repeat_of])
    method = step.method or _METHODS.get(step.verb, target.method)
    send = _send(step)
    sends = send != _NOTHING
    framing, declared = _framing(step, method, sends=sends)
    return PlannedExchange(
        step=step,
        method=method,
        target=_target(step, target),
        fields=_merge(_defaults(step, draft, target, sends=sends), step),
        send=send,
        at=_at(step, send),
        framing=framing,
        declared=declared,
        mark=mark if sends or step.octets or step.frames else 0,
        of=step.of or step.name,
    )


def _repeat(step: ExchangeStep, first: PlannedExchange) -> PlannedExchange:
    fields = _merge(list(first.fields), step)
    return replace(first, step=step, method=step.method or first.method, fields=fields)


def _send(step: ExchangeStep) -> Range:
    if step.send is not None:
        return step.send
    if step.verb is Verb.CREATE:
        return Range(_ZERO, _END)
    if step.verb is Verb.APPEND and isinstance(step.at, Size):
        return Range(step.at, _END)
    return _NOTHING


def _at(step: ExchangeStep, send: Range) -> Size:
    if isinstance(step.at, Size):
        return step.at
    return send.start if step.verb is Verb.APPEND else _ZERO


def _target(step: ExchangeStep, target: TargetFacts) -> Template:
    if step.to is not None:
        return step.to
    if step.of:
        return Template((Ref(step.of, "path"),))
    return Template((target.path,))


def _framing(step: ExchangeStep, method: str, *, sends: bool) -> tuple[Framing, Size | str | None]:
    if step.verb in _LITERAL:
        return Framing.RAW, None
    framing = step.framing
    if framing is None:
        framed = sends or method in _WITH_CONTENT
        framing = Framing.CONTENT_LENGTH if framed else Framing.NONE
    literal = any(name.lower() in _FRAMING_FIELDS for name, _ in step.fields)
    if literal or framing is not Framing.CONTENT_LENGTH or step.declare == "nothing":
        return framing, None
    return framing, step.declare


def _defaults(step: ExchangeStep, draft: Draft, target: TargetFacts, *, sends: bool) -> list[Line]:
    if step.verb in _LITERAL:
        return []
    lines: list[Line] = [
        ("Host", Template((target.authority,))),
        ("User-Agent", Template((USER_AGENT,))),
    ]
    own = {name.lower() for name, _ in target.fields}
    lines = [line for line in lines if line[0].lower() not in own]
    lines += [(name, Template((value,))) for name, value in target.fields]
    if step.verb in _WITH_VERSION:
        lines.append((VERSION_FIELD, Template((str(draft.number),))))
    media_type = _media_type(step, draft, target, sends=sends)
    if media_type:
        lines.append(("Content-Type", Template((media_type,))))
    return lines + _upload_fields(step, draft)


def _media_type(
    step: ExchangeStep, draft: Draft, target: TargetFacts, *, sends: bool
) -> str | None:
    match step.verb:
        case Verb.CREATE:
            return target.media_type
        case Verb.APPEND:
            return draft.append_media_type
        case Verb.REQUEST if sends:
            return target.media_type
        case _:
            return None


def _upload_fields(step: ExchangeStep, draft: Draft) -> list[Line]:
    lines: list[Line] = []
    complete = step.complete
    if complete is UNSET and step.verb in (Verb.CREATE, Verb.APPEND):
        complete = completing(step)
    if isinstance(complete, bool):
        said = complete is not draft.completeness_inverted
        lines.append((draft.completeness_field, Template(("?1" if said else "?0",))))
    if isinstance(step.at, Size):
        lines.append(("Upload-Offset", step.at))
    length = step.length
    if length is UNSET and step.verb is Verb.CREATE:
        length = _END
    if isinstance(length, Size) and draft.has("upload-length"):
        lines.append(("Upload-Length", length))
    return lines


def _merge(lines: list[Line], step: ExchangeStep) -> tuple[Line, ...]:
    """Put the step's fields over the defaults, keeping place; names compare without case."""
    merged = lines
    for name, values in step.fields:
        new: list[Line] = [(name, value) for value in values or ()]
        places = [i for i, line in enumerate(merged) if line[0].lower() == name.lower()]
        if not places:
            merged = [*merged, *new]
            continue
        kept = [line for i, line in enumerate(merged) if i not in places]
        merged = [*kept[: places[0]], *new, *kept[places[0] :]]
    return tuple(merged)
