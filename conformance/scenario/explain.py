"""The octets of a plan without a network: what would be sent, and what is asked of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.plan import (
    Plan,
    PlannedCheck,
    PlannedExchange,
    PlannedResume,
    PlannedTogether,
)
from conformance.model.protocols import MissingCapture
from conformance.model.scenario import OctetPart, ReadBackStep
from conformance.model.transcript import Framing
from conformance.model.values import Range, Ref, Size, Template
from conformance.scenario.captures import Captures
from conformance.scenario.checks import write_checks
from conformance.scenario.keys import default_vocabulary
from conformance.scenario.yaml_write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.plan import PlannedStep
    from conformance.profiles.rufh.registry import Registry

_FRAMING_FIELDS: Final = frozenset({"content-length", "transfer-encoding"})


def explain_plan(plan: Plan, registry: Registry) -> str:
    """Write a plan as text: each request with its octets, then what is checked and what counts.

    What is known only when steps have run stands in angle quotes.
    Generated content is told by its range.

    Args:
        plan: a case planned for a draft.
        registry: summaries of requirements.
    """
    lines = [plan.id, plan.case.scenario.title, ""]
    if plan.case.scenario.why:
        lines += [plan.case.scenario.why, ""]
    reader = _Reader(plan)
    for step in plan.steps:
        lines += [*reader.step(step), ""]
    for name, capability in plan.left_out.items():
        lines.append(f"left out: step {name} (needs {capability})")
    lines += ["checks:"]
    for check in plan.checks:
        lines += _check(check, registry)
    return "\n".join(lines) + "\n"


def _open(name: str) -> str:
    """Show a value that only a run can tell."""
    return f"\u2039{name}\u203a"


def _check(planned: PlannedCheck, registry: Registry) -> list[str]:
    row = registry.get(planned.check.requirement)
    demands = write(write_checks((planned.check,), default_vocabulary())).rstrip("\n")
    return [
        (
            f"  {planned.step}: {planned.check.requirement}, {planned.level}, "
            f"a violation counts as {planned.verdict}"
        ),
        f"    {row.summary}",
        *(f"    {line}" for line in demands.splitlines()),
    ]


class _Reader:
    """Turns planned steps into lines."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._captures = Captures(plan, lambda _: None, lambda _: None)

    def step(self, step: PlannedStep) -> Iterator[str]:
        match step:
            case PlannedExchange():
                yield from self._exchange(step)
            case PlannedTogether():
                yield f"== {step.name}: together, the {step.release} let go at once"
                for each in step.exchanges:
                    yield from self._exchange(each)
            case PlannedResume():
                yield f"== {step.step.name}: goes on with {step.step.exchange}"
                if step.step.send is not None:
                    yield self._content(step.step.send, "")
            case ReadBackStep():
                yield f"== {step.name}: what was stored by {step.of} is fetched"
            case _:
                yield f"== {step.name}: the target is killed and started again"

    def _exchange(self, planned: PlannedExchange) -> Iterator[str]:
        step = planned.step
        yield f"== {step.name}: {step.verb}{self._manner(planned)}"
        if step.octets:
            yield "".join(self._part(part) for part in step.octets)
            return
        yield f"{planned.method} {self._text(planned.target, step.name)} HTTP/{step.http}"
        for name, value in planned.fields:
            shown = self._size(value) if isinstance(value, Size) else self._text(value, step.name)
            yield f"{name}: {shown}"
        yield from self._framing(planned)
        yield ""
        if planned.framing is not Framing.NONE:
            yield self._content(planned.send, step.name)

    def _manner(self, planned: PlannedExchange) -> str:
        step = planned.step
        told = [f"on the connection of {step.over}" if step.over else ""]
        told.append(f"{step.times} times side by side" if step.times > 1 else "")
        told.append(f"mark {planned.mark}" if planned.mark else "")
        if step.hold is not None:
            told.append(f"content held until {' or '.join(step.hold.until)}")
        if step.cut is not None:
            when = f"after {step.cut.after}" if step.cut.after else f"once {step.cut.once}"
            told.append(f"cut by {step.cut.how} {when}")
        told.append("left open" if step.leave else "")
        shown = ", ".join(each for each in told if each)
        return f" ({shown})" if shown else ""

    def _framing(self, planned: PlannedExchange) -> Iterator[str]:
        literal = {name.lower() for name, _ in planned.step.fields} & _FRAMING_FIELDS
        if planned.framing is Framing.CHUNKED:
            if "transfer-encoding" not in literal:
                yield "Transfer-Encoding: chunked"
        elif planned.declared is not None and not literal:
            yield f"Content-Length: {self._declared(planned)}"

    def _declared(self, planned: PlannedExchange) -> str:
        if isinstance(planned.declared, Size):
            return self._size(planned.declared)
        try:
            start, end = self._captures.span(planned.send, planned.step.name)
            whole = self._plan.content.size - self._captures.size(planned.at, planned.step.name)
        except MissingCapture:
            return _open("what is sent" if planned.declared == "sent" else "the rest")
        return str(end - start if planned.declared == "sent" else whole)

    def _part(self, part: OctetPart) -> str:
        if part.text is not None:
            return self._text(part.text, "")
        if part.content is not None:
            return self._content(part.content, "")
        return "".join(f"\\x{octet:02x}" for octet in part.octets)

    def _content(self, send: Range, own: str) -> str:
        try:
            start, end = self._captures.span(send, own)
        except MissingCapture:
            return f"[octets {self._size(send.start)}..{self._size(send.end)}]"
        return f"[octets {start}..{end}]" if end > start else "[no content]"

    def _text(self, template: Template, own: str) -> str:
        return "".join(
            part if isinstance(part, str) else self._ref(part, own) for part in template.parts
        )

    def _ref(self, ref: Ref, own: str) -> str:
        try:
            return str(self._captures.lookup(ref, own))
        except MissingCapture:
            return _open(str(ref)[1:])

    def _size(self, size: Size) -> str:
        try:
            return str(self._captures.size(size))
        except MissingCapture:
            terms = size.terms
            if len(terms) == 1 and isinstance(terms[0][1], Ref):
                return _open(str(size)[1:])
            return _open(str(size))
