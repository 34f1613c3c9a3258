"""Standing rules about HTTP/2, and those about HTTP/1.1 that do not apply to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.model.transcript import CutHow, CutMade, End, Framing, Lint
from conformance.profiles.rufh import registry, standing
from conformance.profiles.rufh.standing_h2 import REQUIREMENTS
from tests.profiles.uploads import results

WELL_FORMED = "H2-RESPONSE-WELL-FORMED"
OPEN = "H2-INTERIM-OPEN"
EARLY = "H2-EARLY-RESPONSE-NO-ERROR"


def message(build: Any, status: int, *rules: str, **fields: Any) -> Any:
    lints = tuple(Lint(rule=rule, source="RFC 9113", detail="odd") for rule in rules)
    return build.message(status, version="HTTP/2", lints=lints, **fields)


def ask(build: Any, *responses: Any, **more: Any) -> Any:
    return build.exchange(f"s{len(build.exchanges)}", *responses, version="HTTP/2", **more)


def test_every_requirement_exists() -> None:
    assert [name for name in REQUIREMENTS.values() if name not in registry.load()] == []
    assert set(REQUIREMENTS.values()) <= set(standing.STANDING)


def test_proper_responses_are_found_proper(build: Any) -> None:
    ask(build, message(build, 104), message(build, 201))
    found = results(build)
    assert found[WELL_FORMED] == [True, True]
    assert found[OPEN] == [True]
    assert EARLY not in found
    assert [name for name in found if name.startswith("H1-")] == []


@pytest.mark.parametrize(
    ("rule", "requirement"),
    [
        ("duplicate-status", WELL_FORMED),
        ("uppercase-field-name", WELL_FORMED),
        ("connection-specific-field", WELL_FORMED),
        ("content-length-mismatch", WELL_FORMED),
        ("interim-ends-stream", OPEN),
        ("content-after-head", "HTTP-HEAD-NO-CONTENT"),
        ("differing-content-length", "HTTP-NO-DUPLICATE-LINES"),
    ],
)
def test_each_deviation_has_its_requirement(build: Any, rule: str, requirement: str) -> None:
    status = 104 if requirement == OPEN else 201
    ask(build, message(build, status, rule), *(() if status == 201 else (message(build, 201),)))
    found = results(build)
    assert False in found[requirement]
    assert requirement == WELL_FORMED or all(found[WELL_FORMED])


def test_what_rfc_9113_does_not_call_malformed_is_no_violation(build: Any) -> None:
    ask(build, message(build, 201, "status-code-range", "content-length-on-204"))
    assert results(build)[WELL_FORMED] == [True]


def test_what_cannot_be_read_is_not_well_formed(build: Any) -> None:
    ask(build, closing=End.MALFORMED, detail="no :status")
    found = results(build)
    assert found[WELL_FORMED] == [False]
    assert "H1-RESPONSE-STATUS-LINE" not in found


def test_deviations_of_http_1_are_not_looked_for(build: Any) -> None:
    build.exchange("up", build.message(201))
    assert WELL_FORMED not in results(build)


@pytest.mark.parametrize(("code", "holds"), [(0, True), (8, False), (1, False)])
def test_a_reset_behind_an_early_response_is_one_without_error(
    build: Any, code: int, holds: bool
) -> None:
    made = ask(build, message(build, 409), end=100, done=False)
    build.exchanges[-1] = replace(made, reset_code=code)
    assert results(build)[EARLY] == [holds]


@pytest.mark.parametrize(
    "more",
    [
        {"done": True},
        {"done": False, "framing": Framing.RAW},
        {"done": False, "closing": End.RESET},
        {"done": False, "cut": True},
    ],
)
def test_other_resets_may_have_any_code(build: Any, more: dict[str, Any]) -> None:
    begun = build.now()
    if "cut" in more:
        cut = CutMade(how=CutHow.RESET, content_handed=1, acknowledged=1, at=build.now())
        more = {**more, "cut": cut}
    made = ask(build, message(build, 409), end=100, begun=begun, **more)
    build.exchanges[-1] = replace(made, reset_code=8)
    assert EARLY not in results(build)


def test_a_response_cut_short_over_http_2_is_no_matter_of_http_1(build: Any) -> None:
    ask(build, message(build, 201), closing=End.CLOSED)
    assert "H1-RESPONSE-COMPLETE" not in results(build)
