"""Literal frames: how they are read, refused and explained."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli.scenario import scenario as command
from conformance.model.errors import ScenarioError
from conformance.model.scenario import ExchangeStep, FrameKind
from conformance.scenario.decode import expand, loads_scenario
from conformance.scenario.docs import DOCS_FILE
from conformance.scenario.frames import FRAMES
from conformance.scenario.keys import all_errors
from conformance.scenario.lint import lint_file
from conformance.scenario.schema import scenario_schema
from conformance.syntax.h2names import code_name

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    "scenario: rufh/own/odd\ntitle: t\nwhy: w\ncontent: 64 KiB\nneeds: h2\nsteps:\n"
    "  - create: up\n    send: 0..8 KiB\n    complete: false\n"
    "  - frames: odd\n    of: up\n    write:\n"
)
ALL = HEAD + (
    '      - headers:\n          ":method": PATCH\n          ":scheme": $target.scheme\n'
    '          ":path": $up.path\n          $draft.completeness: $draft.incomplete\n'
    "          X-Twice: [a, b]\n          $target.fields: null\n"
    "        pad: 3\n        split: 20 B\n"
    "      - {wait: [interim 104, final head], at-most: 500 ms}\n"
    "      - {data: 8 KiB..9 KiB, pad: 8}\n"
    "      - {data: nothing, flags: END_STREAM}\n"
    '      - {ping: "12345678"}\n'
    "      - {settings: {INITIAL_WINDOW_SIZE: 0}}\n"
    "      - {window-update: 1 KiB, on: connection}\n"
    "      - {window-update: 5}\n"
    "      - {rst-stream: CANCEL}\n      - {goaway: NO_ERROR}\n"
    "      - {raw: 00 00 04}\n      - {continuation: 82 86, flags: END_HEADERS}\n"
    "      - headers: {x-end: '1'}\n        flags: [END_STREAM, END_HEADERS]\n"
    "    expect:\n      - H2-MALFORMED-REFUSED: {ends: {not: 2xx}}\n"
)


def frames_step(text: str) -> ExchangeStep:
    step = expand(loads_scenario(text.encode()))[0].steps[-1]
    assert isinstance(step, ExchangeStep)
    return step


def test_every_kind_of_frame_can_be_written() -> None:
    step = frames_step(ALL)
    assert {part.kind for part in step.frames} == set(FrameKind)
    headers, wait, data, empty = step.frames[:4]
    assert [name for name, _ in headers.fields][-2:] == ["X-Twice", "$target.fields"]
    assert (headers.pad, str(headers.split)) == (3, "20 B")
    assert wait.at_most.seconds == 0.5
    assert str(data.content) == "8 KiB..9 KiB"
    assert empty.content is None
    assert empty.flags == ("END_STREAM",)


@pytest.mark.parametrize(
    ("frame", "message", "remedy"),
    [
        ("{heders: {a: b}}", "'heders' is no frame", "headers"),
        ("{qqqq: 1}", "'qqqq' is no frame", "begins with one of headers"),
        ("headers", "a frame must be a mapping", ""),
        ("{headers: a}", "headers must be a mapping", ""),
        ("{headers: {a: []}}", "needs a value", ""),
        ("{headers: {a: null}}", "only $target.fields is null", "leave out"),
        ("{headers: {$target.fields: a}}", "only $target.fields is null", "null"),
        ("{headers: {a: b}, flags: END_STREEM}", "a flag cannot be", "END_STREAM"),
        ("{data: all, flags: END_HEADERS}", "a flag cannot be", ""),
        ("{data: all, pad: 256}", "pad must be 0 to 255", ""),
        ("{data: all, split: 3}", "has no key 'split'", ""),
        ("{rst-stream: CANCELED}", "an error code cannot be", "CANCEL"),
        ("{ping: short}", "eight octets", "12345678"),
        ("{raw: xyz}", "not hexadecimal", ""),
        ("{settings: {INITIAL_WINDOW: 3}}", "there is no setting", "INITIAL_WINDOW_SIZE"),
        ("{settings: {Q: 3}}", "there is no setting", "known are"),
        ("{settings: 3}", "settings must be a mapping", ""),
        ("{window-update: much}", "", ""),
        ("{window-update: 1, on: both}", "on cannot be", "connection"),
        ("{wait: interim 99}", "an event cannot be", ""),
        ("{headers: {':path': $down.path}}", "there is no step down", ""),
        ("{headers: {':path': $target.pth}}", "nothing that can be taken", "path"),
    ],
)
def test_mistakes_are_found_at_their_place(frame: str, message: str, remedy: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        expand(loads_scenario(f"{HEAD}      - {frame}\n".encode()))
    (error,) = all_errors(caught.value)
    assert message in error.message
    assert remedy in error.remedy
    assert error.mark is not None
    assert error.mark.line == 13


@pytest.mark.parametrize("written", ["[]", "GET", "{data: all}"])
def test_write_must_be_a_list_of_frames(written: str) -> None:
    text = HEAD.rstrip("\n") + f" {written}\n"
    with pytest.raises(ScenarioError, match="write must be a list of frames"):
        expand(loads_scenario(text.encode()))


def test_a_window_belongs_to_a_connection_of_its_own() -> None:
    text = (
        HEAD.split("  - frames")[0] + "  - retrieve: r\n    of: up\n    over: up\n    window: 0\n"
    )
    with pytest.raises(ScenarioError, match="window of its own"):
        expand(loads_scenario(text.encode()))


def explain(text: str, folder: Path, *more: str) -> str:
    path = folder / "own" / "odd.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(command, ["explain", str(path), *more], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_frames_are_explained(tmp_path: Path) -> None:
    output = explain(ALL, tmp_path, "--draft", "3")
    for shown in (
        "rufh/own/odd/3/h2\n",
        "HEADERS (3 octets of padding; the first 20 octets of the block)\n",
        "CONTINUATION (END_HEADERS; the rest of it)\n  :method: PATCH\n  :scheme: http\n",
        "  :path: \u2039up.path\u203a\n  upload-incomplete: ?1\n  X-Twice: a\n  X-Twice: b\n",
        "(wait for interim 104 or final head, at most 500 ms)\n",
        "DATA [octets 8192..9216] (8 octets of padding)\n",
        "DATA [no content] (END_STREAM)\n",
        "PING 12345678\nSETTINGS INITIAL_WINDOW_SIZE: 0\n",
        "WINDOW_UPDATE of the connection by 1024\nWINDOW_UPDATE of the stream by 5\n",
        "RST_STREAM CANCEL\nGOAWAY NO_ERROR\noctets 00 00 04\n",
        "CONTINUATION 82 86 (END_HEADERS)\n",
        "HEADERS (END_HEADERS, END_STREAM)\n  x-end: 1\n",
    ):
        assert shown in output, shown


VERBS = """\
scenario: rufh/own/odd
title: t
why: w
content: 64 KiB
steps:
  - create: up
    send: 0..8 KiB
    complete: false
    fields: {Connection: close}
  - retrieve: seen
    of: up
  - append: cut
    of: up
    at: $seen.Upload-Offset
    framing: chunked
    cut: {how: reset, after: 1 KiB}
  - append: rest
    of: up
    at: $seen.Upload-Offset
    fields: {Content-Length: 5}
    expect:
      - SUITE-INTEGRITY-STORED: {status: 2xx}
