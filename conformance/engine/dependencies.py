"""What each planned step rests on, so that a lost step takes along only what needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.plan import (
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
)
from conformance.model.scenario import ExchangeStep, ReadBackStep, RestartStep, ResumeStep, Verb
from conformance.model.values import Range, Ref, Size, Template
from conformance.profiles.rufh.verbs import completing

if TYPE_CHECKING:
    from collections.abc import Iterator

_CARRIERS = frozenset({Verb.CREATE, Verb.APPEND, Verb.REQUEST, Verb.OCTETS, Verb.FRAMES})
_RESERVED = frozenset({"", "content", "draft", "target", "self"})


def name_of(planned: PlannedStep) -> str:
    """Return the name of a planned step."""
    match planned:
        case PlannedExchange():
            return planned.step.name
        case PlannedResume():
            return planned.step.name
        case _:
            return planned.name


def names_in(planned: PlannedStep) -> tuple[str, ...]:
    """Return the names a planned step is known by, its members' included."""
    if isinstance(planned, PlannedTogether):
        return (planned.name, *(each.step.name for each in planned.exchanges))
    return (name_of(planned),)


def rests_on(planned: PlannedStep) -> tuple[str, ...]:
    """Return the steps a planned step cannot do without, in the order they are mentioned."""
    found: dict[str, None] = {}
    match planned:
        case PlannedExchange():
            found = dict.fromkeys(_exchange(planned))
        case PlannedResume():
            found = dict.fromkeys(_resume(planned.step))
        case PlannedTogether():
            found = dict.fromkeys(name for each in planned.exchanges for name in _exchange(each))
        case ReadBackStep():
            found = dict.fromkeys((planned.of, *planned.given))
        case RestartStep():
            pass
    own = _RESERVED.union(names_in(planned))
    return tuple(name for name in found if name not in own)


def _resume(step: ResumeStep) -> Iterator[str]:
    yield from (step.exchange, *step.given)
    yield from _references(step.send)


def _exchange(planned: PlannedExchange) -> Iterator[str]:
    step = planned.step
    yield from (planned.of, step.of, step.over or "", *step.given, step.repeat_of, step.after)
    for part in (planned.target, planned.send, planned.at, planned.declared):
        yield from _references(part)
    for _, value in planned.fields:
        yield from _references(value)
    for octets in step.octets:
        yield from _references(octets.text)
        yield from _references(octets.content)
    for pause in (step.cut and step.cut.after, step.hold and step.hold.at):
        yield from _references(pause)


def _references(part: object) -> Iterator[str]:
    match part:
        case Template():
            yield from (each.name for each in part.parts if isinstance(each, Ref))
        case Size():
            yield from (atom.name for _, atom in part.terms if isinstance(atom, Ref))
        case Range():
            yield from _references(part.start)
            yield from _references(part.end)


def batches(steps: tuple[PlannedStep, ...]) -> Iterator[tuple[PlannedStep, ...]]:
    """Group steps: a pipelined exchange goes out before its predecessor is answered."""
    batch: list[PlannedStep] = []
    for step in steps:
        if batch and not _pipelined(step, batch[-1]):
            yield tuple(batch)
            batch = []
        batch.append(step)
    if batch:
        yield tuple(batch)


def _pipelined(step: PlannedStep, before: PlannedStep) -> bool:
    return (
        isinstance(step, PlannedExchange)
        and step.step.pipelined
        and isinstance(before, PlannedExchange)
        and step.step.over == before.step.name
    )


def finishes(step: ExchangeStep) -> bool:
    """Tell whether a step means to complete its upload and to stay for the answer."""
    if step.cut is not None or step.leave:
        return False
    return step.send is not None if step.verb is Verb.REQUEST else completing(step)


@dataclass(frozen=True, slots=True)
class Concerned:
    """A step that has to do with an upload.

    Attributes:
        name: of the step.
        finishes: it means to complete the upload and to stay for the answer.
        carries: it may carry octets of the upload, so that its answer may tell it complete.
    """

    name: str
    finishes: bool
    carries: bool


def concerned_with(
    of: str, steps: tuple[PlannedStep, ...], before: str
) -> tuple[tuple[Concerned, ...], ...]:
    """Return the steps before one that have to do with the upload of ``of``; a race is a group."""
    found: list[tuple[Concerned, ...]] = []
    for planned in steps:
        if name_of(planned) == before:
            break
        group = tuple(_concerned(planned, of))
        if group:
            found.append(group)
    return tuple(found)


def _concerned(planned: PlannedStep, of: str) -> Iterator[Concerned]:
    match planned:
        case PlannedExchange(step=step):
            if of in {planned.of, step.name}:
                yield Concerned(step.name, finishes(step), step.verb in _CARRIERS)
        case PlannedResume(step=step, exchange=left):
            if of in {left.of, left.step.name}:
                stays = step.cut is None and completing(left.step)
                yield Concerned(step.name, stays, left.step.verb in _CARRIERS)
        case PlannedTogether():
            for each in planned.exchanges:
                yield from _concerned(each, of)
