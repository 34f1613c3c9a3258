"""The octets or frames of a plan without a network, and what is asked of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.plan import (
    Plan,
    PlannedCheck,
    PlannedExchange,
    PlannedResume,
    PlannedTogether,
)
from conformance.model.scenario import ReadBackStep
from conformance.model.transcript import Framing
from conformance.model.values import Size
from conformance.scenario.checks import write_checks
from conformance.scenario.explain_h2 import literal_frames, message_frames
from conformance.scenario.keys import default_vocabulary
from conformance.scenario.shown import Shown
from conformance.scenario.yaml_write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.plan import PlannedStep
    from conformance.profiles.rufh.registry import Registry

_FRAMING_FIELDS: Final = frozenset({"content-length", "transfer-encoding"})


def explain_plan(plan: Plan, registry: Registry) -> str:
    """Write a plan as text: each request with its octets or frames, then what is checked.

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
        self._shown = Shown(plan)

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
                    yield self._shown.content(step.step.send, "")
            case ReadBackStep():
                yield f"== {step.name}: what was stored by {step.of} is fetched"
            case _:
                yield f"== {step.name}: the target is killed and started again"

    def _exchange(self, planned: PlannedExchange) -> Iterator[str]:
        step = planned.step
        yield f"== {step.name}: {step.verb}{self._manner(planned)}"
        if step.octets:
            yield "".join(self._shown.part(part) for part in step.octets)
            return
        if step.frames:
            yield from literal_frames(step.frames, step.name, self._plan.target, self._shown)
            return
        if self._plan.transport == "h2":
            yield from message_frames(planned, self._plan.target, self._shown)
            return
        yield from self._octets(planned)

    def _octets(self, planned: PlannedExchange) -> Iterator[str]:
        step = planned.step
        yield f"{planned.method} {self._shown.text(planned.target, step.name)} HTTP/{step.http}"
        for name, value in planned.fields:
            shown = (
                self._shown.size(value)
                if isinstance(value, Size)
                else self._shown.text(value, step.name)
            )
            yield f"{name}: {shown}"
        yield from self._framing(planned)
        yield ""
        if planned.framing is not Framing.NONE:
            yield self._shown.content(planned.send, step.name)

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
        if step.window is not None:
            told.append(f"its window is {self._shown.size(step.window)} octets")
        told.append("left open" if step.leave else "")
        shown = ", ".join(each for each in told if each)
        return f" ({shown})" if shown else ""

    def _framing(self, planned: PlannedExchange) -> Iterator[str]:
        literal = {name.lower() for name, _ in planned.step.fields} & _FRAMING_FIELDS
        if planned.framing is Framing.CHUNKED:
            if "transfer-encoding" not in literal:
                yield "Transfer-Encoding: chunked"
        elif planned.declared is not None and not literal:
            yield f"Content-Length: {self._shown.declared(planned)}"
