"""The console report: complete, calm, and never steered by the target."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from conformance.model.outcome import Outcome
from conformance.model.result import ExchangeText, TargetSeen
from conformance.profiles.rufh import registry
from reports.console import make_console, tell
from reports.progress import RunProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from conformance.model.result import BaselineSeen, CaseResult, CheckResult, RunResult


def _told(run: RunResult) -> str:
    file = io.StringIO()
    tell(run, make_console(file))
    return file.getvalue()


def test_without_a_terminal_there_are_no_escape_codes_and_no_markup(hostile: RunResult) -> None:
    text = _told(hostile)
    assert not set(map(chr, range(32))) - {"\n"} & set(text)
    assert "\u202e" not in text
    assert "\\x1b[31mred\\x1b[0m <script>alert(1)</script> [bold]markup[/bold]" in text


def test_colour_on_a_terminal_is_ours_only(hostile: RunResult) -> None:
    file = io.StringIO()
    tell(hostile, Console(file=file, force_terminal=True, width=100, color_system="standard"))
    assert "\x1b[" in file.getvalue()
    assert "\x1b[31mred" not in file.getvalue()


def test_lines_fit_the_width_but_for_words_that_must_not_be_broken(hostile: RunResult) -> None:
    long = [line for line in _told(hostile).splitlines() if len(line) > 100]
    assert all("'https://up.example/" in line and line.endswith("\\") for line in long)


def test_a_continued_command_keeps_options_and_values_together(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    case = make_case("rufh/append/offset-mismatch", 8, make_check("A", Outcome.FAIL), case="x" * 60)
    lines = [line.strip() for line in _told(make_run(case)).splitlines()]
    start = lines.index("resumable run https://up.example/files --draft 8 --http h1 \\")
    assert lines[start + 1] == f"--only rufh/append/offset-mismatch/{'x' * 60}"


def test_a_failure_tells_requirement_proof_and_command(hostile: RunResult) -> None:
    text = _told(hostile)
    for part in (
        "RISK: CORRUPTION  RUFH-APPEND-OFFSET-MISMATCH-409",
        "can lead to stored data that are wrong, or lost in silence",
        "MUST in drafts 6, 8 · 2 checks",
        "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-resumable-upload-11",
        "why   People lose data.",
        "expected  status 409",
        "seen 2/2",
        "< HTTP",
        "--draft 8 --http h1 --only rufh/append/offset-mismatch/one-short",
    ):
        assert part in text


def test_the_number_of_the_scenario_set_is_no_count(hostile: RunResult) -> None:
    assert f"· scenario set {hostile.scenario_set} ·" in _told(hostile)


def test_a_warning_tells_what_was_expected_and_what_is_tolerated(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    warned = make_check(
        "A", Outcome.WARN, expected="status 2xx", observed="423 Locked", variant="lock"
    )
    text = _told(make_run(make_case("rufh/a/b", 9, warned)))
    assert "expected status 2xx; observed 423 Locked; tolerated: lock" in text


def test_parts_come_in_the_order_of_need_and_the_verdict_last(hostile: RunResult) -> None:
    text = _told(hostile)
    parts = ["Errors of the suite", "Failures", "Warnings", "Inconclusive", "Not applicable"]
    parts += ["Checks by draft", "Summary", "exit code 2: the run ended early"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.index("corruption".upper()) < text.index("CONFUSION") < text.index("UNKNOWN")


def test_many_of_everything_stays_readable(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    cases = [
        make_case(
            f"rufh/a/s{number}",
            8,
            make_check("RUFH-RETRIEVE-NO-STORE", Outcome.FAIL, observed="x" * 5000),
            make_check(f"W{number}", Outcome.WARN),
            make_check("C", Outcome.INCONCLUSIVE, cause=f"cause {number}"),
        )
        for number in range(200)
    ]
    lines = _told(make_run(*cases)).splitlines()
    assert len(lines) < 200
    assert any("and 195 more" in line for line in lines)
    assert any("and 160 more; see the HTML report" in line for line in lines)
    assert any("188 other causes" in line for line in lines)


def test_known_failures_and_stale_entries_are_told(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
    baseline: Callable[..., BaselineSeen],
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL, id="old")
    seen = baseline(path="b.yaml", known={"old": "bug 12"}, stale=tuple("abc" * 10))
    text = _told(make_run(make_case("rufh/a/b", 8, check, leftovers=2), baseline=seen))
    for part in ("Known failures", "bug 12", "Stale in b.yaml", "and 10 more", "2 uploads could"):
        assert part in text
    assert "Failures ·" not in text


def test_much_evidence_is_cut_and_the_rest_pointed_to(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    exchange = ExchangeText(step="wrong", connection=1, sent="a\n" * 50, received="b", note="cut")
    check = make_check("RUFH-A", Outcome.FAIL, seen="1/2", provisional=True)
    case = make_case("rufh/a/b", 10, check, exchanges=(exchange,) * 5)
    text = _told(make_run(case, selection="--only x", target=TargetSeen(url="u", embedded=True)))
    for part in (
        "Conformance of the embedded reference server",
        "selected: --only x",
        "provisional",
        "seen 1/2 (not every time)",
        "wrong, connection 1: cut",
        "(36 more lines)",
        "3 exchanges more",
    ):
        assert part in text


def test_an_empty_result_can_be_told(make_run: Callable[..., RunResult]) -> None:
    assert "Nothing was judged." in _told(make_run(exit_code=2))


def test_an_encoding_without_our_dots_does_not_end_the_report(hostile: RunResult) -> None:
    octets = io.BytesIO()
    file = io.TextIOWrapper(octets, encoding="ascii")
    tell(hostile, make_console(file))
    file.flush()
    assert b"exit code 2" in octets.getvalue()


def test_progress_is_silent_without_a_terminal(
    make_case: Callable[..., CaseResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.StringIO()
    with RunProgress(make_console(file)) as progress:
        progress.expect(1)
        progress.finished(make_case("rufh/a/b", 8))
    assert file.getvalue() == ""


def test_progress_counts_failures_on_a_terminal(make_case: Callable[..., CaseResult]) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100)
    with RunProgress(console) as progress:
        progress.expect(2)
        progress.finished(make_case("rufh/a/b", 8, outcome=Outcome.FAIL))
        progress.finished(make_case("rufh/a/c", 8))
    assert "1 case failed" in file.getvalue()


def test_a_section_of_an_rfc_is_told_with_its_number(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    of_an_rfc = make_check("H1-HOST-400", Outcome.FAIL)
    of_the_draft = make_check("RUFH-APPEND-OFFSET-MISMATCH-409", Outcome.FAIL)
    text = _told(make_run(make_case("rufh/a/b", 8, of_an_rfc, of_the_draft)))
    requirements = registry.load()
    assert f"section: RFC 9112, {requirements.get('H1-HOST-400').section}" in text
    section = requirements.get("RUFH-APPEND-OFFSET-MISMATCH-409").section
    assert f"section: {section}" in text
