"""Whole runs against the reference server and against servers that misbehave."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.engine.attempt import run_case
from conformance.engine.events import CaseFinished, Event, Notice, RunFinished, RunStarted
from conformance.engine.run import prepare, run
from conformance.engine.settings import RunSettings, build
from conformance.engine.target import ReadBackWish, Target
from conformance.engine.wishes import Wishes
from conformance.model.errors import ScenarioError, SuiteError, TargetError
from conformance.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.model.result import CaseResult, RunResult

FEW = ("rufh/creation/in-parts", "rufh/append/offset-mismatch")


@pytest.fixture(scope="module")
def plain() -> Iterator[Target]:
    with Embedded(restartable=False) as embedded:
        found = embedded.configurations["plain"]
        yield Target(url=found.url, read_back=ReadBackWish(url=found.read_back))


def settings(target: Target, **wishes: object) -> RunSettings:
    asked: dict[str, object] = {"only": FEW, "draft": ("6", "9"), **wishes}
    flags = Wishes(url=target.url, **asked)  # type: ignore[arg-type]  # chosen by each test
    return replace(build(flags, {}), targets=(target,))


def go(chosen: RunSettings) -> RunResult:
    return asyncio.run(run(chosen))


def without_times(results: tuple[CaseResult, ...]) -> list[tuple[object, ...]]:
    return [
        (case.id, case.outcome, [(c.id, c.outcome, c.expected, c.seen) for c in case.checks])
        for case in results
    ]


def test_a_correct_server_fails_nothing_and_results_have_a_fixed_order(plain: Target) -> None:
    result = go(settings(plain))

    assert result.exit_code == 0
    assert result.count_checks()["fail"] == 0
    assert result.target.drafts == {6: "declared", 9: "declared"}
    keys = [(case.scenario, case.case, case.draft) for case in result.results]
    assert keys == sorted(keys)
    assert {case.draft for case in result.results} == {6, 9}


def test_the_same_seed_gives_the_same_results_whatever_the_parallelism(plain: Target) -> None:
    first = go(settings(plain, seed="7"))
    again = go(settings(plain, seed="7", parallel=1))

    assert without_times(first.results) == without_times(again.results)


def test_the_drafts_are_found_out_if_none_is_declared(plain: Target) -> None:
    result = go(settings(plain, draft=None, only=("rufh/creation/in-parts",)))

    assert set(result.target.drafts.values()) == {"104 seen"}
    assert len(result.target.drafts) == 8


def test_events_tell_the_begin_each_case_and_the_end(plain: Target) -> None:
    told: list[Event] = []

    result = asyncio.run(run(settings(plain), told.append))

    assert isinstance(told[0], RunStarted)
    cases = [case for case in result.results if case.scenario != "standing"]
    assert told[0].total == len(cases)
    assert [type(event) for event in told[1:-1]] == [CaseFinished] * len(cases)
    assert told[-1] == RunFinished(result=result)


def test_a_plugin_may_run_each_case_by_itself(plain: Target) -> None:
    async def one_by_one() -> list[CaseResult]:
        prepared = await prepare(settings(plain))
        return [await run_case(case) for case in prepared.cases]

    results = asyncio.run(one_by_one())

    assert {case.outcome for case in results} == {Outcome.PASS}


def test_shards_together_are_the_whole(plain: Target) -> None:
    whole = {case.id for case in go(settings(plain)).results}
    parts = [
        {case.id for case in go(settings(plain, shard=f"{number}/2")).results} for number in (1, 2)
    ]

    assert set.union(*parts) == whole
    common = set.intersection(*parts)
    assert {case for case in whole if case.startswith("standing/")} == common


@pytest.mark.parametrize(
    ("wishes", "words"),
    [({"max_requests": 25}, "25 requests"), ({"max_bytes": "40 KiB"}, "40960 octets")],
)
def test_a_bound_ends_the_run_and_keeps_what_is_known(
    plain: Target, wishes: dict[str, object], words: str
) -> None:
    result = go(settings(plain, parallel=1, **wishes))

    assert words in result.stopped
    assert result.exit_code == 2
    assert all(case.outcome is not Outcome.ERROR for case in result.results)


def test_a_bound_too_small_for_the_first_exchanges_is_one_sentence(plain: Target) -> None:
    with pytest.raises(SuiteError, match="1 requests"):
        go(settings(plain, max_requests=1))


def test_an_interrupt_keeps_what_is_known(plain: Target) -> None:
    async def interrupted() -> RunResult:
        task: asyncio.Task[RunResult]

        def stop(event: Event) -> None:
            if isinstance(event, CaseFinished):
                task.cancel()

        task = asyncio.create_task(run(settings(plain, parallel=1), stop))
        return await task

    result = asyncio.run(interrupted())

    assert result.stopped == "interrupted"
    assert result.exit_code == 2
    assert 1 <= len(result.results) < 8


def test_known_failures_are_written_and_read(plain: Target, tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    path.write_text("rufh/creation/in-parts/whole/RUFH-GONE/9/h1: was broken\n", encoding="utf-8")

    result = go(settings(plain, baseline=path))

    assert result.baseline is not None
    assert result.baseline.stale == ("rufh/creation/in-parts/whole/RUFH-GONE/9/h1",)
    assert result.exit_code == 3


def test_nothing_selected_is_one_sentence(plain: Target) -> None:
    with pytest.raises(SuiteError, match="--list"):
        go(settings(plain, only=("rufh/no/such",)))


def test_a_mistake_in_a_scenario_of_the_users_own_has_its_place(
    plain: Target, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("scenario: mine/x/y\ntitel: x\n", encoding="utf-8")

    with pytest.raises(ScenarioError, match=r"mine\.yaml"):
        go(settings(plain, scenarios=(tmp_path,)))


def test_the_users_own_scenario_runs_beside_the_shipped_ones(plain: Target, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "scenario: rufh/mine/own\ntitle: Mine\nwhy: Because.\ncontent: 1 KiB\nsteps:\n"
        "  - create: up\n    send: all\n    complete: true\n    expect:\n"
        "      - RUFH-CREATE-COMPLETE-PROCESS: {status: 2xx}\n",
        encoding="utf-8",
    )

    result = go(settings(plain, scenarios=(tmp_path,), only=("rufh/mine",)))

    assert {case.scenario for case in result.results} == {"rufh/mine/own", "standing"}


def test_a_target_elsewhere_is_announced_before_it_is_asked() -> None:
    told: list[Event] = []
    target = Target(url="http://no-such-host.invalid/")

    with pytest.raises(TargetError):
        asyncio.run(run(settings(target), told.append))

    assert isinstance(told[0], Notice)
    assert "not on this machine" in told[0].text


def test_the_cleanup_command_runs_at_the_end_and_its_failure_is_a_notice(
    plain: Target, tmp_path: Path
) -> None:
    mark = tmp_path / "cleaned"
    touch = (sys.executable, "-c", f"open({str(mark)!r}, 'w')")

    go(settings(replace(plain, cleanup=touch)))

    told: list[Event] = []
    asyncio.run(run(settings(replace(plain, cleanup=("/no/such/program",))), told.append))

    assert mark.exists()
    assert next(event.text for event in told if isinstance(event, Notice)).startswith("cleanup")


def test_cases_that_restart_the_target_run_when_nothing_else_does(plain: Target) -> None:
    told: list[str] = []
    target = replace(plain, restart=(sys.executable, "-c", "pass"))
    crash = "rufh/lifecycle/acknowledged-octets-survive-a-crash"

    def note(event: Event) -> None:
        if isinstance(event, CaseFinished):
            told.append(event.case.scenario)

    asyncio.run(run(settings(target, only=(*FEW, crash)), note))

    restarting = [name == crash for name in told]
    assert any(restarting)
    assert restarting == sorted(restarting)


class Scripted(BaseHTTPRequestHandler):
    """Answers uploads as the test says; counts creations."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, dict[str, str]]]
    seen: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).seen.append(self.path)
        answers = type(self).answers
        status, fields = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in {"Content-Length": "0", **fields}.items():
            self.send_header(name, value)
        self.end_headers()

    do_OPTIONS = do_HEAD = do_DELETE = do_PATCH = do_POST  # noqa: N815 - names of http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def scripted() -> Iterator[type[Scripted]]:
    class Handler(Scripted):
        answers = [(200, {})]  # noqa: RUF012 - made anew for every test
        seen: list[str] = []  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Handler.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    try:
        yield Handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def url_of(handler: type[Scripted]) -> str:
    url: str = handler.url  # type: ignore[attr-defined]
    return url


