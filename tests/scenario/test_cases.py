"""Variables, cases, set-ups, and what a scenario's head says."""

from __future__ import annotations

import pytest

from conformance.model.node import Scalar
from conformance.model.scenario import (
    Case,
    ContentKind,
    ContentSpec,
    ExchangeStep,
    ReadBackStep,
    ResumeStep,
    Subject,
    SubjectKind,
    TogetherStep,
    Verb,
)
from conformance.model.transcript import CutHow, Framing
from conformance.model.values import Octets, Size, StatusSet
from conformance.scenario.decode import expand, expand_set_ups, loads_scenario
from conformance.scenario.each import slug
from conformance.scenario.encode import dump
from conformance.scenario.setups import load_set_ups

HEAD = "scenario: rufh/x/y\ntitle: A title\ncontent: 64 KiB\n"


def cases(text: str) -> tuple[Case, ...]:
    return expand(loads_scenario((HEAD + text).encode()))


def exchange(case: Case, name: str) -> ExchangeStep:
    found = next(step for step in case.steps if step.name == name)
    assert isinstance(found, ExchangeStep)
    return found


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("-1 B", "minus-1B"),
        ("50%", "50pct"),
        ("reset", "reset"),
        (None, "none"),
        (True, "true"),
        (17, "17"),
        ("10 KiB + 1 B", "10KiB-plus-1B"),
        ("10 KiB - 1 B", "10KiB-minus-1B"),
        ("a/b c", "a-bc"),
    ],
)
def test_a_listed_value_is_named_after_itself(value: str | int | bool | None, name: str) -> None:
    assert slug(Scalar(value)) == name


def test_every_combination_is_a_case_the_last_variable_changing_fastest() -> None:
    found = cases(
        "each:\n  how: [reset, close]\n  at: {behind: 1 B, ahead: 50%}\n"
        "steps:\n  - create: up\n    cut: {how: $how, after: $at}\n"
    )
    assert [case.name for case in found] == [
        "reset,behind",
        "reset,ahead",
        "close,behind",
        "close,ahead",
    ]
    assert found[0].id == "rufh/x/y/reset,behind"
    cut = exchange(found[3], "up").cut
    assert cut is not None
    assert cut.how is CutHow.CLOSE
    assert str(cut.after) == "50%"


def test_without_variables_there_is_one_case_without_a_name() -> None:
    (case,) = cases("steps:\n  - create: up\n")
    assert case.name == ""
    assert case.id == "rufh/x/y"


def test_a_value_may_be_null_a_mapping_or_part_of_a_text() -> None:
    (case,) = cases(
        "each: {gone: [null], cut: {c: {how: reset, after: 1}}, at: [8 KiB], flag: [true]}\n"
        "steps:\n  - create: up\n    fields: {A: $gone, B-$at: 'x-$flag, $$at, ${at}'}\n"
        "    cut: $cut\n    send: 0..$at\n    length: $at + 1 B\n"
    )
    up = exchange(case, "up")
    assert dict(up.fields)["A"] is None
    values = dict(up.fields)["B-8 KiB"]
    assert values is not None
    assert values[0].parts == ("x-true, $at, 8 KiB",)
    assert up.cut is not None
    assert up.length == Size(((1, Octets(8192)), (1, Octets(1))))
    assert str(up.send) == "0..8 KiB"


def test_a_set_up_is_put_in_place_under_the_name_asked_for() -> None:
    (case,) = cases(
        "steps:\n  - use: upload-in-two-parts\n    as: first\n  - use: fresh-upload\n"
        "  - retrieve: seen\n    of: first\n"
    )
    assert [step.name for step in case.steps] == ["first", "first-rest", "up", "seen"]
    assert exchange(case, "first-rest").of == "first"


@pytest.mark.parametrize("name", list(load_set_ups()))
def test_every_set_up_can_be_used_twice(name: str) -> None:
    (case,) = cases(f"steps:\n  - use: {name}\n    as: one\n  - use: {name}\n    as: two\n")
    assert exchange(case, "one").verb is Verb.CREATE


def test_set_ups_can_be_written_out() -> None:
    scenario = loads_scenario((HEAD + "steps:\n  - use: fresh-upload\n").encode())
    assert "use: fresh-upload" in dump(scenario)
    assert "create: up" in dump(scenario, expanded=True)
    assert expand(expand_set_ups(scenario))[0].steps == expand(scenario)[0].steps


