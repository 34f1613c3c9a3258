"""Values that steps bring, and the plain cause where they do not."""

from __future__ import annotations

import base64

import pytest

from conformance.model.errors import InternalError
from conformance.model.node import Scalar
from conformance.model.plan import Plan, PlannedExchange, PlannedTogether, TargetFacts
from conformance.model.protocols import MissingCapture
from conformance.model.transcript import (
    End,
    Exchange,
    FieldLine,
    Framing,
    Message,
    Moment,
    SentRequest,
)
from conformance.model.values import Ref
from conformance.profiles.rufh import registry
from conformance.scenario.captures import Captures, exchanges_of
from conformance.scenario.decode import expand, loads_scenario
from conformance.scenario.planner import plan_case
from conformance.syntax.values import read_range, read_size, read_template

TARGET = TargetFacts(
    url="http://h/u", path="/u", authority="h", origin="http://h", limits={"max-size": 1000}
)
TEXT = (
    b"scenario: rufh/x/y\ntitle: t\ncontent: 100 B\nsteps:\n"
    b"  - create: up\n    send: 0..10\n    expect: [{SUITE-INTEGRITY-STORED: {status: 2xx}}]\n"
    b"  - retrieve: seen\n    of: up\n"
    b"  - append: more\n    of: up\n    at: 20\n"
    b"  - together: race\n    of: [{append: a, of: up, at: 0}, {append: b, of: up, at: 1}]\n"
)
NOW = Moment(0, 0.0)


def answer(status: int, *fields: tuple[bytes, bytes]) -> Message:
    lines = tuple(FieldLine(name, value) for name, value in fields)
    return Message(
        status=status, reason=b"", version="HTTP/1.1", fields=lines, head=b"", began=NOW, at=NOW,
        ended=NOW,
    )  # fmt: skip


def exchange(final: Message | None, handed: int = 10, at: int = 0) -> Exchange:
    request = SentRequest(
        method="POST", target="/u", url="http://h/u", version="HTTP/1.1", fields=(), head=b"",
        framing=Framing.CONTENT_LENGTH, declared=handed, handed=handed, at_offset=at,
    )  # fmt: skip
    end = End.FINAL if final is not None else End.RESET
    return Exchange(id=0, connection=0, request=request, final=final, end=end)


def captures(draft: int = 9, /, **made: Exchange) -> Captures:
    (case,) = expand(loads_scenario(TEXT))
    plan = plan_case(case, draft, "h1", TARGET, registry.load())
    assert isinstance(plan, Plan)
    urls = {"up": "http://h/files/1?k=v"}
    return Captures(plan, made.get, urls.get)


def size(text: str, found: Captures, own: str = "") -> int:
    return found.size(read_size(Scalar(text)), own)


@pytest.mark.parametrize(
    ("text", "octets"),
    [("17", 17), ("50%", 50), ("end", 100), ("-1 B", 99), ("-25%", 75), ("10 - 1 B", 9),
     ("0 - 1 B", -1), ("end + 1 B", 101)],
)  # fmt: skip
def test_sizes_count_against_the_content(text: str, octets: int) -> None:
    assert size(text, captures()) == octets


def test_a_size_takes_what_a_step_told() -> None:
    found = captures(seen=exchange(answer(200, (b"upload-offset", b"42;x"), (b"Age", b"7"))))
    assert size("$seen.Upload-Offset + 1 B", found) == 43
    assert size("$seen.Age", found) == 7
    assert size("$seen.status", found) == 200


def test_a_step_knows_what_it_sent() -> None:
    found = captures(more=exchange(None, handed=30, at=20))
    assert [size(f"$more.{part}", found) for part in ("at", "sent", "end")] == [20, 30, 50]


def test_a_step_may_speak_of_its_own_offset_before_it_is_made() -> None:
    assert size("$more.at", captures(), own="more") == 20
    with pytest.raises(MissingCapture, match="more was not made"):
        size("$more.at", captures())