def test_a_server_that_shows_no_draft_is_one_inconclusive_case(scripted: type[Scripted]) -> None:
    result = go(settings(Target(url=url_of(scripted) + "/"), draft=None))

    assert [case.outcome for case in result.results] == [Outcome.INCONCLUSIVE]
    assert "--draft" in result.results[0].cause
    assert result.exit_code == 1


def test_a_plain_server_fails_where_it_is_declared_to_resume(scripted: type[Scripted]) -> None:
    target = Target(url=url_of(scripted) + "/")

    result = go(settings(target, draft=("6",), only=("rufh/creation/in-parts",)))

    assert result.exit_code == 1
    failed = [check for check in result.results[0].checks if check.outcome is Outcome.FAIL]
    assert {check.seen for check in failed} == {"2/2"}


@pytest.fixture
def one_creation(tmp_path: Path) -> dict[str, object]:
    """Wishes that select a scenario which makes a single request."""
    (tmp_path / "one.scenario.yaml").write_text(
        "scenario: rufh/own/one\ntitle: A title\nwhy: A reason.\ncontent: 4 KiB\n"
        "steps:\n  - create: up\n"
        "    expect:\n      - RUFH-CREATE-COMPLETE-PROCESS: {status: 2xx}\n",
        encoding="utf-8",
    )
    return {"draft": ("9",), "only": ("rufh/own/one",), "scenarios": (tmp_path,), "http": "h1"}


