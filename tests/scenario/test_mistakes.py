"""Every mistake of an author is found at its place, with a message that helps."""

from __future__ import annotations

import pytest

from conformance.model.errors import ScenarioError
from conformance.scenario.decode import expand, loads_scenario
from conformance.scenario.keys import ScenarioErrors, all_errors

HEAD = "scenario: rufh/x/y\ntitle: A title\ncontent: 64 KiB\n"


def mistakes(text: str) -> list[ScenarioError]:
    with pytest.raises(ScenarioError) as caught:
        expand(loads_scenario(text.encode(), "f.yaml"))
    return list(all_errors(caught.value))


def only(text: str) -> ScenarioError:
    found = mistakes(text)
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def at(error: ScenarioError) -> tuple[int, int]:
    assert error.mark is not None
    assert error.mark.file == "f.yaml"
    return error.mark.line, error.mark.column


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "remedy"),
    [
        ("- a\n", 1, 1, "must be a mapping", "scenario:"),
        ("title: t\nsteps: [{create: up}]\n", 1, 1, "needs scenario", "scenario:"),
        ("scenario: rufh/x/y\ntitel: t\n", 2, 1, "no key 'titel'", "did you mean title"),
        ("scenario: y\ntitle: t\nsteps: [{create: up}]\n", 1, 11, "cannot be called", "profile/"),
        ("scenario: rufh/x/y\ntitle: ' '\nsteps: [{create: up}]\n", 2, 8, "is empty", ""),
        (HEAD + "steps: []\n", 4, 8, "steps must be a list", "create"),
        (HEAD + "steps: up\n", 4, 8, "steps must be a list", "create"),
        (HEAD + "needs: readback\nsteps: [{create: up}]\n", 4, 8, "no capability", "read-back"),
        (HEAD + "repeat: 0\nsteps: [{create: up}]\n", 4, 9, "1 to 1000", ""),
        (HEAD + "repeat: often\nsteps: [{create: up}]\n", 4, 9, "must be a number", ""),
        (HEAD + "mark: all\nsteps: [{create: up}]\n", 4, 7, "mark cannot be", "request"),
        (HEAD + "each: [a]\nsteps: [{create: up}]\n", 4, 7, "each must be a mapping", "name:"),
        (HEAD + "each: {a: 3}\nsteps: [{create: up}]\n", 4, 11, "list or a mapping", ""),
        (HEAD + "each: {A: [3]}\nsteps: [{create: up}]\n", 4, 8, "variable cannot be", ""),
        (HEAD + "each: {a: {'x y': 3}}\nsteps: [{create: up}]\n", 4, 12, "cannot be called", ""),
        (HEAD + "each: {a: [3, '3']}\nsteps: [{create: up}]\n", 4, 15, "are called 3", "name"),
        (HEAD + "each: {a: [{b: c}]}\nsteps: [{create: up}]\n", 4, 12, "has no name", "name"),
        (HEAD + "each: {a: ['%%%', '']}\nsteps: [{create: up}]\n", 4, 19, "has no name", "name"),
        (HEAD + "each: {a: [1, 2]}\nsteps: [{create: up}]\n", 5, 8, "is not used", "$a"),
        (
            "scenario: rufh/x/y\ntitle: t\ncontent: 50%\nsteps: [{create: up}]\n",
            3,
            10,
            "plain size",
            "",
        ),
        (
            "scenario: rufh/x/y\ntitle: t\ncontent: 1 GiB\nsteps: [{create: up}]\n",
            3,
            10,
            "64 MiB",
            "",
        ),
        (
            "scenario: rufh/x/y\ntitle: t\ncontent: {sise: 1}\nsteps: [{create: u}]\n",
            3,
            11,
            "no key 'sise'",
            "size",
        ),
        (
            "scenario: rufh/x/y\ntitle: t\ncontent: {}\nsteps: [{create: up}]\n",
            3,
            10,
            "needs one of",
            "",
        ),
        (
            "scenario: rufh/x/y\ntitle: t\ncontent: {text: a, fixed: true}\nsteps: [{create: u}]\n",
            3,
            27,
            "fixed must be",
            "",
        ),
    ],
)
def test_mistakes_in_the_head(text: str, line: int, column: int, message: str, remedy: str) -> None:
    error = mistakes(text)[0] if "titel" not in text else mistakes(text)[-1]
    if "titel" in text:
        error = next(each for each in mistakes(text) if "titel" in each.message)
    assert message in error.message
    assert remedy in error.remedy
    assert at(error) == (line, column)


