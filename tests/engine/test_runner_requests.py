"""What goes out: sizes relative to a request, fields that speak of themselves, framing."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.dependencies import batches, concerned_with, finishes, rests_on
from conformance.engine.reckoning import relative
from conformance.engine.requests import Again, Setting, prepare
from conformance.engine.setup import shortfall
from conformance.engine.uploads import Trust, origin_of, path_of
from conformance.model.node import Scalar
from conformance.model.plan import PlannedExchange
from conformance.model.scenario import Cut, ReadBackStep, ResumeStep, TogetherStep
from conformance.model.transcript import CutHow, End, Framing
from conformance.scenario.captures import Captures
from conformance.syntax.values import read_size
from conformance.syntax.wording import phrase
from tests.engine.exchanges import exchange, message


def finishing(plan: Any, before: str) -> list[tuple[str, ...]]:
    """Return who is to complete the upload before a step."""
    groups = concerned_with("up", plan.steps, before)
    meant = (tuple(each.name for each in group if each.finishes) for group in groups)
    return [names for names in meant if names]


def captures(plan: Any) -> Captures:
    return Captures(plan, lambda _: None, lambda _: "http://h/up/1")


def prepared(bench: Any, *steps: Any, again: Again | None = None, **setting: Any) -> Any:
    plan = bench.plan(steps, "http://h/files")
    planned = plan.steps[-1]
    assert isinstance(planned, PlannedExchange)
    trust = Trust(plan.target.origin, plan.target.fields, ())
    where = Setting(target=plan.target, content=plan.content, trust=trust, **setting)
    return prepare(planned, captures(plan), where, again)


def field(request: Any, name: str) -> list[bytes]:
    return [line.value for line in request.fields if line.name.decode().lower() == name]


@pytest.mark.parametrize(
    ("text", "octets"),
    [("0 B", 0), ("50%", 50), ("-1 B", 99), ("end", 100), ("end - 3 B", 97), ("1 KiB", 100)],
)
def test_a_place_to_cut_refers_to_what_the_request_sends(text: str, octets: int) -> None:
    class Nothing:
        size = staticmethod(lambda size: sum(sign * atom.count for sign, atom in size.terms))
        text = staticmethod(str)

    assert relative(read_size(Scalar(text)), 100, Nothing()) == octets


@given(count=st.integers(0, 2**40), whole=st.integers(0, 2**20), negative=st.booleans())
@settings(max_examples=60)
def test_a_place_to_cut_never_lies_outside(count: int, whole: int, negative: bool) -> None:
    class Nothing:
        size = staticmethod(lambda size: sum(sign * atom.count for sign, atom in size.terms))
        text = staticmethod(str)

    text = f"-{count} B" if negative else f"{count} B"
    assert 0 <= relative(read_size(Scalar(text)), whole, Nothing()) <= whole


def test_the_digest_of_a_requests_own_content_is_that_of_its_range_and_mark(
    bench: Any, make_step: Any
) -> None:
    bench.marks = True
    made = prepared(
        bench,
        make_step(
            "append",
            "rest",
            of="up",
            at="1 KiB",
            send="1 KiB..2 KiB",
            fields={"Content-Digest": "sha-256=:$self.sha-256:"},
        ),
        upload="http://h/up/1",
    )
    plan = bench.plan((), "http://h/files")
    digest = hashlib.sha256(plan.content.slice(1024, 2048, made.mark)).digest()
    expected = b"sha-256=:" + base64.b64encode(digest) + b":"
    assert field(made.request, "content-digest") == [expected]
    assert made.mark == 1


@pytest.mark.parametrize(
    ("keys", "declared", "length"),
    [
        ({}, 65536, [b"65536"]),
        ({"send": "0..10 B", "declare": "whole"}, 65536, [b"65536"]),
        ({"send": "0..10 B"}, 10, [b"10"]),
        ({"send": "0..10 B", "declare": "nothing"}, None, []),
        ({"send": "nothing"}, 0, [b"0"]),
        ({"framing": Framing.CHUNKED}, None, []),
        ({"framing": Framing.CHUNKED, "fields": {"Content-Length": "4"}}, None, [b"4"]),
        ({"fields": {"Content-Length": "7"}}, 7, [b"7"]),
        ({"fields": {"Content-Length": "seven"}}, None, [b"seven"]),
        ({"fields": {"Content-Length": None}}, None, []),
    ],
)
def test_the_framing_promises_what_the_step_declares(
    bench: Any, make_step: Any, keys: dict[str, Any], declared: int | None, length: list[bytes]
) -> None:
    request = prepared(bench, make_step("create", "up", **keys)).request
    assert request.declared == declared
    assert field(request, "content-length") == length


def test_another_try_at_a_new_offset_moves_field_and_content(bench: Any, make_step: Any) -> None:
    rest = make_step("append", "rest", of="up", at="1 KiB", send="$rest.at..end")
    made = prepared(bench, rest, again=Again(at=2048), upload="http://h/up/1")
    assert (made.at, made.start, made.end) == (2048, 2048, 65536)
    assert field(made.request, "upload-offset") == [b"2048"]


def test_a_foreign_upload_resource_gets_its_own_host_and_no_credentials(
    bench: Any, make_step: Any
) -> None:
    bench.facts = {"fields": (("Authorization", "Bearer x"),)}
    up = "http://other:8080/up/1"
    retrieve = make_step("retrieve", "seen", of="up")
    plan = bench.plan((retrieve,), "http://h/files")
    trust = Trust(plan.target.origin, plan.target.fields, ())
    values = Captures(plan, lambda _: None, lambda _: up)
    where = Setting(target=plan.target, content=plan.content, trust=trust, upload=up)
    made = prepare(plan.steps[0], values, where)
    assert made.url == made.request.url == up
    assert field(made.request, "host") == [b"other:8080"]
    assert field(made.request, "authorization") == []
    listed = Trust(plan.target.origin, plan.target.fields, ("http://other:8080",))
    kept = Setting(
        target=plan.target, content=plan.content, trust=trust, upload=up, cookies="node=7"
    )
    assert field(prepare(plan.steps[0], values, kept).request, "cookie") == []
    trusted = Setting(target=plan.target, content=plan.content, trust=listed, upload=up)
    assert field(prepare(plan.steps[0], values, trusted).request, "authorization") == [b"Bearer x"]


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("http://H:80/a?b", "http://h", "/a?b"),
        ("https://h", "https://h", "/"),
        ("http://[::1]:8080/x", "http://[::1]:8080", "/x"),
    ],
)
def test_origins_compare_by_scheme_host_and_port(url: str, origin: str, path: str) -> None:
    assert origin_of(url) == origin
    assert path_of(url) == path


def test_a_step_rests_on_every_step_its_values_come_from(bench: Any, make_step: Any) -> None:
    step = make_step(
        "append",
        "rest",
        of="up",
        at="$seen.Upload-Offset",
        send="$seen.Upload-Offset..$other.end",
        given=("plain",),
        fields={"X": "${third.status}"},
    )
    plan = bench.plan((step, ReadBackStep(name="stored", of="up", given=("rest",))), "http://h/f")
    assert set(rests_on(plan.steps[0])) == {"up", "seen", "other", "plain", "third"}
    assert rests_on(plan.steps[1]) == ("up", "rest")


def test_only_pipelined_followers_share_a_batch(bench: Any, make_step: Any) -> None:
    plan = bench.plan(
        (
            make_step("request", "a"),
            make_step("request", "b", over="a", pipelined=True),
            make_step("request", "c", over="b", pipelined=True),
            make_step("request", "d", over="c"),
            make_step("request", "e", over="a", pipelined=True),
        ),
        "http://h/f",
    )
    assert [len(batch) for batch in batches(plan.steps)] == [3, 1, 1]


def test_the_last_step_that_means_to_complete_counts(bench: Any, make_step: Any) -> None:
    cut = Cut(how=CutHow.RESET, after=read_size(Scalar("1 B")))
    steps = (
        make_step("create", "up", complete=True),
        make_step("append", "half", of="up", send="0..1 B", complete=False, at="0 B"),
        make_step("append", "lost", of="up", at="0 B", cut=cut),
        ReadBackStep(name="stored", of="up"),
        make_step("append", "late", of="up", at="0 B"),
    )
    plan = bench.plan(steps, "http://h/f")
    assert finishing(plan, "stored") == [("up",)]
    assert finishing(plan, "none")[-1] == ("late",)
    assert not finishes(make_step("retrieve", "x"))


def test_a_race_and_a_resumed_creation_may_complete_an_upload(bench: Any, make_step: Any) -> None:
    members = tuple(make_step("append", name, of="up", at="0 B") for name in ("a", "b"))
    steps = (
        make_step("create", "up", leave=True),
        ResumeStep(name="up-resumed", exchange="up"),
        TogetherStep(name="race", release="last octet", steps=members),
    )
    plan = bench.plan(steps, "http://h/f")
    assert finishing(plan, "race") == [("up-resumed",)]
    assert finishing(plan, "none")[-1] == ("a", "b")


def test_unknown_status_codes_have_no_words() -> None:
    assert (phrase(404), phrase(413), phrase(499)) == (
        "404 Not Found",
        "413 Content Too Large",
        "499",
    )


def test_a_step_that_was_not_made_falls_short(bench: Any, make_step: Any) -> None:
    plan = bench.plan((make_step("create", "up"),), "http://h/f")
    assert shortfall(plan.steps[0], None, None) == "it was not made"


@pytest.mark.parametrize(
    ("verb", "keys", "answered", "upload", "lack"),
    [
        ("create", {}, 201, "http://h/up", ""),
        ("create", {}, 201, None, "no upload resource was told (201 Created)"),
        ("create", {"leave": True}, None, "http://h/up", ""),
        ("create", {"leave": True}, None, None, "no upload resource was told (no final response)"),
        ("append", {"leave": True}, None, None, ""),
        ("append", {}, None, None, "no final response: nothing came in time"),
        ("cancel", {}, 404, None, "404 Not Found"),
        ("discover", {}, 200, None, ""),
        ("octets", {}, 400, None, ""),
        ("octets", {"set_up": True}, 400, None, "400 Bad Request"),
    ],
)
def test_set_up_steps_must_do_what_the_rest_needs(
    bench: Any,
    make_step: Any,
    verb: str,
    keys: dict[str, Any],
    answered: int | None,
    upload: str | None,
    lack: str,
) -> None:
    plan = bench.plan((make_step(verb, "x", to="/x", **keys),), "http://h/f")
    made = exchange(End.DEADLINE) if answered is None else exchange(final=message(answered))
    assert shortfall(plan.steps[0], made, upload) == lack
