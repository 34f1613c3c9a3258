"""What each verb sends by default, draft by draft."""

from __future__ import annotations

import pytest

from conformance.model.plan import PlannedExchange, TargetFacts
from conformance.model.scenario import ExchangeStep
from conformance.model.transcript import Framing
from conformance.model.values import Size, Template
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verbs import completing, plan_exchange
from conformance.scenario.decode import expand, loads_scenario

TARGET = TargetFacts(
    url="http://h:1/files?a=b",
    path="/files?a=b",
    authority="h:1",
    origin="http://h:1",
    fields=(("Authorization", "Bearer t"),),
)


def planned(steps: str, draft: int = 9, target: TargetFacts = TARGET) -> list[PlannedExchange]:
    text = f"scenario: rufh/x/y\ntitle: t\ncontent: 64 KiB\nsteps:\n{steps}\n"
    (case,) = expand(loads_scenario(text.encode()))
    made: dict[str, PlannedExchange] = {}
    for step in case.steps:
        assert isinstance(step, ExchangeStep)
        made[step.name] = plan_exchange(step, DRAFTS[draft], target, made, mark=7)
    return list(made.values())


def fields(exchange: PlannedExchange) -> dict[str, str]:
    return {name: str(value) for name, value in exchange.fields}


def test_a_creation_sends_everything_and_says_so() -> None:
    (up,) = planned("  - create: up")
    assert (up.method, str(up.target), up.of) == ("POST", "/files?a=b", "up")
    assert fields(up) == {
        "Host": "h:1",
        "User-Agent": "resumable-conformance",
        "Authorization": "Bearer t",
        "Upload-Draft-Interop-Version": "9",
        "Content-Type": "application/octet-stream",
        "Upload-Complete": "?1",
        "Upload-Length": "end",
    }
    assert str(up.send) == "0 B..end"
    assert (up.framing, up.declared, up.mark) == (Framing.CONTENT_LENGTH, "sent", 7)


@pytest.mark.parametrize(
    ("draft", "complete", "expected"),
    [
        (3, "true", ("Upload-Incomplete", "?0")),
        (3, "false", ("Upload-Incomplete", "?1")),
        (4, "true", ("Upload-Complete", "?1")),
        (9, "false", ("Upload-Complete", "?0")),
    ],
)
def test_completeness_has_the_name_and_sense_of_the_draft(
    draft: int, complete: str, expected: tuple[str, str]
) -> None:
    up, more = planned(
        f"  - create: up\n    complete: {complete}\n"
        f"  - append: more\n    of: up\n    at: 0\n    complete: {complete}",
        draft,
    )
    assert fields(up)[expected[0]] == expected[1]
    assert fields(more)[expected[0]] == expected[1]


@pytest.mark.parametrize("draft", sorted(DRAFTS))
def test_length_and_media_type_depend_on_capabilities(draft: int) -> None:
    facts = DRAFTS[draft]
    up, more = planned("  - create: up\n  - append: more\n    of: up\n    at: 8 KiB", draft)
    assert ("Upload-Length" in fields(up)) is facts.has("upload-length")
    assert fields(more).get("Content-Type") == facts.append_media_type
    assert fields(up)["Upload-Draft-Interop-Version"] == str(draft)


def test_completeness_follows_what_is_sent_unless_it_is_written() -> None:
    whole, part, silent = planned(
        "  - create: a\n  - create: b\n    send: 0..1 KiB\n  - create: c\n    complete: null\n"
        "    length: null"
    )
    assert fields(whole)["Upload-Complete"] == "?1"
    assert fields(part)["Upload-Complete"] == "?0"
    assert "Upload-Complete" not in fields(silent)
    assert "Upload-Length" not in fields(silent)
    assert completing(whole.step)
    assert not completing(part.step)
    assert not completing(silent.step)


def test_an_append_sends_from_its_offset_to_the_end() -> None:
    _, more = planned("  - create: up\n  - append: more\n    of: up\n    at: 8 KiB")
    assert (more.method, str(more.target), more.of) == ("PATCH", "${up.path}", "up")
    assert fields(more)["Upload-Offset"] == "8 KiB"
    assert isinstance(dict(more.fields)["Upload-Offset"], Size)
    assert (str(more.send), str(more.at)) == ("8 KiB..end", "8 KiB")


