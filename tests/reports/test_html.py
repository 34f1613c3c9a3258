"""The HTML report: one harmless file that says everything."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome
from conformance.model.result import ExchangeText
from reports.html import render, write
from reports.html.octets import Budget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.model.result import BaselineSeen, CaseResult, CheckResult, RunResult

_VOID = {"meta", "input", "br", "rect"}
_LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background", "xlink:href"}


class Page(HTMLParser):
    """Collects what matters of a page, and refuses one that is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.raw: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"script", "style"}:
            self.raw[self._open[-1]] = self.raw.get(self._open[-1], "") + data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_text_from_the_target_is_never_markup(hostile: RunResult) -> None:
    text = render(hostile)
    page = Page(text)
    assert len(page.attributes("script")) == 1
    assert "<script>alert(1)" not in text
    assert "<script>alert(1)</script> [bold]markup[/bold]" in page.text
    assert "alert" not in page.raw["script"]


def test_control_characters_never_reach_the_page(hostile: RunResult) -> None:
    text = render(hostile)
    assert not set(map(chr, range(32))) - {"\n"} & set(text)
    assert "\u202e" not in text


def test_nothing_is_loaded_and_links_lead_to_the_texts_only(hostile: RunResult) -> None:
    page = Page(render(hostile))
    assert not {"link", "img", "iframe", "object", "embed", "base", "audio", "video"} & {
        tag for tag, _ in page.elements
    }
    for _, attributes in page.elements:
        assert not _LOADING & attributes.keys()
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    links = [a["href"] or "" for a in page.attributes("a")]
    allowed = ("#", "https://datatracker.ietf.org/", "https://www.rfc-editor.org/")
    assert all(link.startswith(allowed) for link in links)
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]


def test_the_policy_names_exactly_our_script_and_style(hostile: RunResult) -> None:
    page = Page(render(hostile))
    policy = next(
        meta["content"] or ""
        for meta in page.attributes("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_ids_are_unique_and_inner_links_lead_somewhere(hostile: RunResult) -> None:
    page = Page(render(hostile))
    ids = [a["id"] or "" for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    inner = {(a["href"] or "")[1:] for a in page.attributes("a") if (a["href"] or "")[0] == "#"}
    assert inner <= set(ids)
    references = {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert references <= set(ids)


def test_headings_nest_and_tables_have_headers(hostile: RunResult) -> None:
    page = Page(render(hostile))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all("scope" in attributes for attributes in page.attributes("th"))
    assert page.attributes("html") == [{"lang": "en"}]


def test_filters_are_hidden_until_the_script_shows_them(hostile: RunResult) -> None:
    page = Page(render(hostile))
    assert all("hidden" in form for form in page.attributes("form"))
    rows = [a for a in page.attributes("tr") if a.get("class") == "row"]
    assert rows
    assert not any("hidden" in row for row in rows)


def test_a_card_tells_requirement_proof_and_command(hostile: RunResult) -> None:
    text = Page(render(hostile)).text
    for part in (
        "An append whose Upload-Offset is not the current offset is rejected with 409.",
        "Why it matters People lose data.",
        "Expected status 409",
        "seen 2/2",
        "--draft 8 --http h1 --only rufh/append/offset-mismatch/one-short",
        "3 requirements violated in drafts 6, 8.",
        "exit code 2",
        "declared by you",
    ):
        assert part in text


def test_a_failure_that_did_not_come_back_is_marked(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    case = make_case("rufh/a/b", 8, make_check("RUFH-A", Outcome.FAIL, seen="1/2"))
    assert "seen 1/2, not every time" in Page(render(make_run(case))).text


def test_cells_say_the_outcome_in_words(hostile: RunResult) -> None:
    text = render(hostile)
    cells = re.findall(r'<td class="o-([a-z-]+)"[^>]*>(?:<a [^>]*>)?([a-z-]+)', text)
    assert {"pass", "warn", "fail", "skipped", "not-observed", "not-applicable"} <= {
        outcome for outcome, _ in cells
    }
    assert all(outcome == word for outcome, word in cells)


def test_known_failures_carry_the_reason_of_the_baseline(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
    baseline: Callable[..., BaselineSeen],
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL, id="old", variant="early 2xx")
    seen = baseline(path="b.yaml", known={"old": "bug 12"}, stale=("gone",))
    case = make_case("rufh/a/b", 8, check, leftovers=1)
    text = Page(render(make_run(case, baseline=seen))).text
    assert "In the baseline bug 12" in text
    assert "gone no longer fails" in text
    assert "RUFH-A: early 2xx" in text
    assert "1 upload could not be cancelled" in text


def test_a_scenario_names_checks_with_their_labels_and_cases_apart(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    cases = [
        make_case(
            "rufh/a/b",
            8,
            make_check("RUFH-A", Outcome.PASS, id=f"rufh/a/b/{name}/wrong/RUFH-A.twice/8/{http}"),
            case=name,
            transport=http,
        )
        for name in ("near", "far")
        for http in ("h1", "h2")
    ]
    text = Page(render(make_run(*cases))).text
    assert "wrong RUFH-A.twice pass pass" in text
    assert "Case 8 h1 8 h2 near pass pass far pass pass" in text


def test_an_empty_result_can_be_told(make_run: Callable[..., RunResult]) -> None:
    assert "Nothing was judged." in Page(render(make_run(exit_code=2))).text


def test_three_thousand_cases_stay_below_five_megabytes(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    exchange = ExchangeText(step="wrong", connection=1, sent="<" * 9000, received="&" * 9000)
    cases = [
        make_case(
            f"rufh/topic/scenario-{number // 20}",
            3 + number % 5,
            *(make_check(f"REQUIREMENT-{number // 20}-{i}", Outcome.PASS) for i in range(6)),
            make_check(f"REQUIREMENT-{number // 20}", Outcome.FAIL, evidence=(0,)),
            case=f"case-{number // 5 % 4}",
            exchanges=(exchange,) if number % 2 else (),
        )
        for number in range(3000)
    ]
    text = render(make_run(*cases))
    assert len(text.encode()) < 5_000_000
    assert "Some octets are left out" in text


def test_octets_are_shown_while_there_is_room() -> None:
    budget = Budget(total=10)
    first = ExchangeText(step="a", connection=1, sent="HTTP/1.1 200", received="x" * 20)
    shown = budget.show(first)
    assert [line.text for line in shown.sent] == ["HTTP/1.1 200"]
    assert [line.text for line in shown.received] == ["[20 more characters in the JSON result]"]
    assert budget.exhausted


def test_long_octets_are_cut_without_using_up_the_room() -> None:
    budget = Budget()
    shown = budget.show(ExchangeText(step="a", connection=1, sent="x" * 4100, received=""))
    assert [len(line.text) for line in shown.sent] == [4000, 40]
    assert not budget.exhausted


def test_start_lines_and_notes_have_roles() -> None:
    sent = "PATCH /u/1 HTTP/1.1\nHost: a\n\n[10 octets of content: 0..10]"
    exchange = ExchangeText(step="a", connection=1, sent=sent, received="")
    shown = Budget().show(exchange)
    assert [line.role for line in shown.sent] == ["start", "", "", "note"]
    assert shown.received == []


def test_it_is_written_as_utf_8(tmp_path: Path, hostile: RunResult) -> None:
    path = tmp_path / "r.html"
    write(hostile, path)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>\n")
