"""Standing rules: each with a transcript that breaks it and one that does not."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model.outcome import Outcome
from conformance.model.transcript import End
from conformance.profiles.rufh import registry, standing
from conformance.profiles.rufh.standing_wire import REQUIREMENTS
from tests.profiles.uploads import UPLOAD, VERSION, append, ask, create, results, retrieve


def test_every_rule_is_in_the_registry() -> None:
    assert [name for name in standing.STANDING if name not in registry.load()] == []
    assert set(REQUIREMENTS.values()) <= set(standing.STANDING)


def test_a_whole_upload_of_a_correct_server_breaks_no_rule(build: Any) -> None:
    create(build)
    retrieve(build, 100, Upload_Limit="max-size=9999, max-age=60")
    done = build.message(204, Upload_Complete="?1", sent_before=50)
    append(build, done, start=100, end=150)
    retrieve(build, 150, Upload_Complete="?1", Upload_Limit="max-age=2")
    found = results(build)
    assert {name for name, holds in found.items() if not all(holds)} == set()
    assert {"RUFH-OFFSET-NO-DECREASE", "SUITE-INTEGRITY-BEYOND-SENT"} <= found.keys()


@pytest.mark.parametrize(
    ("sent", "told", "holds"),
    [("9", "9", True), ("9", "8", False), ("9", None, False), ("09", "9", True)],
)
def test_104_repeats_the_version(build: Any, sent: str, told: str | None, holds: bool) -> None:
    fields = {} if told is None else {VERSION: told}
    ask(build, build.message(104, **fields), build.message(201), fields={VERSION: sent})
    assert results(build)["RUFH-VERSION-104-HEADER"] == [holds]


@pytest.mark.parametrize("sent", ["999", "0", '"9"', "-3"])
@pytest.mark.parametrize("seen", [True, False])
def test_no_104_to_a_version_nobody_speaks(build: Any, sent: str, seen: bool) -> None:
    responses = [build.message(104)] if seen else []
    ask(build, *responses, build.message(201), fields={VERSION: sent})
    found = results(build)
    assert found["RUFH-VERSION-NO-104-MISMATCH"] == [not seen]
    assert "RUFH-VERSION-104-HEADER" not in found


def test_no_104_without_a_version(build: Any) -> None:
    build.exchange("up", build.message(104), build.message(201))
    assert results(build)["RUFH-VERSION-NO-104-MISMATCH"] == [False]


@pytest.mark.parametrize(
    "more",
    [
        {"fields": {VERSION: ["9", "8"]}},
        {"fields": {VERSION: "9, 8"}},
        {"fields": {VERSION: "11"}},
        {"fields": {VERSION: "999"}, "method": ""},
    ],
)
def test_versions_that_prove_nothing(build: Any, more: dict[str, Any]) -> None:
    ask(build, build.message(104), build.message(201), **more)
    assert "RUFH-VERSION-NO-104-MISMATCH" not in results(build)


def test_a_version_nobody_answered_proves_nothing(build: Any) -> None:
    ask(build, closing=End.CUT, fields={VERSION: "999"})
    assert "RUFH-VERSION-NO-104-MISMATCH" not in results(build)


@pytest.mark.parametrize(
    ("fields", "holds"), [({}, False), ({"Upload_Offset": 3}, True), ({"Location": "/u"}, True)]
)
def test_a_104_has_a_purpose(build: Any, fields: dict[str, Any], holds: bool) -> None:
    ask(build, build.message(104, **fields), build.message(201))
    assert results(build)["RUFH-104-PURPOSES"] == [holds]


@pytest.mark.parametrize(("fields", "holds"), [({}, True), ({"Location": "/u/1"}, False)])
def test_a_104_of_an_append_has_no_location(
    build: Any, fields: dict[str, Any], holds: bool
) -> None:
    create(build)
    append(
        build,
        build.message(104, Upload_Offset=100, **fields),
        build.message(204, sent_before=10),
        start=100,
        end=110,
    )
    assert results(build)["RUFH-APPEND-104-NO-LOCATION"] == [holds]


@pytest.mark.parametrize(
    ("second", "final", "single", "identical", "spelling"),
    [
        ({}, {"Location": "/u/1", "Upload_Complete": "?0"}, [True], [True], [True]),
        ({"Location": "/u/1"}, {}, [False], [True], [True]),
        ({"Location": UPLOAD}, {}, [False], [True], [False]),
        ({"Location": "/u/2"}, {}, [False], [False], None),
        ({}, {"Location": "/u/2", "Upload_Complete": "?0"}, [True], [False], None),
        ({}, {"Location": "/u/2"}, [True], [False], None),
        ({}, {"Location": "/u/2", "Upload_Complete": "?1"}, [True], None, None),
    ],
)
def test_location_of_a_creation(
    build: Any,
    second: dict[str, Any],
    final: dict[str, Any],
    single: list[bool],
    identical: list[bool] | None,
    spelling: list[bool] | None,
) -> None:
    ask(
        build,
        build.message(104, Location="/u/1"),
        build.message(104, **second),
        build.message(201, **final),
    )
    found = results(build)
    assert found["RUFH-H-104-SINGLE-LOCATION"] == single
    assert found.get("RUFH-CREATE-LOCATION-IDENTICAL") == identical
    assert found.get("RUFH-CREATE-LOCATION-SPELLING") == spelling


def test_location_of_a_redirect_or_a_complete_creation_is_free(build: Any) -> None:
    ask(build, build.message(104, Location="/u/1"), build.message(307, Location="/v"))
    ask(build, build.message(104, Location="/u/2"), closing=End.CUT)
    final = build.message(201, Location="/result")
    told = build.message(104, Location="/u/3")
    ask(build, told, final, fields={"Upload-Complete": "?1"})
    assert "RUFH-CREATE-LOCATION-IDENTICAL" not in results(build)


def by_requirement(build: Any) -> dict[str, Any]:
    return {check.requirement: check for check in build.judge().checks}


def test_results_of_standing_rules(build: Any) -> None:
    build.draft = 8
    create(build)
    retrieve(build, 200)
    retrieve(build, 300)
    found = by_requirement(build)["RUFH-OFFSET-NO-DECREASE"]
    assert found.id == "rufh/test/case/standing/RUFH-OFFSET-NO-DECREASE/8/h1"
    assert (found.step, found.outcome, found.evidence) == ("", Outcome.PASS, (1, 2))
    broken = by_requirement(build)["SUITE-INTEGRITY-BEYOND-SENT"]
    assert (broken.outcome, broken.verdict) == (Outcome.FAIL, "fail")
    assert broken.observed.endswith("(and 1 more)")


def test_a_violation_that_only_informs_is_a_fact(build: Any) -> None:
    create(build)
    retrieve(build, 200)
    judgement = build.judge()
    found = by_requirement(build)["SUITE-INTEGRITY-BEYOND-SENT"]
    assert found.outcome is Outcome.PASS
    assert judgement.facts == ("SUITE-INTEGRITY-BEYOND-SENT: Upload-Offset 200 in 204 No Content",)


def test_a_rule_without_ground_in_the_draft_is_silent(build: Any) -> None:
    build.draft = 4
    create(build)
    retrieve(build, 100)
    retrieve(build, 40)
    found = by_requirement(build)
    assert "RUFH-OFFSET-NO-DECREASE" not in found
    assert found["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"].outcome is Outcome.FAIL


def test_a_bug_in_a_rule_is_an_error(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(standing, "find", broken)
    (found,) = build.judge().checks
    assert found.outcome is Outcome.ERROR
    assert "RuntimeError: oops" in found.cause