def test_a_server_that_asks_to_slow_down_gets_one_more_try(
    scripted: type[Scripted], one_creation: dict[str, object]
) -> None:
    chosen = settings(Target(url=url_of(scripted) + "/{unique}"), **one_creation)

    async def scenario() -> CaseResult:
        prepared = await prepare(chosen)
        scripted.answers[:] = [(429, {"Retry-After": "0"})]
        scripted.seen.clear()
        return await run_case(prepared.cases[0])

    result = asyncio.run(scenario())

    creations = [path for path in scripted.seen if path != "/"]
    assert len(creations) == 2
    assert len(set(creations)) == 2  # each run has a creation URL of its own
    assert result.outcome is Outcome.INCONCLUSIVE


def test_a_server_that_asks_to_wait_too_long_is_not_asked_again(
    scripted: type[Scripted], one_creation: dict[str, object]
) -> None:
    chosen = settings(Target(url=url_of(scripted) + "/"), **one_creation)

    async def scenario() -> CaseResult:
        prepared = await prepare(chosen)
        scripted.answers[:] = [(503, {"Retry-After": "3600"})]
        scripted.seen.clear()
        return await run_case(prepared.cases[0])

    result = asyncio.run(scenario())

    assert len(scripted.seen) == 1
    assert result.outcome is Outcome.INCONCLUSIVE


def test_a_lost_set_up_is_tried_once_more_and_then_inconclusive(scripted: type[Scripted]) -> None:
    target = Target(url=url_of(scripted) + "/")
    chosen = settings(target, draft=("9",), only=("rufh/append/offset-mismatch/behind",))

    async def scenario() -> CaseResult:
        prepared = await prepare(chosen)
        scripted.answers[:] = [(500, {})]
        scripted.seen.clear()
        return await run_case(prepared.cases[0])

    result = asyncio.run(scenario())

    assert len(scripted.seen) == 2
    assert result.outcome is Outcome.INCONCLUSIVE
    assert "500" in result.cause


def test_secrets_are_in_no_result(scripted: type[Scripted]) -> None:
    secret = "very-secret-token"
    scripted.answers[:] = [(200, {"X-Echo": f"Bearer {secret}", "Server": secret})]
    target = build(
        Wishes(url=url_of(scripted) + "/", field=(f"Authorization: Bearer {secret}",)), {}
    ).targets[0]

    result = go(settings(target, draft=("6",), only=("rufh/creation/whole-in-one",)))

    assert result.results[0].exchanges
    assert secret not in repr(result)


def test_a_target_that_dies_during_the_run_ends_it_with_one_cause() -> None:
    with Embedded(restartable=False) as embedded:
        target = Target(url=embedded.configurations["plain"].url)
        chosen = settings(target, only=(), draft=("6", "8", "9"), parallel=8, http="h1")

        def kill(event: Event) -> None:
            if isinstance(event, RunStarted):
                embedded.close()

        result = asyncio.run(run(chosen, kill))

    assert "no longer answers" in result.stopped
    assert result.exit_code == 2
    assert len(result.results) < 100


def test_standing_rules_that_held_are_told_once_for_the_run(plain: Target) -> None:
    """A case tells only those that are broken, so that two runs of one seed are the same."""
    result = go(settings(plain))

    cases = {case.id: case for case in result.results}
    held = {
        check.requirement
        for check in cases["standing/9/h1"].checks
        if check.outcome is Outcome.PASS
    }
    assert {"RUFH-VERSION-104-HEADER", "H1-RESPONSE-STATUS-LINE"} <= held
    assert all(
        check.step
        for case in result.results
        if case.scenario != "standing"
        for check in case.checks
    )
