"""Flag before environment before target file before default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.engine.settings import build
from conformance.engine.target import Target
from conformance.engine.wishes import Wishes, from_environ
from conformance.model.errors import ScenarioError, SuiteError, TargetError
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = "http://127.0.0.1:8080/"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "target.yaml"
    path.write_text(
        f"url: {LOCAL}\nmethod: PUT\ndrafts: 6\nparallel: 5\nscale: 2\n"
        "fields: {X-A: file, X-B: file}\n",
        encoding="utf-8",
    )
    return path


def test_a_flag_wins_over_the_environment_and_that_over_the_file(file: Path) -> None:
    environ = {"RESUMABLE_TARGET": str(file), "RESUMABLE_DRAFT": "7", "RESUMABLE_PARALLEL": "6"}

    settings = build(Wishes(draft=("8-9",)), environ)

    assert settings.drafts == (8, 9)
    assert settings.parallel == 6
    assert settings.scale == 2.0
    assert settings.targets[0].method == "PUT"


def test_the_file_alone_decides_what_nobody_else_does(file: Path) -> None:
    settings = build(Wishes(target=file), {})

    assert (settings.drafts, settings.parallel, settings.targets[0].url) == ((6,), 5, LOCAL)


def test_fields_of_flags_replace_those_of_the_same_name(file: Path) -> None:
    settings = build(Wishes(target=file, field=("x-a: flag", "X-C: flag")), {})

    assert settings.targets[0].fields == (("X-B", "file"), ("x-a", "flag"), ("X-C", "flag"))


def test_credentials_given_as_a_flag_are_secret() -> None:
    settings = build(Wishes(url=LOCAL, field=("Authorization: Bearer abc",)), {})

    assert "abc" in settings.targets[0].secrets


@pytest.mark.parametrize(
    ("url", "parallel"), [(LOCAL, 64), ("http://uploads.example/", 8), ("http://[::1]/", 64)]
)
def test_a_target_elsewhere_is_treated_gently(url: str, parallel: int) -> None:
    assert build(Wishes(url=url), {}).parallel == parallel


def test_without_a_target_the_embedded_ones_serve_in_every_draft() -> None:
    embedded = (Target(url=LOCAL, name="plain"), Target(url=LOCAL, name="limited"))

    settings = build(Wishes(), {}, embedded)

    assert settings.embedded
    assert settings.targets == embedded
    assert settings.drafts == tuple(DRAFTS)


def test_a_real_target_is_not_taken_to_speak_any_draft() -> None:
    assert build(Wishes(url=LOCAL), {}).drafts == ()


def test_without_any_target_there_is_nothing_to_run() -> None:
    with pytest.raises(TargetError, match="--target"):
        build(Wishes(), {})


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Wishes(url=LOCAL, draft=("11",)), "3-10"),
        (Wishes(url=LOCAL, draft=("9-3",)), "not known"),
        (Wishes(url=LOCAL, shard="0/2"), "1/4"),
        (Wishes(url=LOCAL, shard="3/2"), "1/4"),
        (Wishes(url=LOCAL, parallel=5000), "--parallel"),
        (Wishes(url=LOCAL, parallel=0), "--parallel"),
        (Wishes(url=LOCAL, scale=0.001), "--scale"),
        (Wishes(url=LOCAL, scale=0.0), "--scale"),
        (Wishes(url=LOCAL, max_bytes="lots"), "500 MiB"),
        (Wishes(url=LOCAL, http="h9"), "h1,h2"),
        (Wishes(url=LOCAL, without=("cancelation",)), "cancellation?"),
        (Wishes(url=LOCAL, without=("h1",)), "read-back"),
        (Wishes(url=LOCAL, ca="/no/such.pem"), "no file"),
        (Wishes(url=LOCAL, read_back_url="http://h/x"), "{id}"),
        (Wishes(url=LOCAL, read_back_folder="/no/such"), "no folder"),
        (Wishes(url=LOCAL, method="PO ST"), "PATCH"),
        (Wishes(url=LOCAL, field=("nocolon",)), "Name: value"),
        (Wishes(url="no-url"), "http"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_says_what_to_write(wishes: Wishes, words: str) -> None:
    with pytest.raises(SuiteError) as caught:
        build(wishes, {})

    assert words in str(caught.value)


def test_transports_come_from_the_flag_or_the_file_or_are_left_to_be_found(tmp_path: Path) -> None:
    path = tmp_path / "target.yaml"
    path.write_text(f"url: {LOCAL}\nhttp: [h2]\n", encoding="utf-8")

    assert build(Wishes(target=path), {}).transports == ("h2",)
    assert build(Wishes(target=path, http="h2,h1"), {}).transports == ("h1", "h2")
    assert build(Wishes(target=path), {"RESUMABLE_HTTP": "h1"}).transports == ("h1",)
    assert build(Wishes(url=LOCAL), {}).transports == ()


def test_a_target_file_may_leave_the_url_to_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "target.yaml"
    path.write_text("method: PUT\n", encoding="utf-8")

    target = build(Wishes(target=path, url=LOCAL), {}).targets[0]

    assert (target.url, target.method) == (LOCAL, "PUT")
    with pytest.raises(ScenarioError, match="url, here or on the command line"):
        build(Wishes(target=path), {})


def test_what_a_target_lacks_may_be_said_by_flag_and_by_file(tmp_path: Path) -> None:
    path = tmp_path / "target.yaml"
    path.write_text(f"url: {LOCAL}\nwithout: [redirects]\n", encoding="utf-8")

    wishes = Wishes(target=path, without=("cancellation",))

    assert build(wishes, {}).targets[0].lacks == {"redirects", "cancellation"}
    environ = {"RESUMABLE_WITHOUT": "cancellation, tls"}
    assert build(Wishes(url=LOCAL), environ).targets[0].lacks == {"cancellation", "tls"}


def test_an_embedded_target_can_be_told_to_lack_something_too() -> None:
    found = build(Wishes(without=("cancellation",)), {}, (Target(url=LOCAL), Target(url=LOCAL)))

    assert [target.lacks for target in found.targets] == [{"cancellation"}] * 2


def test_the_options_of_a_rerun_are_what_changes_requests_and_checks(tmp_path: Path) -> None:
    wishes = Wishes(
        url=LOCAL,
        draft=("9",),
        http="h2",
        field=("X-A: 1", "X-B: 2"),
        without=("cancellation",),
        scenarios=(tmp_path,),
        insecure=True,
        parallel=3,
    )

    assert build(wishes, {}).options == (
        *("--field", "X-A: 1", "--field", "X-B: 2", "--without", "cancellation"),
        *("--scenarios", str(tmp_path), "--insecure"),
    )


def test_a_url_that_wins_over_a_target_file_is_among_them(file: Path) -> None:
    assert build(Wishes(target=file, url="http://h.example/"), {}).options == ("http://h.example/",)
    assert build(Wishes(target=file), {}).options == ()


def test_sizes_and_methods_are_read() -> None:
    settings = build(Wishes(url=LOCAL, max_bytes="2 MiB", method="patch", shard="2/3"), {})

    assert settings.max_bytes == 2097152
    assert settings.targets[0].method == "PATCH"
    assert settings.selection.shard == (2, 3)


def test_the_environment_is_read_value_by_value() -> None:
    wishes = from_environ(
        {
            "RESUMABLE_URL": LOCAL,
            "RESUMABLE_DRAFT": "6, 8-9",
            "RESUMABLE_FIELD": "A: 1\nB: 2,3\n",
            "RESUMABLE_STRICT": "yes",
            "RESUMABLE_INSECURE": "0",
            "RESUMABLE_SCALE": "1.5",
            "RESUMABLE_SEED": "",
            "OTHER": "x",
        }
    )

    assert wishes.url == LOCAL
    assert wishes.draft == ("6", "8-9")
    assert wishes.field == ("A: 1", "B: 2,3")
    assert (wishes.strict, wishes.insecure, wishes.scale, wishes.seed) == (True, False, 1.5, None)


@pytest.mark.parametrize("name", ["PARALLEL", "SCALE", "STRICT", "MAX_REQUESTS"])
def test_a_bad_value_in_the_environment_names_its_variable(name: str) -> None:
    with pytest.raises(SuiteError, match=f"RESUMABLE_{name}"):
        from_environ({f"RESUMABLE_{name}": "maybe"})
