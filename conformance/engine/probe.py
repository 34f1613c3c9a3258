"""What a server can do, learnt in seconds and without judging it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.engine.diagnosis import broken_transport
from conformance.engine.redact import Redactor
from conformance.engine.sanity import Surveyor, latency_of
from conformance.model.errors import TargetError
from conformance.model.scenario import Point
from conformance.profiles.rufh.drafts import DRAFTS, VERSION_FIELD, Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.ask import Ask
    from conformance.engine.drafts_seen import DraftTrial
    from conformance.engine.target import Target
    from conformance.model.transcript import Exchange

METHODS = ("POST", "PUT", "PATCH")
_ANNOUNCED_WITHIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProbe:
    """What was tried in one draft.

    Attributes:
        trial: discovery, an incomplete creation, retrieval and cancellation.
        whole: creation of a whole upload, its content withheld until an interim response came or
            a second had passed; what devices do.
    """

    trial: DraftTrial
    whole: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """Everything a probe saw.

    Attributes:
        url: creation URL.
        ordinary: an ordinary upload.
        latency: median seconds from a request's end to its answer.
        drafts: by number.
        methods: creation of a whole upload by method, in the newest draft announced (or known).
        expecting: the same with ``Expect: 100-continue``, content withheld.
    """

    url: str
    ordinary: Exchange
    latency: float
    drafts: Mapping[int, DraftProbe] = field(default_factory=dict)
    methods: Mapping[str, Exchange] = field(default_factory=dict)
    expecting: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a probe saw over one transport.

    Attributes:
        why_not: why the target cannot be asked over it; empty if it can.
        announced: drafts of which a 104 bore the number.
    """

    why_not: str = ""
    announced: tuple[int, ...] = ()


def spoken(probed: Probed) -> Spoken:
    """Return what a whole probe saw over its transport."""
    return Spoken(announced=tuple(sorted(_announced(probed.drafts))))


async def listen(target: Target, ask: Ask) -> Spoken:
    """Find out no more than whether uploads are announced over a transport, in every draft."""
    surveyor = Surveyor(target, ask)
    cause = broken_transport(await surveyor.ordinary())
    if cause:
        return Spoken(why_not=Redactor(target.secrets).text(cause))
    drafts = DRAFTS.values()
    found = await asyncio.gather(*(_whole(surveyor, draft) for draft in drafts))
    pairs = zip(drafts, found, strict=True)
    return Spoken(
        announced=tuple(
            draft.number for draft, whole in pairs if _first_104(whole, draft) is not None
        )
    )


async def probe(target: Target, ask: Ask) -> Probed:
    """Try everything out.

    Raises:
        TargetError: the target does not answer in HTTP.
    """
    surveyor = Surveyor(target, ask)
    ordinary = await surveyor.ordinary()
    cause = broken_transport(ordinary)
    if cause:
        raise TargetError(Redactor(target.secrets).text(cause))
    probes = await asyncio.gather(*(_draft(surveyor, draft) for draft in DRAFTS.values()))
    drafts = {each.trial.draft.number: each for each in probes}
    newest = DRAFTS[max(_announced(drafts), default=max(DRAFTS))]
    answers = await asyncio.gather(*(_by_method(surveyor, newest, name) for name in METHODS))
    exchanges = [ordinary, *(e for each in probes for e in each.trial.exchanges)]
    return Probed(
        url=target.url,
        ordinary=ordinary,
        latency=latency_of(exchanges),
        drafts=drafts,
        methods=dict(zip(METHODS, answers, strict=True)),
        expecting=await _expecting(surveyor, newest),
    )


def _announced(drafts: Mapping[int, DraftProbe]) -> list[int]:
    return [number for number, each in drafts.items() if announced(each) is not None]


def announced(probed: DraftProbe) -> float | None:
    """Return how many seconds after the header section the draft's own 104 came; None if none."""
    from_whole = _first_104(probed.whole, probed.trial.draft)
    if from_whole is not None or probed.trial.creation is None:
        return from_whole
    return _first_104(probed.trial.creation, probed.trial.draft)


def _first_104(exchange: Exchange, draft: Draft) -> float | None:
    began = exchange.request.head_at
    for interim in exchange.interims:
        told = interim.value(VERSION_FIELD) or b""
        if interim.status == 104 and told.strip() == str(draft.number).encode():
            return interim.at.at - began.at if began is not None else 0.0
    return None


async def _draft(surveyor: Surveyor, draft: Draft) -> DraftProbe:
    trial, whole = await asyncio.gather(surveyor.try_draft(draft), _whole(surveyor, draft))
    return DraftProbe(trial=trial, whole=whole)


async def _whole(surveyor: Surveyor, draft: Draft) -> Exchange:
    question = surveyor.creation_question(draft, complete=True)
    return await surveyor.follow(
        replace(question, hold={Point.INTERIM_104}, hold_at_most=_ANNOUNCED_WITHIN)
    )


async def _by_method(surveyor: Surveyor, draft: Draft, method: str) -> Exchange:
    question = surveyor.creation_question(draft, complete=True)
    return await surveyor.follow(replace(question, method=method))


async def _expecting(surveyor: Surveyor, draft: Draft) -> Exchange:
    question = surveyor.creation_question(draft, complete=True)
    return await surveyor.follow(
        replace(
            question,
            fields=(*question.fields, ("Expect", "100-continue")),
            hold={Point.INTERIM_100},
            hold_at_most=_ANNOUNCED_WITHIN,
        )
    )
