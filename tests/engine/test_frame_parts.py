"""Parts of a frames step become frames: values filled in, names made codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.engine.frame_parts import ready_frames
from conformance.engine.reckoning import Scope
from conformance.model.plan import Plan, TargetFacts
from conformance.model.protocols import MissingCapture
from conformance.model.scenario import ExchangeStep, FrameKind, Point
from conformance.profiles.rufh import registry
from conformance.scenario.captures import Captures
from conformance.scenario.decode import expand, loads_scenario
from conformance.scenario.planner import plan_case

if TYPE_CHECKING:
    from conformance.engine.frame_parts import ReadyFrame

TARGET = TargetFacts(
    url="https://h/u",
    path="/u",
    authority="h",
    origin="https://h",
    fields=(("Authorization", "Bearer x"),),
)


def ready(*frames: str, draft: int = 9) -> tuple[ReadyFrame, ...]:
    text = (
        "scenario: rufh/x/y\ntitle: t\ncontent: 64 KiB\nneeds: h2\nsteps:\n  - create: up\n"
        "  - frames: odd\n    of: up\n    write:\n"
        + "".join(f"      - {each}\n" for each in frames)
    ) + "    expect: [{H2-MALFORMED-REFUSED: {ends: {not: 2xx}}}]\n"
    case = expand(loads_scenario(text.encode()))[0]
    plan = plan_case(case, draft, "h2", TARGET, registry.load())
    assert isinstance(plan, Plan)
    captures = Captures(plan, lambda _: None, {"up": "https://h/u/7"}.get)
    step = case.steps[-1]
    assert isinstance(step, ExchangeStep)
    return ready_frames(step.frames, captures, Scope("odd", {}, ""), plan.content, TARGET)


def test_fields_are_filled_in_and_only_references_in_names_change_case() -> None:
    (head,) = ready(
        '{headers: {":path": $up.path, ":scheme": $target.scheme, X-Odd: [a, b], '
        "$draft.completeness: $draft.complete, $target.fields: null}}",
        draft=3,
    )
    assert head.out is not None
    assert head.out.fields == (
        (b":path", b"/u/7"),
        (b":scheme", b"https"),
        (b"X-Odd", b"a"),
        (b"X-Odd", b"b"),
        (b"upload-incomplete", b"?0"),
        (b"authorization", b"Bearer x"),
    )
    assert head.out.flags == ("END_HEADERS",)


def test_flags_that_are_named_are_all_there_are() -> None:
    (head,) = ready("{headers: {a: b}, flags: END_STREAM, pad: 3, split: 2 B}")
    assert head.out is not None
    assert (head.out.flags, head.out.pad, head.out.split) == (("END_STREAM",), 3, 2)


def test_content_is_a_range_and_never_beyond_its_end() -> None:
    some, none, beyond = ready("{data: 1 KiB..2 KiB}", "{data: nothing}", "{data: end..end + 5 B}")
    assert [each.span for each in (some, none, beyond)] == [(1024, 2048), (0, 0), (65536, 65536)]
    assert some.out is not None
    assert some.out.flags == ()


def test_names_become_codes() -> None:
    reset, goaway, settings, window = ready(
        "{rst-stream: CANCEL}",
        "{goaway: ENHANCE_YOUR_CALM}",
        "{settings: {INITIAL_WINDOW_SIZE: 1 KiB, MAX_FRAME_SIZE: 99999999999}}",
        "{window-update: 1 KiB, on: connection}",
    )
    assert [each.out.code for each in (reset, goaway) if each.out] == [8, 11]
    assert settings.out is not None
    assert settings.out.settings == ((4, 1024), (5, 0x7FFF_FFFF))
    assert window.out is not None
    assert (window.out.increment, window.out.on_connection) == (1024, True)


def test_waits_and_octets_stay_what_they_are() -> None:
    wait, ping, raw = ready("{wait: final head}", '{ping: "12345678"}', "{raw: 00 01}")
    assert (wait.out, wait.until) == (None, (Point.FINAL_HEAD,))
    assert wait.at_most is not None
    assert wait.at_most.seconds == 2.0
    assert [each.out.data for each in (ping, raw) if each.out] == [b"12345678", b"\x00\x01"]
    assert raw.out is not None
    assert raw.out.kind is FrameKind.RAW


def test_a_value_that_is_not_there_is_missed() -> None:
    with pytest.raises(MissingCapture, match="step up was not made"):
        ready("{data: 0..$up.Upload-Offset}")