@pytest.mark.parametrize(
    ("steps", "line", "column", "message", "remedy"),
    [
        ("- creat: up", 5, 5, "'creat' is no step", "create"),
        ("- up", 5, 5, "a step must be a mapping", "create"),
        ("- {}", 5, 5, "a step must be a mapping", "create"),
        ("- create: Up", 5, 13, "cannot be called 'Up'", "small letters"),
        ("- create: draft", 5, 13, "reserved", ""),
        ("- create: [up]", 5, 13, "must be text", ""),
        ("- create: up\n    sent: 0..1", 6, 5, "no key 'sent'", "send"),
        ("- create: up\n    write: x", 6, 5, "no key 'write'", ""),
        ("- create: up\n    send: 0..1 KB", 6, 11, "cannot be read", "10 KiB"),
        ("- create: up\n    send: 0..65 KiB", 6, 11, "beyond the content of 65536", "content"),
        ("- create: up\n    send: 50%..10 KiB", 6, 11, "ends before it starts", ""),
        ("- create: up\n    send: end + 1 B..$content.size", 6, 11, "starts outside", ""),
        ("- create: up\n    send: {a: 1}", 6, 11, "must be text", ""),
        ("- create: up\n    complete: yes", 6, 15, "must be true or false", ""),
        ("- create: up\n    times: 1000", 6, 12, "1 to 100", ""),
        ("- create: up\n    times: true", 6, 12, "must be a number", ""),
        ("- create: up\n    http: 2", 6, 11, "1.1 or 1.0", ""),
        ("- create: up\n    leave: true", 6, 12, "leave must be open", ""),
        ("- create: up\n    within: soon", 6, 13, "cannot be read", "5 s"),
        ("- create: up\n    framing: chunk", 6, 14, "cannot be 'chunk'", "chunked"),
        ("- create: up\n    declare: 1.5", 6, 14, "must be text", ""),
        ("- create: up\n    needs: []", 6, 12, "empty list", ""),
        ("- create: up\n    needs: digest", 6, 12, "no capability 'digest'", "digests"),
        ("- create: up\n    needs: zzz", 6, 12, "no capability 'zzz'", "docs"),
        ("- create: up\n    fields: [a]", 6, 13, "fields must be a mapping", "Name"),
        ("- create: up\n    fields: {A: 1, a: 2}", 6, 20, "is there twice", "list"),
        ("- create: up\n    fields: {$draft.number: 2}", 6, 14, "sent as it is", "key of its own"),
        ("- create: up\n    fields: {'': 2}", 6, 14, "one line", ""),
        ("- create: up\n    fields: {A: 1.5}", 6, 17, "must be text", "quotes"),
        ("- create: up\n    fields: {A: a $ b}", 6, 17, "lone $", "$$"),
        ("- create: up\n    cut: reset", 6, 10, "cut must be a mapping", ""),
        ("- create: up\n    cut: {how: reset}", 6, 10, "either after or once", "after"),
        ("- create: up\n    cut: {how: rset, after: 1}", 6, 16, "cannot be 'rset'", "reset"),
        ("- create: up\n    cut: {after: 1}", 6, 10, "cut needs how", "how:"),
        (
            "- create: up\n    cut: {how: reset, after: 1}\n    leave: open",
            5,
            5,
            "both left open and cut",
            "",
        ),
        ("- create: up\n    hold: {until: later}", 6, 19, "an event cannot be", ""),
        ("- create: up\n    pipelined: true", 5, 5, "pipelined over nothing", "over"),
        ("- append: a", 5, 5, "append a needs of", "of:"),
        ("- create: up\n  - append: a\n    of: up", 6, 5, "needs at", "at:"),
        ("- create: up\n  - append: a\n    of: up\n    at: null", 6, 5, "needs send", "send:"),
        (
            "- create: up\n  - append: a\n    of: up\n    at: 0\n    refresh: 10",
            9,
            14,
            "1 to 9",
            "",
        ),
        ("- create: up\n  - retrieve: r\n    of: upp", 7, 9, "there is no step upp", "up"),
        ("- retrieve: r\n    of: up\n  - create: up", 6, 9, "not been made yet", "before"),
        ("- create: up\n  - create: up", 6, 13, "second step is called up", "own"),
        ("- create: a\n  - create: up\n    of: a", 7, 5, "no key 'of'", ""),
        ("- create: up\n    over: up", 6, 11, "not been made yet", ""),
        (
            "- create: up\n  - read-back: s\n    of: up\n  - retrieve: r\n    of: s",
            9,
            9,
            "makes an exchange",
            "",
        ),
        ("- create: up\n    send: 0..$seen.Upload-Offset", 6, 11, "there is no step seen", ""),
        ("- create: up\n    fields: {A: $up.sent}", 6, 17, "not been made yet", ""),
        (
            "- create: up\n  - append: a\n    of: up\n    at: $up.size",
            8,
            9,
            "nothing that can be taken",
            "$up.at",
        ),
        ("- create: up\n  - append: a\n    of: up\n    at: $up.sant", 8, 9, "$up.sant", "sent"),
        ("- create: up\n  - append: a\n    of: up\n    at: $up", 8, 9, "$up is nothing", ""),
        ("- create: up\n    fields: {A: $draft.nummer}", 6, 17, "$draft.nummer", "number"),
        ("- create: up\n    fields: {A: $draft}", 6, 17, "$draft is nothing", "$draft.number"),
        (
            "- create: up\n  - read-back: s\n    of: up\n  - request: r\n    to: $s.path",
            9,
            9,
            "makes no exchange",
            "",
        ),
        (
            "- create: up\n  - append: a\n    repeat-of: up\n    at: 0",
            6,
            5,
            "stands beside repeat-of",
            "",
        ),
        ("- create: up\n    after: 5 s", 6, 12, "after cannot be read", "lifetime-of"),
        ("- create: up\n  - create: b\n    after: {lifetime-of: c}", 7, 26, "no step c", ""),
        ("- resume: up", 5, 13, "no step up was left open", "leave: open"),
        (
            "- create: up\n    leave: open\n  - resume: up\n  - resume: up",
            8,
            13,
            "second step is called up-resumed",
            "",
        ),
        ("- octets: o", 5, 5, "needs write", "write:"),
        ("- octets: o\n    write: []", 6, 12, "empty list", ""),
        ("- octets: o\n    write: [{hex: xy}]", 6, 19, "not hexadecimal", "0D"),
        ("- octets: o\n    write: [{hix: 00}]", 6, 14, "no key 'hix'", "hex"),
        ("- octets: o\n    write: [{}]", 6, 13, "has one key", ""),
        ("- together: t\n    of: [{create: a}]", 6, 9, "at least two", ""),
        ("- together: t\n    of: [{create: a}, {restart: b}]", 6, 23, "only exchange steps", ""),
        (
            "- together: t\n    of: [{create: a}, {create: b, leave: open}]",
            6,
            23,
            "neither hold",
            "",
        ),
        ("- together: t\n    of: [{create: a}, {create: a}]", 6, 32, "second step is called a", ""),
        (
            "- together: t\n    release: now\n    of: [{create: a}, {create: b}]",
            6,
            14,
            "release cannot be",
            "",
        ),
        (
            "- together: t\n    of: [{create: a}, {retrieve: b, of: a}]",
            6,
            41,
            "not been made yet",
            "",
        ),
        ("- create: up\n  - retrieve: r\n    of: up\n    given: [[up]]", 8, 13, "must be text", ""),
        ("- together: t\n    of: [{create: a}, 3]", 6, 23, "only exchange steps", ""),
        ("- use: nothing", 5, 10, "no set-up", "known are"),
        ("- use: fresh-uplod", 5, 10, "no set-up", "fresh-upload"),
        ("- use: [a]", 5, 10, "must name a set-up", ""),
        ("- use: fresh-upload\n    is: x", 6, 5, "no key 'is'", "as"),
    ],
)
def test_mistakes_in_steps(steps: str, line: int, column: int, message: str, remedy: str) -> None:
    error = only(HEAD + "steps:\n  " + steps + "\n")
    assert message in error.message
    assert remedy in error.remedy
    assert at(error) == (line, column)