@pytest.mark.parametrize(
    ("text", "span"),
    [("0..10", (0, 10)), ("all", (0, 100)), ("50%..200 B", (50, 100)), ("-1 B..end", (99, 100)),
     ("$more.at..10 B", (20, 20))],
)  # fmt: skip
def test_ranges_are_cut_off_at_the_content_and_never_run_backwards(
    text: str, span: tuple[int, int]
) -> None:
    found = captures(more=exchange(None, at=20))
    assert found.span(read_range(Scalar(text))) == span


@pytest.mark.parametrize(
    ("made", "text", "cause"),
    [
        ({}, "$seen.Upload-Offset", "step seen was not made"),
        (
            {"seen": exchange(answer(500))},
            "$seen.Upload-Offset",
            "step seen: the answer 500 carries no usable Upload-Offset",
        ),
        (
            {"seen": exchange(answer(200, (b"Upload-Offset", b"ten")))},
            "$seen.Upload-Offset",
            "no usable Upload-Offset",
        ),
        (
            {"seen": exchange(answer(200, (b"Upload-Offset", b"-1")))},
            "$seen.Upload-Offset",
            "no usable Upload-Offset",
        ),
        ({"seen": exchange(answer(204))}, "$seen.ETag", "the answer 204 carries no ETag"),
        ({"seen": exchange(answer(204, (b"ETag", b"x")))}, "$seen.ETag", "ETag is no number"),
        ({"seen": exchange(None)}, "$seen.status", "step seen: no final response"),
        ({}, "$seen.url", "step seen told no upload resource"),
    ],
)
def test_a_missing_value_says_why(made: dict[str, Exchange], text: str, cause: str) -> None:
    with pytest.raises(MissingCapture) as caught:
        size(text, captures(**made))
    assert cause in caught.value.cause


def test_texts_are_filled_in() -> None:
    found = captures(seen=exchange(answer(200, (b"ETag", b'"a"'), (b"ETag", b'"b"'))))
    text = (
        "$up.url|${up.path}/x|$up.unknown-path|$seen.ETag|$draft.number|$draft.completeness|$content.size|"
        "$target.path|$target.authority|$target.origin|$$"
    )
    assert found.text(read_template(Scalar(text))) == (
        'http://h/files/1?k=v|/files/1?k=v/x|/files/1-never-was?k=v-never-was|"a", "b"|9|Upload-Complete|100|/u|h|http://h|$'
    )


@pytest.mark.parametrize(("draft", "said"), [(3, "?0 ?1"), (9, "?1 ?0")])
def test_completeness_can_be_said_in_the_sense_of_the_draft(draft: int, said: str) -> None:
    template = read_template(Scalar("$draft.complete $draft.incomplete"))
    assert captures(draft).text(template) == said


def test_limits_of_the_target_are_sizes_if_it_told_them() -> None:
    assert size("$target.max-size + 1 B", captures()) == 1001
    with pytest.raises(MissingCapture, match="told no min-size"):
        size("$target.min-size", captures())


def test_digests_are_of_the_whole_or_of_the_request_s_own_content() -> None:
    found = captures()
    whole = base64.b64decode(str(found.lookup(Ref("content", "sha-256"))))
    own = base64.b64decode(str(found.lookup(Ref("self", "sha-256"), "up")))
    assert len(whole) == len(own) == 32
    assert whole != own
    assert found.lookup(Ref("self", "sent"), "up") == 10
    with pytest.raises(InternalError):
        found.lookup(Ref("self", "sent"))


def test_members_of_a_race_are_exchanges_too() -> None:
    (case,) = expand(loads_scenario(TEXT))
    plan = plan_case(case, 9, "h1", TARGET, registry.load())
    assert isinstance(plan, Plan)
    assert list(exchanges_of(plan)) == ["up", "seen", "more", "a", "b"]
    assert isinstance(plan.steps[0], PlannedExchange)
    assert isinstance(plan.steps[3], PlannedTogether)