"""


def test_verbs_are_explained_as_frames_over_http_2(tmp_path: Path) -> None:
    output = explain(VERBS, tmp_path, "--draft", "9", "--http", "h2")
    for shown in (
        (
            "== up: create\nHEADERS (END_HEADERS)\n  :method: POST\n  :scheme: http\n"
            "  :authority: server.example\n  :path: /uploads\n"
        ),
        "  content-length: 8192\nDATA [octets 0..8192] (END_STREAM)\n",
        "HEADERS (END_HEADERS, END_STREAM)\n  :method: HEAD\n",
        "DATA [octets \u2039seen.Upload-Offset\u203a..65536]\n",
        "  content-length: 5\nDATA",
    ):
        assert shown in output, shown
    assert "connection:" not in output
    assert "host:" not in output.lower()
    assert "transfer-encoding" not in output
    assert "POST /uploads HTTP/1.1" in explain(VERBS, tmp_path, "--draft", "9")
    assert "h2 lacks h1" in explain(
        VERBS.replace("content:", "needs: h1\ncontent:"), tmp_path, "--http", "h2"
    )


def test_the_window_is_told(tmp_path: Path) -> None:
    text = VERBS.replace("    fields: {Connection: close}\n", "    window: 1 KiB\n")
    text = text.replace("content:", "needs: h2\ncontent:", 1)
    assert "its window is 1024 octets" in explain(text, tmp_path)


def test_every_frame_is_in_the_schema() -> None:
    kinds = [each["required"] for each in scenario_schema()["$defs"]["frame"]["anyOf"]]
    assert kinds == [[kind] for kind in FRAMES]


def test_codes_have_names() -> None:
    assert code_name(0) == "NO_ERROR"
    assert code_name(0xD) == "HTTP_1_1_REQUIRED"
    assert code_name(0xBE) == "0xbe"


def test_the_worked_examples_of_the_documentation_are_scenarios(tmp_path: Path) -> None:
    text = DOCS_FILE.read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(needs: h[12]\n.*?)```", text, re.DOTALL)
    assert len(examples) == 2
    path = tmp_path
    for number, example in enumerate(examples):
        path = tmp_path / "own" / f"example-{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        head = f"scenario: rufh/own/{path.stem}\ntitle: t\nwhy: w\ncontent: 64 KiB\n"
        path.write_text(head + example, encoding="utf-8")
        assert [finding.text for finding in lint_file(path)] == []
    shown = re.findall(r"```text\n(== short: frames\n.*?)```", text, re.DOTALL)
    assert shown[0] in explain(path.read_text(encoding="utf-8"), tmp_path, "--draft", "9")
