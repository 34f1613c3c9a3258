"""Before anything is judged: does the target take uploads at all, how fast, and which drafts.

A handful of ordinary exchanges. If they show that nothing can be judged, the run ends with one
clear cause instead of hundreds of failures.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from conformance.engine.ask import Ask, Question
from conformance.engine.diagnosis import broken_transport, refused_everything
from conformance.engine.drafts_seen import (
    DraftFacts,
    DraftTrial,
    demands_length,
    drafts_to_judge,
    facts_of,
    limits_told,
)
from conformance.engine.redact import Redactor
from conformance.engine.uploads import (
    Trust,
    created_url,
    redirection,
    shows_upload,
    speaks_as_upload,
)
from conformance.model.content import Content
from conformance.model.errors import TargetError
from conformance.model.transcript import End, Exchange
from conformance.profiles.rufh.drafts import DRAFTS, VERSION_FIELD, Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.engine.target import Target


_ORDINARY = 4096
_PIECE = 1024
_USUAL_LATENCY = 0.1
_MOST_SCALE = 10.0
_REDIRECTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the exchanges before a run showed.

    Attributes:
        latency: median seconds from the end of a request to its answer.
        scale: factor on every waiting that this asks for, at least 1.
        server: the target's Server field.
        drafts: drafts to judge, with the reason.
        facts: what each draft tried out showed.
        notes: observations for people.
        refuses_ordinary: an upload that knows nothing of the protocol was refused for what it is.
    """

    latency: float
    scale: float
    server: str
    drafts: Mapping[int, str]
    facts: Mapping[int, DraftFacts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refuses_ordinary: bool = False


async def examine(target: Target, ask: Ask, *, declared: Iterable[int] = ()) -> Examined:
    """Try the target out.

    Args:
        target: what the user says about it.
        ask: makes one exchange.
        declared: drafts declared; with none, all known ones are tried.

    Raises:
        TargetError: nothing can be judged; the message says why and what to do.
    """
    wanted = tuple(declared)
    surveyor = Surveyor(target, ask)
    ordinary = await surveyor.ordinary()
    cause = broken_transport(ordinary)
    if cause:
        raise TargetError(Redactor(target.secrets).text(cause))
    candidates = [DRAFTS[number] for number in wanted] or list(DRAFTS.values())
    trials = await asyncio.gather(*(surveyor.try_draft(draft) for draft in candidates))
    creations = [trial.creation for trial in trials if trial.creation is not None]
    cause = refused_everything([ordinary, *creations])
    if cause:
        raise TargetError(Redactor(target.secrets).text(cause))
    facts = {trial.draft.number: facts_of(trial) for trial in trials}
    exchanges = [ordinary, *(each for trial in trials for each in trial.exchanges)]
    latency = latency_of(exchanges)
    return Examined(
        latency=latency,
        scale=min(_MOST_SCALE, max(1.0, latency / _USUAL_LATENCY)),
        server=_server(ordinary),
        drafts=drafts_to_judge(wanted, facts),
        facts=facts,
        notes=tuple(_notes(ordinary, facts, wanted)),
        refuses_ordinary=_refused(ordinary),
    )


def latency_of(exchanges: Iterable[Exchange]) -> float:
    """Return the median seconds from a request's last octet to its answer; 0 without any."""
    spans = [
        each.final.at.at - each.request.ended_at.at
        for each in exchanges
        if each.final is not None and each.request.ended_at is not None
    ]
    return max(0.0, median(spans)) if spans else 0.0


def _refused(exchange: Exchange) -> bool:
    """Tell whether a request was refused, and not merely put off (408, 429)."""
    final = exchange.final
    return final is not None and 400 <= final.status < 500 and final.status not in (408, 429)


def _server(exchange: Exchange) -> str:
    value = exchange.final.value("Server") if exchange.final is not None else None
    return (value or b"").decode("latin-1")[:200]


def _notes(
    ordinary: Exchange, facts: Mapping[int, DraftFacts], declared: tuple[int, ...]
) -> Iterable[str]:
    final = ordinary.final
    if final is not None and not 200 <= final.status < 300:
        yield f"an ordinary {ordinary.request.method} is answered {final.status}"
    silent = [number for number, each in sorted(facts.items()) if not each.seen]
    if declared and silent:
        yield f"declared, though no 104 bears the number: {', '.join(map(str, silent))}"
    if not declared and silent:
        listed = ", ".join(map(str, silent))
        yield f"not judged, as neither declared nor shown by a 104: draft {listed}"
    if any(each.no_cancellation for each in facts.values()):
        yield "uploads cannot be cancelled (DELETE is answered 405 or 501)"


class Surveyor:
    """Makes the exchanges a survey of a target consists of."""

    def __init__(self, target: Target, ask: Ask) -> None:
        self._target = target
        self._ask = ask
        self._trust = Trust(target.url_with("x"), target.fields, target.trusted_origins)

    @property
    def target(self) -> Target:
        """Return the target surveyed."""
        return self._target

    def content(self, size: int) -> bytes:
        """Return content of about this size, as the target wants it wrapped and limited."""
        target = self._target
        wrapped = size + len(target.prefix) + len(target.suffix)
        least, most = target.limits.get("min-size", 0), target.limits.get("max-size", wrapped)
        wrapped = max(least, min(wrapped, most))
        content = Content(seed="sanity", size=wrapped, prefix=target.prefix, suffix=target.suffix)
        return content.slice(0, wrapped)

    async def follow(self, question: Question) -> Exchange:
        """Ask, following redirects of method and content as far as a run would."""
        exchange = await self._ask(question)
        for _ in range(_REDIRECTS - 1):
            url = redirection(exchange)
            if url is None or not self._target.follow_redirects or not self._trust.trusts(url):
                break
            question = replace(question, url=url)
            exchange = await self._ask(question)
        return exchange

    def upload_question(self, fields: tuple[tuple[str, str], ...], content: bytes) -> Question:
        """Return a request that carries content to the creation URL."""
        target = self._target
        own = {name.lower() for name, _ in target.fields}
        typed: tuple[tuple[str, str], ...] = ()
        if target.media_type and "content-type" not in own:
            typed = (("Content-Type", target.media_type),)
        return Question(
            method=target.method,
            url=target.url_with(secrets.token_hex(8)),
            fields=(*typed, *target.fields, *fields),
            content=content,
        )

    async def ordinary(self) -> Exchange:
        """Make an ordinary upload, which knows nothing of resuming."""
        return await self.follow(self.upload_question((), self.content(_ORDINARY)))

    def creation_question(self, draft: Draft, *, complete: bool = False) -> Question:
        """Return a creation in a draft, of a whole upload or of its first octets."""
        marked = complete is not draft.completeness_inverted
        fields = (
            (VERSION_FIELD, str(draft.number)),
            (draft.completeness_field, "?1" if marked else "?0"),
        )
        if complete:
            content = self.content(_ORDINARY)
        else:
            content = b"" if draft.has("empty-content") else self.content(_PIECE)[:_PIECE]
        return self.upload_question(fields, content)

    async def _create(self, trial: DraftTrial) -> DraftTrial:
        """Create without a length; where the target wants to know it, with one."""
        draft = trial.draft
        question = self.creation_question(draft)
        creation = await self.follow(question)
        if not demands_length(creation, draft):
            return replace(trial, creation=creation)
        limits = limits_told((*trial.exchanges, creation), draft)
        length = max(len(self.content(_ORDINARY)), limits.get("min-size", 0))
        fields = (*question.fields, ("Upload-Length", str(length)))
        told = await self.follow(replace(question, fields=fields))
        return replace(trial, creation=told, without_length=creation)

    async def try_draft(self, draft: Draft) -> DraftTrial:
        """Discover, create, retrieve and cancel in one draft."""
        options = await self.options(draft) if draft.has("options-discovery") else None
        trial = await self._create(DraftTrial(draft=draft, options=options))
        creation = trial.creation
        if creation is None:
            return trial
        url = created_url(creation, draft, completing=False)
        if creation.end is End.REFUSED or url is None or not self._trust.trusts(url):
            return trial
        retrieval = await self.upload_request("HEAD", url, draft)
        told = retrieval.final is not None and speaks_as_upload(retrieval.final, draft)
        if not told and not shows_upload(creation, url, draft):
            return trial  # an ordinary upload was made, which is not ours to remove
        cancellation = await self.upload_request("DELETE", url, draft)
        return replace(trial, retrieval=retrieval, cancellation=cancellation)

    async def options(self, draft: Draft) -> Exchange:
        """Ask for the limits of the creation target."""
        return await self.upload_request("OPTIONS", self._target.url_with("options"), draft)

    async def upload_request(self, method: str, url: str, draft: Draft) -> Exchange:
        """Make a request without content that speaks of an upload resource or the target."""
        version = (VERSION_FIELD, str(draft.number))
        return await self._ask(
            Question(method=method, url=url, fields=(*self._target.fields, version))
        )