@pytest.mark.parametrize(
    ("expect", "line", "column", "message", "remedy"),
    [
        ("x", 6, 13, "must be a list of checks", "REQUIREMENT"),
        ("[]", 6, 13, "must be a list of checks", "REQUIREMENT"),
        ("[x]", 6, 14, "a check is a mapping", ""),
        ("[{status-409: {status: 409}}]", 6, 15, "does not name a requirement", "label"),
        ("[{SF-INTEGER-SYNTAXX: {status: 2xx}}]", 6, 15, "no requirement", "SF-INTEGER-SYNTAX"),
        ("[{ZZZ: {status: 2xx}}]", 6, 15, "no requirement", "registry"),
        ("[{SF-INTEGER-SYNTAX: 409}]", 6, 34, "mapping of matchers", ""),
        ("[{SF-INTEGER-SYNTAX: {on: final}}]", 6, 34, "nothing is demanded", "status"),
        ("[{SF-INTEGER-SYNTAX: {statos: 409}}]", 6, 35, "no matcher 'statos'", "status"),
        ("[{SF-INTEGER-SYNTAX: {zzzzzz: 409}}]", 6, 35, "no matcher", "capital"),
        ("[{SF-INTEGER-SYNTAX: {status: soon}}]", 6, 43, "cannot be 'soon'", ""),
        ("[{SF-INTEGER-SYNTAX: {on: soon, status: 409}}]", 6, 39, "cannot be 'soon'", "final"),
        ("[{SF-INTEGER-SYNTAX: {any-of: 3}}]", 6, 43, "must be a list of alternatives", ""),
        ("[{SF-INTEGER-SYNTAX: {any-of: [3]}}]", 6, 44, "must be a mapping", ""),
        ("[{SF-INTEGER-SYNTAX: {any-of: [{as: warn}]}}]", 6, 44, "nothing is demanded", ""),
        (
            "[{SF-INTEGER-SYNTAX: {any-of: [{status: 2xx}], status: 409}}]",
            6, 60, "beside any-of", "move",
        ),
        ("[{SF-INTEGER-SYNTAX: {any-of: [{status: 2xx, as: fail}]}}]", 6, 62, "as cannot be", ""),
        (
            "[{SF-INTEGER-SYNTAX: {any-of: [{status: 2xx, then: scenario}]}}]",
            6, 64, "then cannot be", "stop",
        ),
        ("[{SF-INTEGER-SYNTAX: {any-of: [{ends: scenario}]}}]", 6, 51, "ends cannot be", ""),
        (
            "[{SF-INTEGER-SYNTAX: {any-of: [{status: 2xx, cites: X}]}}]",
            6, 65, "no requirement X", "",
        ),
        ("[{SF-INTEGER-SYNTAX: {Upload-Offset: $seen.at}}]", 6, 50, "no step seen", ""),
        ("[{SF-INTEGER-SYNTAX: {status: {same-as: upp}}}]", 6, 35, "step upp", "up"),
        (
            "[{SF-INTEGER-SYNTAX: {status: 2xx}}, {SF-INTEGER-SYNTAX: {status: 200}}]",
            6, 51, "checked twice", "label",
        ),
    ],
)  # fmt: skip
def test_mistakes_in_checks(expect: str, line: int, column: int, message: str, remedy: str) -> None:
    error = only(f"{HEAD}steps:\n  - create: up\n    expect: {expect}\n")
    assert message in error.message
    assert remedy in error.remedy
    assert at(error) == (line, column)


