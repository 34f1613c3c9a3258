"""The matcher of resets: which frame ended a stream, and with which code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.matchers import matcher
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Scalar
from conformance.model.protocols import Look
from conformance.model.transcript import End
from conformance.syntax.wording import ending


def look_at(build: Any, code: int | None, goaway: int | None = None) -> Look:
    made = build.exchange("up", build.message(409), version="HTTP/2")
    made = build.exchanges[-1] = replace(made, reset_code=code)
    build.connections[-1] = replace(build.connections[-1], goaway=goaway)
    return Look(step="up", exchanges=(made,), exchange=made)


@pytest.mark.parametrize(
    ("code", "goaway", "value", "holds"),
    [
        (1, None, "PROTOCOL_ERROR", True),
        (1, None, ["CANCEL", "PROTOCOL_ERROR"], True),
        (1, None, "any", True),
        (1, None, "none", False),
        (1, None, {"not": "PROTOCOL_ERROR"}, False),
        (8, None, {"not": "PROTOCOL_ERROR"}, True),
        (8, None, ["NO_ERROR", "none"], False),
        (0, None, ["NO_ERROR", "none"], True),
        (None, None, ["NO_ERROR", "none"], True),
        (None, None, "any", False),
        (None, 0, "none", True),
        (None, 1, "PROTOCOL_ERROR", True),
        (None, 1, "none", False),
        (0xBE, None, "any", True),
        (0xBE, None, "PROTOCOL_ERROR", False),
    ],
)
def test_reset(build: Any, code: int | None, goaway: int | None, value: Any, holds: bool) -> None:
    assert build.match("reset", value, look_at(build, code, goaway)).holds is holds


def test_what_was_seen_is_told_with_its_frame(build: Any) -> None:
    told = build.match("reset", "none", look_at(build, 8, 11))
    assert told.expected == "reset: none"
    assert told.observed == "409 Conflict; RST_STREAM CANCEL, GOAWAY ENHANCE_YOUR_CALM"
    assert build.match("reset", "none", look_at(build, None)).observed == "409 Conflict; no reset"


def test_over_http_1_nothing_can_be_told(build: Any) -> None:
    build.exchange("up", build.message(409))
    assert build.match("reset", "none").holds is None
    assert build.match("reset", "none", Look(step="up")).holds is None


def test_unknown_codes_are_refused() -> None:
    spec = matcher("reset")
    assert spec is not None
    here = Mark(file="f", line=2, column=3)
    with pytest.raises(ScenarioError, match="reset cannot be 'CANCELLED'") as caught:
        spec.decode(Scalar("CANCELLED", here))
    assert caught.value.mark == here
    with pytest.raises(ScenarioError):
        spec.decode(Mapping(((Scalar("is"), Scalar("CANCEL")),), here))


def test_a_reset_stream_is_told_apart_from_a_reset_connection(build: Any) -> None:
    made = build.exchange("up", closing=End.RESET, version="HTTP/2")
    assert "the connection was reset" in ending(made)
    assert "the target reset the stream with CANCEL" in ending(replace(made, reset_code=8))