def test_an_append_without_an_offset_starts_where_its_content_does() -> None:
    _, more = planned(
        "  - create: up\n  - append: more\n    of: up\n    at: null\n    send: 3 B..end"
    )
    assert "Upload-Offset" not in fields(more)
    assert str(more.at) == "3 B"


def test_verbs_without_content_have_no_framing() -> None:
    _, seen, gone, asked = planned(
        "  - create: up\n  - retrieve: seen\n    of: up\n  - cancel: gone\n    of: up\n"
        "  - discover: asked\n    to: '*'"
    )
    assert [each.method for each in (seen, gone, asked)] == ["HEAD", "DELETE", "OPTIONS"]
    assert [str(each.target) for each in (seen, gone, asked)] == ["${up.path}", "${up.path}", "*"]
    for each in (seen, gone, asked):
        assert (each.framing, each.declared, each.mark) == (Framing.NONE, "sent", 0) or (
            each.framing is Framing.NONE and each.declared is None
        )
        assert "Upload-Draft-Interop-Version" in fields(each)
        assert "Content-Type" not in fields(each)


def test_a_plain_request_has_neither_version_nor_upload_fields() -> None:
    plain, full = planned("  - request: plain\n  - request: full\n    send: all\n    method: PUT")
    assert set(fields(plain)) == {"Host", "User-Agent", "Authorization"}
    assert (plain.framing, plain.declared) == (Framing.CONTENT_LENGTH, "sent")
    assert full.method == "PUT"
    assert fields(full)["Content-Type"] == "application/octet-stream"


def test_literal_octets_have_no_defaults() -> None:
    (raw,) = planned("  - octets: raw\n    write: ['GET / HTTP/1.1', {hex: 0D 0A 0D 0A}]")
    assert (raw.method, raw.fields, raw.framing) == ("", (), Framing.RAW)
    assert raw.declared is None


def test_fields_are_laid_over_the_defaults_in_place() -> None:
    (up,) = planned(
        "  - create: up\n    fields:\n      host: other\n      Authorization: null\n"
        "      Upload-Complete: ['?1', '?0']\n      X-New: $draft.number\n      X-None: null"
    )
    names = [name for name, _ in up.fields]
    assert names[0] == "host"
    assert "Authorization" not in names
    assert names.count("Upload-Complete") == 2
    assert names[-1] == "X-New"
    assert "X-None" not in names
    assert isinstance(up.fields[-1][1], Template)


def test_a_field_of_the_target_replaces_a_default() -> None:
    own = TargetFacts(
        url="u", path="/", authority="h", origin="o", media_type="", fields=(("user-agent", "me"),)
    )
    (up,) = planned("  - create: up", target=own)
    assert [name for name, _ in up.fields].count("user-agent") == 1
    assert "User-Agent" not in fields(up)
    assert "Content-Type" not in fields(up)


@pytest.mark.parametrize(
    ("keys", "framing", "declared"),
    [
        ("declare: whole", Framing.CONTENT_LENGTH, "whole"),
        ("declare: nothing", Framing.CONTENT_LENGTH, None),
        ("framing: chunked", Framing.CHUNKED, None),
        ("framing: none", Framing.NONE, None),
        ("fields: {Content-Length: 5}", Framing.CONTENT_LENGTH, None),
        ("fields: {transfer-encoding: null}", Framing.CONTENT_LENGTH, None),
    ],
)
def test_framing_is_what_the_author_says(keys: str, framing: Framing, declared: str | None) -> None:
    (up,) = planned(f"  - create: up\n    {keys}")
    assert (up.framing, up.declared) == (framing, declared)


def test_a_repetition_sends_the_same_request() -> None:
    _, first, again = planned(
        "  - create: up\n  - append: first\n    of: up\n    at: 8 KiB\n"
        "  - append: again\n    repeat-of: first\n    fields: {X-Again: 1}"
    )
    assert again.fields == (*first.fields, ("X-Again", Template(("1",))))
    assert (again.send, again.at, again.target, again.mark, again.of) == (
        first.send,
        first.at,
        first.target,
        first.mark,
        first.of,
    )
    assert again.step.name == "again"