def test_a_label_makes_a_second_check_of_one_requirement() -> None:
    text = (
        f"{HEAD}steps:\n  - create: up\n    expect:\n"
        "      - RUFH-RETRIEVE-NO-STORE: {status: 2xx}\n"
        "      - RUFH-RETRIEVE-NO-STORE.again: {status: 2xx}\n"
    )
    (case,) = expand(loads_scenario(text.encode()))
    assert [check.label for check in getattr(case.steps[0], "expect", ())] == ["", "again"]


def test_several_mistakes_are_reported_in_one_go_in_the_order_of_the_file() -> None:
    found = mistakes(
        f"{HEAD}steps:\n  - create: up\n    sent: 1\n    times: x\n  - retrive: r\n"
        "  - append: a\n    of: nobody\n    at: 0\n"
    )
    assert [at(each)[0] for each in found] == [6, 7, 8, 10]


def test_a_step_may_not_be_called_like_a_variable() -> None:
    error = only(f"{HEAD}each: {{up: [1 B]}}\nsteps:\n  - create: up\n    send: 0..$up\n")
    assert "both a step and a variable" in error.message


def test_a_mistake_in_a_value_is_reported_once_where_the_value_stands() -> None:
    error = only(f"{HEAD}each:\n  at: [1 B, many]\nsteps:\n  - create: up\n    length: $at\n")
    assert at(error) == (5, 13)


def test_a_list_cannot_stand_within_text() -> None:
    error = only(f"{HEAD}each: {{x: {{a: [1]}}}}\nsteps:\n  - create: up\n    length: $x + 1 B\n")
    assert "cannot stand within text" in error.message


def test_too_many_cases_and_steps_are_refused() -> None:
    numbers = ", ".join(str(number) for number in range(30))
    error = only(f"{HEAD}each: {{a: [{numbers}], b: [{numbers}]}}\nsteps: [{{create: up}}]\n")
    assert "900 cases" in error.message
    many = "".join(f"  - create: s{number}\n" for number in range(101))
    assert "more than 100 steps" in only(f"{HEAD}steps:\n{many}").message
    used = "".join(f"  - use: upload-in-two-parts\n    as: s{number}\n" for number in range(51))
    assert "more than 100 steps" in only(f"{HEAD}steps:\n{used}").message


def test_errors_of_many_kinds_share_one_root() -> None:
    with pytest.raises(ScenarioErrors) as caught:
        loads_scenario(b"titel: x\nsteps: 3\n")
    assert caught.value.exit_code == 2
    assert len(caught.value.errors) == 4
