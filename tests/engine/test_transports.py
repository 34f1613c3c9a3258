"""Which HTTP versions a target is judged over: those asked for, or those it turns out to speak."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.engine.run import prepare, run
from conformance.engine.sanity import Examined, examine
from conformance.engine.settings import RunSettings, build
from conformance.engine.survey import survey
from conformance.engine.transports import parse_transports, why_not_h2
from conformance.engine.wishes import Wishes
from conformance.engine.world import Counters
from conformance.engine.worlds import world_of
from conformance.model.errors import SuiteError, TargetError
from conformance.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from conformance.engine.ask import Ask
    from conformance.engine.target import Target
    from conformance.model.result import RunResult

    Listening = Callable[..., AbstractAsyncContextManager[int]]

ONE = ("rufh/creation/in-parts",)
LOCAL = "http://127.0.0.1:1/"


@pytest.fixture(scope="module")
def plain() -> Iterator[Target]:
    with Embedded(restartable=False) as embedded:
        yield as_target(embedded.configurations["plain"])


@pytest.fixture(scope="module")
def secure() -> Iterator[Target]:
    with Embedded(restartable=False, tls=True) as embedded:
        yield as_target(embedded.configurations["plain"])


def settings(target: Target, **wishes: object) -> RunSettings:
    asked: dict[str, object] = {"only": ONE, "draft": ("9",), **wishes}
    chosen = build(Wishes(url=target.url, **asked), {})  # type: ignore[arg-type]  # chosen by tests
    return replace(chosen, targets=(target,))


def go(chosen: RunSettings) -> RunResult:
    return asyncio.run(run(chosen))


async def old_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request of HTTP/1.1 with 204 and nothing else with anything."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"PRI "):
        writer.write(b"HTTP/1.1 505 Not This\r\nContent-Length: 0\r\n\r\n")
    else:
        writer.write(b"HTTP/1.1 204 Done\r\nServer: old\r\nConnection: close\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("h1",), ("h1",)),
        (("h2,h1",), ("h1", "h2")),
        (("h2", "h2"), ("h2",)),
        ((" h2 ,",), ("h2",)),
    ],
)
def test_transports_are_read_in_our_order(texts: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert parse_transports(texts) == found


@pytest.mark.parametrize("text", ["h3", "", ",", "h1,h9", "http/2"])
def test_an_unknown_transport_is_told_with_the_known_ones(text: str) -> None:
    with pytest.raises(SuiteError, match="h1,h2"):
        parse_transports((text,))


@pytest.mark.parametrize("kind", ["plain", "secure"])
def test_http_2_is_found_with_prior_knowledge_and_by_alpn(
    kind: str, request: pytest.FixtureRequest
) -> None:
    target: Target = request.getfixturevalue(kind)

    async def scenario() -> str:
        return await why_not_h2(world_of(target, Counters()), target.url, 1.0)

    assert asyncio.run(scenario()) == ""


@pytest.mark.parametrize("kind", ["plain", "secure"])
def test_by_default_a_target_is_judged_over_what_it_speaks(
    kind: str, request: pytest.FixtureRequest
) -> None:
    target = replace(request.getfixturevalue(kind), transports=())

    result = go(settings(target))

    assert result.target.transports == ("h1", "h2")
    names = {case.id for case in result.results}
    assert names == {f"{each}/9/{http}" for each in (ONE[0], "standing") for http in ("h1", "h2")}
    assert {case.outcome for case in result.results} == {Outcome.PASS}


@pytest.mark.parametrize("transport", ["h1", "h2"])
def test_one_version_may_be_asked_for(plain: Target, transport: str) -> None:
    result = go(settings(plain, http=transport))

    assert result.target.transports == (transport,)
    assert {case.transport for case in result.results} == {transport}


def test_a_server_without_http_2_is_judged_over_http_1_and_the_report_says_why(
    plain: Target, listening: Listening
) -> None:
    async def scenario() -> RunResult:
        async with listening(old_server) as port:
            url = f"http://127.0.0.1:{port}/"
            return await run(settings(replace(plain, url=url, read_back=None, transports=())))

    result = asyncio.run(scenario())

    assert result.target.transports == ("h1",)
    assert {case.transport for case in result.results} == {"h1"}
    assert any(fact.startswith("not judged over HTTP/2: ") for fact in result.target.facts)


def test_asking_for_http_2_where_there_is_none_is_one_clear_error(
    plain: Target, listening: Listening
) -> None:
    async def scenario() -> None:
        async with listening(old_server) as port:
            url = f"http://127.0.0.1:{port}/"
            await prepare(settings(replace(plain, url=url), http="h1,h2"))

    with pytest.raises(TargetError, match=r"cannot be judged over HTTP/2: .*--http"):
        asyncio.run(scenario())


@pytest.mark.parametrize("http", [None, "h2", "h1,h2"])
def test_a_server_that_is_not_there_is_told_as_such(http: str | None) -> None:
    with pytest.raises(TargetError, match="cannot be reached"):
        asyncio.run(prepare(build(Wishes(url=LOCAL, http=http, only=ONE), {})))


def lose_announcements(monkeypatch: pytest.MonkeyPatch, silent: tuple[int, ...]) -> None:
    """Make it seem as if the 104s of some drafts did not get through HTTP/2."""
    calls = itertools.count()

    async def fewer(target: Target, ask: Ask, *, declared: tuple[int, ...]) -> Examined:
        found = await examine(target, ask, declared=declared)
        if next(calls) == 0:  # HTTP/1.1 comes first
            return found
        facts = {
            number: replace(each, seen=each.seen and number not in silent)
            for number, each in found.facts.items()
        }
        drafts = {number: why for number, why in found.drafts.items() if number not in silent}
        return replace(found, facts=facts, drafts=drafts)

    monkeypatch.setattr("conformance.engine.survey.examine", fewer)


def test_a_draft_shown_over_one_version_only_is_judged_over_that_one(
    plain: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_announcements(monkeypatch, (9, 10))

    result = go(settings(plain, draft=None))

    assert {case.draft for case in result.results if case.transport == "h2"} == {3, 4, 5, 6, 7, 8}
    assert {case.draft for case in result.results if case.transport == "h1"} == set(range(3, 11))
    assert result.target.drafts[8] == "104 seen"
    assert result.target.drafts[9] == "104 seen, over HTTP/1.1 only"
    told = "draft 9, 10: a 104 bears the number over HTTP/1.1, none does over HTTP/2"
    assert told in result.target.facts


@pytest.mark.parametrize(("http", "extra"), [(None, 0), ("h1,h2", 1)])
def test_a_version_that_shows_no_draft_at_all_is_inconclusive_only_if_asked_for(
    plain: Target, monkeypatch: pytest.MonkeyPatch, http: str | None, extra: int
) -> None:
    lose_announcements(monkeypatch, tuple(range(3, 11)))

    result = go(settings(replace(plain, transports=()), draft=None, http=http))

    lost = [case for case in result.results if case.id == "suite/sanity/draft/h2"]
    assert len(lost) == extra
    assert {case.outcome for case in lost} <= {Outcome.INCONCLUSIVE}
    told = [case for case in result.results if case.scenario != "standing"]
    assert len([case for case in told if case.transport == "h1"]) == 8


def test_what_is_noted_over_both_versions_is_told_once(plain: Target) -> None:
    result = go(settings(replace(plain, lacks=frozenset({"cancellation"})), draft=("9",)))

    assert len(result.target.facts) == len(set(result.target.facts))


def test_both_versions_of_a_target_share_what_keeps_restarts_apart(plain: Target) -> None:
    async def scenario() -> list[int]:
        surveyed = await survey(settings(plain), Counters())
        return [id(site.stations[0].world) for site in surveyed.sites]

    worlds = asyncio.run(scenario())

    assert len(worlds) == 2
    assert len(set(worlds)) == 1