@pytest.mark.parametrize(
    ("written", "content"),
    [
        ("0 B", ContentSpec(size=0)),
        ("{size: 4 KiB}", ContentSpec(size=4096)),
        ("{size: 4 KiB, fixed: true}", ContentSpec(size=4096, fixed=True)),
        ("{size: 4 KiB, fixed: false}", ContentSpec(size=4096)),
        ("{text: hello}", ContentSpec(kind=ContentKind.TEXT, text="hello")),
        ("{gzip-of: 64 KiB}", ContentSpec(kind=ContentKind.GZIP, size=65536)),
    ],
)
def test_content_comes_in_several_kinds_and_is_written_back(
    written: str, content: ContentSpec
) -> None:
    text = f"scenario: rufh/x/y\ntitle: t\ncontent: {written}\nsteps: [{{create: up}}]\n"
    scenario = loads_scenario(text.encode())
    assert scenario.content == content
    assert loads_scenario(dump(scenario).encode()) == scenario


@pytest.mark.parametrize(
    ("on", "subject"),
    [
        ("final", Subject(kind=SubjectKind.FINAL)),
        ("409", Subject(kind=SubjectKind.FINAL, status=StatusSet(("409",)))),
        ("[409, 5xx]", Subject(kind=SubjectKind.FINAL, status=StatusSet(("409", "5xx")))),
        ("non-2xx", Subject(kind=SubjectKind.FINAL, status=StatusSet(("3xx", "4xx", "5xx")))),
        ("first interim 104", Subject(kind=SubjectKind.FIRST_INTERIM, status=StatusSet(("104",)))),
        ("later interim 104", Subject(kind=SubjectKind.LATER_INTERIM, status=StatusSet(("104",)))),
        ("every interim", Subject(kind=SubjectKind.EVERY_INTERIM)),
        ("last interim 104", Subject(kind=SubjectKind.LAST_INTERIM, status=StatusSet(("104",)))),
        ("every response", Subject(kind=SubjectKind.EVERY_RESPONSE)),
        ("problem a-type", Subject(kind=SubjectKind.PROBLEM, problem="a-type")),
    ],
)
def test_a_check_says_what_it_looks_at_and_is_written_back(on: str, subject: Subject) -> None:
    check = f"{{RUFH-RETRIEVE-NO-STORE: {{on: {on}, lint: none}}}}"
    text = f"steps:\n  - create: up\n    expect: [{check}]\n"
    scenario = loads_scenario((HEAD + text).encode())
    (case,) = expand(scenario)
    assert exchange(case, "up").expect[0].subject == subject
    again = dump(scenario)
    assert expand(loads_scenario(again.encode()))[0].steps == case.steps


def test_a_check_without_a_subject_looks_at_the_exchange() -> None:
    (case,) = cases(
        "steps:\n  - create: up\n    expect: [{RUFH-RETRIEVE-NO-STORE: {status: 2xx}}]\n"
    )
    assert exchange(case, "up").expect[0].subject.kind is SubjectKind.EXCHANGE


def test_keys_of_exchange_steps_are_typed() -> None:
    (case,) = cases(
        "steps:\n"
        "  - create: up\n    http: 1.0\n    declare: whole\n    leave: open\n    framing: chunked\n"
        "    complete: null\n    length: null\n"
        "  - append: a\n    of: up\n    at: null\n    send: all\n    refresh: once\n"
        "    after: {lifetime-of: up}\n    declare: 7\n"
        "  - octets: o\n    write: [text, {hex: 0D 0A}, {content: 0..5}]\n"
        "  - resume: up\n  - read-back: s\n    of: up\n"
        "  - together: t\n    of: [{append: x, of: up, at: 0}, {append: y, of: up, at: 0}]\n"
    )
    up, a, o, resumed, stored, race = case.steps
    assert isinstance(up, ExchangeStep)
    assert (up.http, up.declare, up.leave, up.framing) == ("1.0", "whole", True, Framing.CHUNKED)
    assert up.complete is None
    assert up.length is None
    assert isinstance(a, ExchangeStep)
    assert (a.refresh, a.after, a.at) == (1, "up", None)
    assert a.declare == Size(((1, Octets(7)),))
    assert isinstance(o, ExchangeStep)
    assert [part.octets for part in o.octets] == [b"", b"\r\n", b""]
    assert isinstance(resumed, ResumeStep)
    assert resumed.name == "up-resumed"
    assert isinstance(stored, ReadBackStep)
    assert isinstance(race, TogetherStep)
    assert race.release == "last octet"
    assert [step.name for step in race.steps] == ["x", "y"]
