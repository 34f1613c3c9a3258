"""A probe tells in plain sentences what a server can do, and what devices would live through."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.engine.asking import asker
from conformance.engine.probe import Spoken, announced, listen, probe, spoken
from conformance.engine.probe_words import sentences, spans
from conformance.engine.target import Target
from conformance.engine.world import Counters
from conformance.engine.worlds import world_of
from conformance.model.errors import TargetError
from conformance.model.transcript import End, Exchange, Framing, Message, Moment
from tests.engine.exchanges import exchange, message, request

if TYPE_CHECKING:
    from conformance.engine.ask import Ask, Question

URL = "http://127.0.0.1:9/up"


def answered(
    question: Question, status: int, *interims: Message, fields: dict[str, str] | None = None
) -> Exchange:
    asked = request(
        question.method,
        question.url,
        framing=Framing.CONTENT_LENGTH,
        declared=0,
        head_at=Moment(0, 0.0),
        ended_at=Moment(5, 0.010),
    )
    final = message(status, fields, at=Moment(9, 0.014), sent_before=10)
    return exchange(End.FINAL, final, request=asked, interims=interims, interims_seen=len(interims))


def server(draft: str = "", *, refuses: tuple[str, ...] = ()) -> Ask:
    """A target that announces one draft and refuses requests that bear some numbers."""

    async def ask(question: Question) -> Exchange:
        version = dict(question.fields).get("Upload-Draft-Interop-Version", "")
        if version in refuses:
            return answered(question, 400)
        if question.method == "DELETE":
            return answered(question, 405)
        if version == draft and version and question.method in {"POST", "PUT"}:
            told = {"Upload-Draft-Interop-Version": version, "Location": "/u/1"}
            limits = {"Upload-Limit": "max-size=1048576, max-age=60"}
            early = message(104, told, at=Moment(1, 0.002))
            return answered(question, 201, early, fields=limits)
        return answered(question, 405 if question.method == "PATCH" else 200)

    return ask


def told_by(ask: Ask) -> str:
    return "\n".join(sentences(asyncio.run(probe(Target(url=URL), ask))))


def test_an_announced_draft_is_told_with_its_moment_and_limits() -> None:
    text = told_by(server("6"))

    assert "Draft 6 (-04, -05): announced with a 104 after 2.0 ms, before any content." in text
    assert "Draft 3-5, 7-10: no 104 bears the number" in text
    assert "Limits in draft 6: max-size 1 MiB." in text
    assert "answers take about 4.0 ms" in text


def test_every_transport_is_told_with_the_drafts_announced_over_it() -> None:
    async def asked() -> dict[str, Spoken]:
        first = spoken(await probe(Target(url=URL), server("6")))
        return {"h1": first, "h2": await listen(Target(url=URL), server())}

    text = "\n".join(
        sentences(asyncio.run(probe(Target(url=URL), server("6"))), transports=asyncio.run(asked()))
    )

    assert "HTTP/1.1: spoken; a 104 is seen in draft 6; what follows was seen over it." in text
    assert "HTTP/2: spoken; no 104 is seen." in text


def test_a_transport_that_is_not_spoken_is_told_with_the_cause() -> None:
    seen = {"h1": Spoken(announced=(6,)), "h2": Spoken(why_not="by ALPN it chose http/1.1")}
    probed = asyncio.run(probe(Target(url=URL), server("6")))

    told = list(sentences(probed, transports=seen))

    assert "HTTP/2: not spoken (by ALPN it chose http/1.1)." in told


def test_methods_and_cancellation_are_told() -> None:
    text = told_by(server("8"))

    assert "POST 201, PUT 201, PATCH 405" in text
    assert "Cancelling it: 405 in draft 8." in text


def test_each_generation_of_devices_has_its_own_experience() -> None:
    text = told_by(server("6", refuses=("3",)))

    assert "iOS 17, macOS 14 (draft 3): uploads fail: the request is refused with 400." in text
    assert "iOS 18.0, macOS 15.0 (draft 5): uploads work as ordinary ones" in text
    assert "iOS 18.1, macOS 15.1 and later (draft 6): uploads resume where they broke off." in text


def test_a_plain_server_has_no_upload_resources() -> None:
    text = told_by(server())

    assert "Draft 3-10: no 104" in text
    assert "Asking for the offset of a new upload: not possible" in text
    assert "Expect: 100-continue is not answered" in text


def test_drafts_that_are_not_spoken_are_not_spoken_of() -> None:
    async def ask(question: Question) -> Exchange:
        version = dict(question.fields).get("Upload-Draft-Interop-Version", "")
        if version == "9":
            return await server("9")(question)
        told = {"Location": "/objects/1", "Upload-Limit": "max-size=5"}
        return answered(question, 200, fields=told)

    text = told_by(ask)

    assert "Limits in draft 9: max-size 1 MiB, max-age 60 s." in text
    assert "Asking for the offset of a new upload: 200 in draft 9." in text
    assert "Cancelling it: 405 in draft 9." in text


@pytest.mark.parametrize(
    ("state", "asked"),
    [({}, {"HEAD"}), ({"Upload-Offset": "0"}, {"HEAD", "DELETE"})],
)
def test_what_an_ordinary_upload_made_is_not_cancelled(
    state: dict[str, str], asked: set[str]
) -> None:
    seen: set[str] = set()

    async def ask(question: Question) -> Exchange:
        if question.url.endswith("/objects/1"):
            seen.add(question.method)
        made = {"Location": "/objects/1"} if question.method == "POST" else state
        return answered(question, 200, fields=made)

    text = told_by(ask)

    assert seen == asked
    assert ("not possible, no upload resource was told" in text) is (not state)


def test_missing_credentials_are_named_as_such() -> None:
    async def ask(question: Question) -> Exchange:
        return answered(question, 401)

    assert "credentials are missing" in told_by(ask)


def test_a_way_to_read_back_is_told() -> None:
    probed = asyncio.run(probe(Target(url=URL), server("9")))

    assert "What it stores can be checked: files in /srv." in list(
        sentences(probed, "files in /srv")
    )
    assert any("--read-back-url" in line for line in sentences(probed))


def test_a_104_of_another_draft_does_not_count() -> None:
    probed = asyncio.run(probe(Target(url=URL), server("6")))
    other = dataclasses.replace(probed.drafts[5], whole=probed.drafts[6].whole)

    assert announced(probed.drafts[6]) == pytest.approx(0.002)
    assert announced(other) is None


def test_nothing_that_speaks_http_is_one_cause() -> None:
    async def ask(question: Question) -> Exchange:
        found = answered(question, 200)
        return dataclasses.replace(found, final=None, end=End.REFUSED, detail="refused")

    with pytest.raises(TargetError, match="cannot be reached"):
        asyncio.run(probe(Target(url=URL), ask))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((), ""), ((3,), "3"), ((3, 4, 5), "3-5"), ((3, 5, 6, 9), "3, 5-6, 9")],
)
def test_numbers_are_written_as_spans(numbers: tuple[int, ...], text: str) -> None:
    assert spans(numbers) == text


def test_the_reference_server_speaks_every_draft_over_the_wire() -> None:
    async def scenario(url: str) -> list[str]:
        target = Target(url=url)
        ask = asker(world_of(target, Counters()), scale=1.0)
        return list(sentences(await probe(target, ask)))

    with Embedded(restartable=False) as embedded:
        lines = asyncio.run(scenario(embedded.configurations["limited"].url))

    assert sum("announced with a 104" in line for line in lines) == 8
    assert sum("uploads resume where they broke off" in line for line in lines) == 3
    assert any("max-size 1 MiB" in line for line in lines)
