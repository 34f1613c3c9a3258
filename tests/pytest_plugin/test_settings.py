"""From options to settings."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.model.errors import SuiteError
from conformance.pytest_plugin.listing import list_shipped
from conformance.pytest_plugin.options import OPTIONS, TOLD, Wanted, read, to_tell
from conformance.pytest_plugin.suite import Suite, settings_of

URL = "http://127.0.0.1:8080/files"


def config(
    ini: dict[str, Any] | None = None, told: dict[str, Any] | None = None, **options: Any
) -> pytest.Config:
    given = {option.key: options.get(option.key) for option in OPTIONS}
    said = {option.key: None for option in OPTIONS} | (ini or {})
    like = SimpleNamespace(getoption=given.get, getini=said.get, rootpath=Path("/project"))
    if told is not None:
        like.workerinput = {TOLD: told}
    return cast("pytest.Config", like)


def wanted(**more: Any) -> Wanted:
    return read(config(**({"resumable_target": URL} | more)))


def test_an_option_wins_over_the_ini_file() -> None:
    ini = {"resumable_target": "http://ini/", "resumable_draft": ["6"]}
    found = read(config(ini, resumable_target=URL))
    assert (found.target, found.drafts) == (URL, ("6",))


def test_files_of_the_ini_file_lie_beside_it_and_those_of_options_here() -> None:
    ini = {"resumable_baseline": "known.yaml"}
    assert read(config(ini)).baseline == Path("/project/known.yaml")
    assert wanted(resumable_baseline="known.yaml").baseline == Path("known.yaml")


def test_only_a_target_makes_it_active() -> None:
    assert not read(config({"resumable_topic": ["append"]})).active
    assert wanted().active
    assert read(config(resumable_target_file="target.yaml")).active


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"resumable_topic": ["append"]}, "--resumable-topic needs a server"),
        ({"resumable_target": "embedded", "resumable_target_file": "t.yaml"}, "drop one"),
        ({"resumable_fuzz": True}, "--resumable-fuzz needs a server"),
        ({"resumable_target": URL, "resumable_fuzz_examples": "many"}, "not 'many'"),
        ({"resumable_target": URL, "resumable_fuzz_examples": "0"}, "from 1 to"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], remedy: str) -> None:
    with pytest.raises(pytest.UsageError, match=remedy):
        read(config(**options))


def test_searching_needs_hypothesis(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wanted(resumable_fuzz=True).fuzz
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert not wanted().fuzz
    with pytest.raises(pytest.UsageError, match=r"pip install 'resumable-conformance\[fuzz\]'"):
        wanted(resumable_fuzz=True)


def test_a_search_draws_as_many_trials_as_are_asked_for() -> None:
    assert wanted().fuzz_examples == 100
    assert wanted(resumable_fuzz_examples="7").fuzz_examples == 7


def test_a_worker_wants_what_the_main_process_wants() -> None:
    main = config(resumable_target=URL, resumable_target_file=Path("t.yaml"))
    worker = config(told=to_tell(main))
    assert read(worker) == read(main)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"resumable_draft": ["99"]}, "from 3 to 10"),
        ({"resumable_target": "ftp://h/"}, "http"),
        ({"resumable_target_file": "gone.yaml"}, "gone.yaml"),
        ({"resumable_baseline": "gone.yaml"}, "gone.yaml"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_says_why(options: dict[str, Any], remedy: str) -> None:
    with pytest.raises(SuiteError, match=remedy):
        Suite(wanted(**options))


def test_workers_share_the_bounds_of_a_run() -> None:
    environ = {"RESUMABLE_PARALLEL": "10", "RESUMABLE_MAX_REQUESTS": "1001"}
    alone, shared = (settings_of(wanted(), environ, workers) for workers in (1, 4))
    assert (alone.parallel, alone.max_requests, alone.max_bytes) == (10, 1001, None)
    assert (shared.parallel, shared.max_requests, shared.max_bytes) == (2, 250, None)
    assert settings_of(wanted(), environ, 100).parallel == 1


def test_a_server_that_workers_share_is_not_restarted(tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(f"url: {URL}\nrestart: [systemctl, restart, uploads]\n", encoding="utf-8")
    options = wanted(resumable_target=None, resumable_target_file=file)
    alone, shared = (settings_of(options, {}, workers).targets[0] for workers in (1, 2))
    assert "restart" in alone.declared
    assert not alone.lacks
    assert not shared.restart
    assert "restart" in shared.lacks


def test_the_embedded_server_is_meant_even_if_the_environment_names_another() -> None:
    embedded = wanted(resumable_target="embedded")
    settings = settings_of(embedded, {"RESUMABLE_URL": URL, "RESUMABLE_TARGET": "t.yaml"})
    assert settings.embedded
    assert len(settings.drafts) > 1


def test_one_version_is_judged_over_unless_more_are_asked_for() -> None:
    assert settings_of(wanted(), {}).transports == ("h1",)
    assert settings_of(wanted(resumable_http="h1,h2"), {}).transports == ("h1", "h2")
    assert settings_of(wanted(), {"RESUMABLE_HTTP": "h2"}).transports == ("h2",)


def test_there_is_a_test_for_each_version_asked_for() -> None:
    only = {"resumable_only": ["rufh/creation/in-parts"]}
    listed = list_shipped(settings_of(wanted(resumable_http="h1,h2", **only), {}), (9,))

    assert [each.name for each in listed] == [
        "rufh/creation/in-parts[draft9-h1]",
        "rufh/creation/in-parts[draft9-h2]",
    ]


def test_a_server_elsewhere_is_warned_of() -> None:
    assert len(Suite(wanted()).header()) == 1
    assert "not on this machine" in Suite(wanted(resumable_target="http://h.example/")).header()[1]


def test_drafts_told_by_another_process_are_not_asked_for() -> None:
    suite = Suite(wanted())
    suite.told((6, 8), "")
    assert suite.drafts() == (6, 8)
    suite = Suite(wanted())
    suite.told((), "nobody answers")
    with pytest.raises(SuiteError, match="nobody answers"):
        suite.drafts()
