"""What belongs together in a report, in which order, and what is said last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.model.outcome import Outcome
from conformance.model.requirement import Damage
from conformance.model.result import TargetSeen
from reports import sentence
from reports.catalogue import shipped
from reports.clean import printable, printable_lines, shorten, shorten_lines
from reports.story import Story, drafts_in_words, is_flaky, rerun

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.result import BaselineSeen, CaseResult, CheckResult, RunResult

    MakeCase = Callable[..., CaseResult]
    MakeCheck = Callable[..., CheckResult]
    MakeRun = Callable[..., RunResult]


def _story(run: RunResult) -> Story:
    return Story(run, shipped())


def test_failures_are_grouped_by_requirement_and_sorted_by_harm(hostile: RunResult) -> None:
    found = _story(hostile).failures
    assert [each.damage for each in found] == [Damage.CORRUPTION, Damage.CONFUSION, None]
    assert [each.drafts for each in found] == [[6, 8]] * 3
    assert found[-1].summary == "", "an unknown requirement is reported without words"


def test_what_showed_every_time_comes_before_what_did_not(hostile: RunResult) -> None:
    first = _story(hostile).failures[0]
    assert [each.check.seen for each in first.occurrences] == ["2/2", "1/2"]


def test_evidence_out_of_range_is_left_out(
    make_case: MakeCase, make_check: MakeCheck, make_run: MakeRun
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL, evidence=(-1, 7))
    (finding,) = _story(make_run(make_case("rufh/a/b", 8, check))).failures
    assert finding.occurrences[0].evidence == []


def test_levels_tell_in_which_drafts(
    make_case: MakeCase, make_check: MakeCheck, make_run: MakeRun
) -> None:
    cases = [
        make_case("rufh/a/b", draft, make_check("RUFH-A", Outcome.FAIL, level=level))
        for draft, level in ((6, "SHOULD"), (7, "MUST"), (8, "MUST"))
    ]
    (finding,) = _story(make_run(*cases)).failures
    assert finding.levels == {"SHOULD": [6], "MUST": [7, 8]}


def test_known_failures_stand_apart(
    make_case: MakeCase,
    make_check: MakeCheck,
    make_run: MakeRun,
    baseline: Callable[..., BaselineSeen],
) -> None:
    checks = [make_check("RUFH-A", Outcome.FAIL, id=name) for name in ("old", "new")]
    seen = baseline(path="b.yaml", known={"old": "bug 12"})
    story = _story(make_run(make_case("rufh/a/b", 8, *checks), baseline=seen))
    assert [each.occurrences[0].check.id for each in story.failures] == ["new"]
    assert [each.occurrences[0].check.id for each in story.known] == ["old"]


def test_causes_are_counted_and_cases_without_checks_are_not_lost(hostile: RunResult) -> None:
    causes = _story(hostile).causes(Outcome.INCONCLUSIVE)
    assert sorted((each.count, each.cases[0].id) for each in causes) == [
        (1, "rufh/creation/lost/8/h1"),
        (1, "rufh/z/alone/0/h1"),
    ]


def test_not_applicable_is_grouped_by_ground(
    make_case: MakeCase, make_check: MakeCheck, make_run: MakeRun
) -> None:
    checks = [
        make_check("RUFH-A", Outcome.NOT_APPLICABLE, ground=ground, cause="no limits")
        for ground in ("shown", "declared", "shown")
    ]
    causes = _story(make_run(make_case("rufh/a/b", 8, *checks))).causes(Outcome.NOT_APPLICABLE)
    assert [(each.ground, each.count) for each in causes] == [("declared", 1), ("shown", 2)]


def test_every_draft_judged_has_a_row_even_without_checks(make_run: MakeRun) -> None:
    assert _story(make_run()).by_draft()[8]["fail"] == 0


@pytest.mark.parametrize(
    ("target", "more", "command"),
    [
        (
            TargetSeen(url="https://h.example/f?a=1&b=2"),
            {"case": "short"},
            "resumable run 'https://h.example/f?a=1&b=2' --draft 8 --http h1 --only rufh/a/b/short",
        ),
        (
            TargetSeen(url="x", embedded=True),
            {},
            "resumable run --draft 8 --http h1 --only rufh/a/b",
        ),
        (
            TargetSeen(url="x", file="my target.yaml"),
            {"transport": "h2"},
            "resumable run --target 'my target.yaml' --draft 8 --http h2 --only rufh/a/b",
        ),
        (
            TargetSeen(url="$(rm -rf /)\n"),
            {},
            "resumable run '$(rm -rf /)' --draft 8 --http h1 --only rufh/a/b",
        ),
    ],
)
def test_the_rerun_command_is_quoted(
    target: TargetSeen,
    more: dict[str, str],
    command: str,
    make_case: MakeCase,
    make_run: MakeRun,
) -> None:
    case = make_case("rufh/a/b", 8, **more)
    assert " ".join(rerun(make_run(case, target=target), case)) == command


def test_a_case_without_a_draft_is_run_again_without_one(
    make_case: MakeCase, make_run: MakeRun
) -> None:
    case = make_case("rufh/a/b", 0)
    assert "--draft" not in rerun(make_run(case), case)


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        ([], "no draft"),
        ([0], "no draft"),
        ([8], "draft 8"),
        ([7, 6], "drafts 6, 7"),
        ([3, 4, 5, 8], "drafts 3-5, 8"),
        ([3, 4, 5], "drafts 3-5"),
    ],
)
def test_drafts_in_words(drafts: list[int], words: str) -> None:
    assert drafts_in_words(drafts) == words


@pytest.mark.parametrize(
    ("outcomes", "sentence_start"),
    [
        ([Outcome.FAIL, Outcome.PASS], "1 requirement violated in draft 8."),
        ([Outcome.PASS, Outcome.PASS], "No violation found in draft 8: 2 checks passed."),
        (
            [Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE],
            "No violation found in draft 8: 1 check passed, 1 warning, 1 check could not be",
        ),
        ([Outcome.ERROR, Outcome.PASS], "The suite itself failed"),
        ([Outcome.INCONCLUSIVE], "Nothing could be judged."),
        ([Outcome.NOT_APPLICABLE], "Nothing was judged."),
    ],
)
def test_the_verdict_claims_no_more_than_was_seen(
    outcomes: list[Outcome],
    sentence_start: str,
    make_case: MakeCase,
    make_check: MakeCheck,
    make_run: MakeRun,
) -> None:
    checks = [make_check("UNKNOWN", outcome) for outcome in outcomes]
    text = sentence.verdict(_story(make_run(make_case("rufh/a/b", 8, *checks))))
    assert text.startswith(sentence_start)


def test_the_verdict_says_if_the_run_is_incomplete(make_run: MakeRun) -> None:
    story = _story(make_run(stopped="Ctrl-C"))
    assert sentence.verdict(story) == "The run is incomplete. Nothing was judged."


def test_cases_that_have_neither_draft_nor_checks_are_no_row(
    make_case: MakeCase, make_run: MakeRun
) -> None:
    assert list(_story(make_run(make_case("rufh/a/b", 0))).by_draft()) == [8]


def test_the_verdict_says_if_nothing_showed_every_time(
    make_case: MakeCase, make_check: MakeCheck, make_run: MakeRun
) -> None:
    check = make_check("UNKNOWN", Outcome.FAIL, seen="1/2")
    text = sentence.verdict(_story(make_run(make_case("rufh/a/b", 8, check))))
    assert text == "1 requirement violated in draft 8, though not every time."


def test_the_verdict_of_known_failures_only(
    make_case: MakeCase,
    make_check: MakeCheck,
    make_run: MakeRun,
    baseline: Callable[..., BaselineSeen],
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL, id="old")
    seen = baseline(path="b.yaml", known={"old": ""})
    story = _story(make_run(make_case("rufh/a/b", 8, check), baseline=seen))
    assert "1 requirement violated as the baseline expects" in sentence.verdict(story)
    assert sentence.exit_reason(story) == "nothing failed that was not expected"


@pytest.mark.parametrize(
    ("outcome", "more", "reason"),
    [
        (Outcome.PASS, {}, "nothing failed"),
        (Outcome.FAIL, {"exit_code": 1}, "1 check failed"),
        (Outcome.INCONCLUSIVE, {"exit_code": 1}, "1 could not be judged"),
        (Outcome.WARN, {"exit_code": 1}, "warnings count as failures here"),
        (Outcome.ERROR, {"exit_code": 2}, "1 error of the suite itself"),
        (Outcome.PASS, {"exit_code": 2, "stopped": "Ctrl-C"}, "the run ended early: Ctrl-C"),
        (Outcome.SKIPPED, {"exit_code": 2}, "nothing was judged"),
        (Outcome.PASS, {"exit_code": 2}, "the run went wrong"),
    ],
)
def test_the_exit_code_has_a_reason(
    outcome: Outcome,
    more: dict[str, object],
    reason: str,
    make_case: MakeCase,
    make_check: MakeCheck,
    make_run: MakeRun,
) -> None:
    run = make_run(make_case("rufh/a/b", 8, make_check("RUFH-A", outcome)), **more)
    assert sentence.exit_reason(_story(run)) == reason


def test_a_baseline_is_mentioned_in_the_reason(
    make_case: MakeCase,
    make_check: MakeCheck,
    make_run: MakeRun,
    baseline: Callable[..., BaselineSeen],
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL)
    stale = baseline(path="b.yaml", stale=("a", "b"))
    run = make_run(make_case("rufh/a/b", 8, check), baseline=stale, exit_code=1)
    assert sentence.exit_reason(_story(run)) == "1 check failed, not in the baseline"
    run = make_run(baseline=stale, exit_code=3)
    assert sentence.exit_reason(_story(run)).startswith("2 of the failures")


def test_a_rerun_repeats_the_options_of_the_run(make_case: MakeCase, make_run: MakeRun) -> None:
    run = make_run(options=("--field", "Authorization: [secret]", "--scenarios", "my own"))

    command = " ".join(rerun(run, make_case("rufh/a/b", 8)))

    assert "--field 'Authorization: [secret]' --scenarios 'my own' --only rufh/a/b" in command


def test_only_a_failure_that_did_not_come_back_is_flaky(make_check: MakeCheck) -> None:
    seen = {text: is_flaky(make_check("A", Outcome.FAIL, seen=text)) for text in ("", "2/2", "1/2")}
    assert seen == {"": False, "2/2": False, "1/2": True}


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\n\tb ", "a b"),
        ("\x00\x1b[0m\x7f\x85", "\\x00\\x1b[0m\\x7f\\x85"),
        ("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"),
        ("\ud800\U000e0041\ufffe", "\\ud800\\U000e0041\\ufffe"),
        ("Größe 😀", "Größe 😀"),
    ],
)
def test_unfit_characters_become_escapes(text: str, clean: str) -> None:
    assert printable(text) == clean


def test_lines_are_kept_where_lines_matter() -> None:
    assert printable_lines("a\r\nb\rc\td") == "a\nb\\x0dc    d"
    assert shorten_lines("a\nb\nc\nd", 2, 10) == ["a", "b", "… (2 more lines)"]
    assert shorten_lines("abcdef", 2, 4) == ["abc…"]


def test_shortening_says_how_much_is_missing() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "abc … (1 more characters)"
