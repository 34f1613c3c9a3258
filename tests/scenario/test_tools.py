"""Lint, library, explanation, schema, documentation and the command that offers them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner

from conformance.cli.scenario import scenario as command
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.profiles.rufh import registry
from conformance.scenario.decode import expand, load_scenario, loads_scenario
from conformance.scenario.docs import DOCS_FILE, main, reference, refresh
from conformance.scenario.library import files_in, load_library, shipped_files
from conformance.scenario.lint import lint_file
from conformance.scenario.schema import SCHEMA_FILE, scenario_schema, schema_text
from conformance.scenario.setups import SHIPPED, read_set_ups
from conformance.scenario.template import new_scenario
from conformance.scenario.yaml_nodes import parse

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
scenario: rufh/own/good
title: A good one
why: It matters.
content: 4 KiB
steps:
  - create: up
    expect:
      - SUITE-INTEGRITY-STORED: {status: 2xx}
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "path", [*shipped_files(), SHIPPED / "rufh" / "set-ups.yaml"], ids=lambda path: path.stem
)
def test_every_shipped_file_passes_the_lint(path: Path) -> None:
    assert [finding.text for finding in lint_file(path)] == []


def test_a_good_file_passes(tmp_path: Path) -> None:
    assert lint_file(write(tmp_path / "own" / "good.yaml", GOOD)) == ()


IDLE = "  - create: up\n  - retrieve: seen\n    of: up\n    expect:\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rufh/own/good", "rufh/own/other", "does not agree with the file's name"),
        ("A good one", "word " * 40, "title is longer"),
        ("why: It matters.\n", "", "does not say why"),
        ("    expect:\n      - SUITE-INTEGRITY-STORED: {status: 2xx}\n", "", "nothing is expected"),
        ("  - create: up\n", "  - discover: idle\n  - create: up\n", "step idle expects nothing"),
        ("  - create: up\n", "  - create: w\n  - read-back: idle\n    of: w\n  - create: up\n",
         "step idle expects nothing"),
        ("status: 2xx}\n", "status: 2xx}\n  - create: late\n", "step late expects nothing"),
        ("status: 2xx", "statos: 2xx", "no matcher"),
    ],
)  # fmt: skip
def test_what_is_not_well_written_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = write(tmp_path / "own" / "good.yaml", GOOD.replace(old, new))
    (finding,) = lint_file(path)
    assert message in finding.error.message
    assert finding.text.count("good.yaml:") == 1


def test_steps_that_act_or_are_used_are_not_idle(tmp_path: Path) -> None:
    steps = (
        "  - create: other\n    leave: open\n  - retrieve: seen\n    of: other\n    set-up: true\n"
        "  - restart: crash\n  - resume: other\n    given: seen\n"
        "  - together: race\n    of: [{create: a}, {create: b}]\n  - create: up\n"
    )
    text = GOOD.replace("  - create: up\n", steps)
    assert lint_file(write(tmp_path / "own" / "good.yaml", text)) == ()


def test_a_mistake_in_a_case_is_told_once(tmp_path: Path) -> None:
    text = GOOD.replace("content:", "each: {n: [1, 2]}\ncontent:").replace(
        "  - create: up\n", "  - discover: idle\n  - create: up\n    length: $n\n"
    )
    assert len(lint_file(write(tmp_path / "own" / "good.yaml", text))) == 1


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (finding,) = lint_file(tmp_path / "none.yaml")
    assert "cannot be read" in finding.text
    (finding,) = lint_file(write(tmp_path / "set-ups.yaml", "a: 1\n"))
    assert "set-ups:" in finding.error.message
    big = tmp_path / "big.yaml"
    big.write_bytes(b"x" * (10 * 1024 * 1024))
    (finding,) = lint_file(big)
    assert finding.text.startswith(f"{big}:1:1: the file is larger")


@pytest.mark.parametrize(
    "text", ["- a\n", "set-ups: 3\n", "set-ups: {a: 3}\n", "set-ups: {a: {title: t, steps: []}}\n"]
)
def test_a_wrong_set_ups_file_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_set_ups(parse(text.encode(), "set-ups.yaml"))
    assert caught.value.mark is not None


def test_the_library_finds_shipped_and_own_scenarios(tmp_path: Path) -> None:
    own = write(tmp_path / "own" / "good.yaml", GOOD)
    write(tmp_path / "own" / "again.yml", GOOD)
    write(tmp_path / "own" / "bad.yaml", "scenario: 3\n")
    write(tmp_path / "own" / ".hidden.yaml", "x")
    library = load_library([tmp_path, tmp_path / "none", own])
    ids = [each.id for each in library.scenarios]
    assert ids == sorted(ids)
    assert "rufh/own/good" in ids
    assert len(ids) == len(shipped_files()) + 1
    told = "\n".join(str(error) for error in library.errors)
    assert "already in" in told
    assert "bad.yaml:1:11" in told
    assert "no such file or folder" in told
    assert load_library([own], shipped=False).scenarios[0].id == "rufh/own/good"


def test_cases_are_selected_by_id_topic_and_requirement(tmp_path: Path) -> None:
    write(tmp_path / "own" / "good.yaml", GOOD)
    write(
        tmp_path / "own" / "each.yaml",
        GOOD.replace("rufh/own/good", "rufh/other/each")
        .replace("content:", "each: {n: [1, 2]}\ncontent:")
        .replace("create: up\n", "create: up\n    length: $n\n"),
    )
    library = load_library([tmp_path], shipped=False)

    def ids(**wanted: str) -> list[str]:
        return [case.id for case in library.select(**wanted)]

    assert ids() == ["rufh/other/each/1", "rufh/other/each/2", "rufh/own/good"]
    assert ids(only="rufh/other/each") == ["rufh/other/each/1", "rufh/other/each/2"]
    assert ids(only="*/2") == ["rufh/other/each/2"]
    assert ids(topic="own") == ["rufh/own/good"]
    assert ids(requirement="SUITE-*", topic="own") == ["rufh/own/good"]
    assert ids(requirement="RUFH-*") == []


def test_a_folder_without_scenarios_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenario in this folder"):
        files_in(tmp_path)


def test_the_kept_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), (
        "run python -m conformance.scenario.docs"
    )


def plain(node: Node) -> object:
    """Turn nodes into what a JSON document would hold."""
    match node:
        case Mapping():
            return {key: plain(value) for key, value in node}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_shipped_scenario_satisfies_the_schema(
    validator: jsonschema.Draft202012Validator,
) -> None:
    for path in shipped_files():
        document = plain(parse(path.read_bytes(), path.name))
        assert [error.message for error in validator.iter_errors(document)] == [], path


@pytest.mark.parametrize(
    ("old", "new"),
    [("title:", "titel:"), ("create: up", "creat: up"), ("status: 2xx", "statos: 2xx"),
     ("rufh/own/good", "good"), ("    expect:", "    sent: 0..1\n    expect:")],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(
    old: str, new: str, validator: jsonschema.Draft202012Validator
) -> None:
    assert validator.is_valid(plain(parse(GOOD.encode(), "good")))
    assert not validator.is_valid(plain(parse(GOOD.replace(old, new).encode(), "bad")))


def test_the_documentation_is_current() -> None:
    text = DOCS_FILE.read_text(encoding="utf-8")
    assert refresh(text) == text, "run python -m conformance.scenario.docs"
    for name in reference():
        assert f"<!-- begin {name} -->" in text


def test_the_writer_of_documentation_repairs_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write(tmp_path / "page.md", "a\n<!-- begin file -->\nold\n<!-- end file -->\n")
    monkeypatch.setattr("conformance.scenario.docs.DOCS_FILE", page)
    monkeypatch.setattr("conformance.scenario.docs.SCHEMA_FILE", tmp_path / "schema.json")
    main()
    assert "`scenario` (needed)" in page.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["$defs"]


def test_examples_in_the_documentation_can_be_read() -> None:
    blocks = DOCS_FILE.read_text(encoding="utf-8").split("```yaml\n")[1:]
    first = blocks[0].split("```")[0]
    assert len(expand(loads_scenario(first.encode()))) == 1


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_lint_reports_every_mistake_and_fails(tmp_path: Path) -> None:
    write(tmp_path / "good.yaml", GOOD.replace("own/good", "own/good"))
    assert run("lint", str(tmp_path)) == (0, "1 file, no mistakes\n")
    write(tmp_path / "bad.yaml", GOOD.replace("create: up", "creat: up").replace("A good", "x\ty"))
    write(tmp_path / "worse.yaml", GOOD.replace("title", "titel"))
    code, output = run("lint", str(tmp_path), str(tmp_path / "none"))
    assert code == 2
    assert "bad.yaml:2:9: a tab" in output
    assert "worse.yaml:2:1:" in output
    assert "no such file or folder" in output
    assert "4 mistakes in 3 files" in output


def test_list_names_cases(tmp_path: Path) -> None:
    write(tmp_path / "good.yaml", GOOD)
    code, output = run("list", "--topic", "own", "--scenarios", str(tmp_path))
    assert (code, output) == (0, "rufh/own/good\n    A good one\n")
    assert run("list", "--topic", "own", "--draft", "3", "--scenarios", str(tmp_path))[0] == 0
    assert run("list", "--requirement", "NO-SUCH") == (0, "")
    write(tmp_path / "broken.yaml", "x")
    code, output = run("list", "--topic", "own", "--scenarios", str(tmp_path))
    assert code == 2
    assert "broken.yaml:1:1" in output
    write(tmp_path / "broken.yaml", GOOD.replace("own/good", "own/b").replace("up", "Up"))
    code, output = run("list", "--topic", "own", "--scenarios", str(tmp_path))
    assert code == 2
    assert "remedy" in output


def test_explain_shows_octets_without_a_network(tmp_path: Path) -> None:
    path = write(
        tmp_path / "good.yaml",
        GOOD.replace("4 KiB", "64 KiB")
        .replace(
            "status: 2xx}\n",
            "status: 2xx}\n"
            "  - retrieve: seen\n    of: up\n    over: up\n"
            "  - append: rest\n    of: up\n    at: $seen.Upload-Offset\n    times: 2\n"
            "    fields: {X-At: '$seen.Upload-Offset+', X-All: $content.size}\n"
            "  - append: cut\n    of: up\n    at: $seen.Upload-Offset + 1 B\n"
            "    declare: whole\n"
            "    cut: {how: reset, after: 50%}\n    framing: content-length\n"
            "  - append: late\n    of: up\n    at: 8 KiB\n    declare: 9 KiB\n"
            "    cut: {how: reset, once: final head}\n    hold: {until: [interim 100, final]}\n"
            "  - append: whole\n    of: up\n    at: 8 KiB\n    send: 8 KiB..16 KiB\n"
            "    declare: whole\n    leave: open\n"
            "  - append: odd\n    of: up\n    at: 0\n    framing: chunked\n"
            "  - append: own\n    of: up\n    at: 0\n    fields: {Content-Length: 5}\n"
            "  - octets: raw\n"
            "    write: [GET /, {hex: 0D 0A}, {content: 0..5}, {content: nothing}]\n"
            "  - resume: whole\n    send: 16 KiB..end\n  - create: open\n    leave: open\n"
            "  - resume: open\n  - restart: crash\n"
            "  - together: race\n    of: [{append: a, of: up, at: 0}, {append: b, of: up, at: 0}]\n"
            "  - retrieve: none\n    of: up\n    needs: retrieval-204-only\n"
            "  - read-back: s\n    of: up\n",
        )
        .replace("why:", "mark: request\nwhy:"),
    )
    code, output = run("explain", str(path), "--draft", "9")
    assert code == 0, output
    for shown in (
        "POST /uploads HTTP/1.1\n",
        "Upload-Length: 65536\n",
        "Content-Length: 65536\n\n[octets 0..65536]",
        "HEAD \u2039up.path\u203a HTTP/1.1",
        "Upload-Offset: \u2039seen.Upload-Offset\u203a\n",
        "X-At: \u2039seen.Upload-Offset\u203a+\nX-All: 65536\n",
        "[octets \u2039seen.Upload-Offset\u203a..65536]",
        "Content-Length: \u2039what is sent\u203a",
        "Upload-Offset: \u2039$seen.Upload-Offset + 1 B\u203a",
        "Content-Length: \u2039the rest\u203a",
        "cut by reset after 50%",
        "cut by reset once final head",
        "content held until interim 100 or final",
        "Content-Length: 9216\n",
        "Content-Length: 57344\n",
        "Transfer-Encoding: chunked\n",
        "Content-Length: 5\n",
        "GET /\\x0d\\x0a[octets 0..5][no content]",
        "whole-resumed: goes on with whole",
        "let go at once",
        "killed and started again",
        "what was stored by up",
        "on the connection of up",
        "2 times side by side",
        "mark 1",
        "left open",
        "left out: step none (needs retrieval-204-only)",
        "SUITE-INTEGRITY-STORED, MUST, a violation counts as fail",
        "- SUITE-INTEGRITY-STORED: {status: 2xx}",
    ):
        assert shown in output, shown


def test_explain_finds_shipped_scenarios_and_says_what_is_missing(tmp_path: Path) -> None:
    identifier = load_scenario(shipped_files()[0]).id
    code, output = run("explain", identifier, "--every-draft")
    assert code == 0
    assert output.count(f"{identifier}") > 1
    code, output = run("explain", "rufh/none/at-all")
    assert code == 2
    assert "no scenario rufh/none/at-all" in output
    code, output = run("explain", identifier.rpartition("/")[2])
    assert code == 2
    assert identifier in output
    code, output = run("explain", str(tmp_path / "none.yaml"))
    assert code == 2
    assert "cannot be read" in output
    path = write(tmp_path / "short.yaml", GOOD.replace("why: It matters.\n", ""))
    code, output = run("explain", str(path))
    assert code == 0
    assert "It matters" not in output
    path = write(tmp_path / "needs.yaml", GOOD.replace("content:", "needs: digests\ncontent:"))
    code, output = run("explain", str(path), "--draft", "3")
    assert code == 0
    assert output.startswith("rufh/own/good: not run: draft 3 lacks digests (")


def test_a_new_scenario_passes_the_lint(tmp_path: Path) -> None:
    folder = tmp_path / "append"
    folder.mkdir()
    path = folder / "in-parts.yaml"
    code, output = run("new", str(path))
    assert code == 0, output
    assert lint_file(path) == ()
    assert "scenario: rufh/append/in-parts" in path.read_text(encoding="utf-8")
    code, output = run("new", str(path))
    assert code == 2
    assert "File exists" in output
    code, output = run("new", str(folder / "No Good.txt"))
    assert code == 2
    assert "called like its id" in output


def test_a_new_scenario_takes_a_topic_that_can_be_one(tmp_path: Path) -> None:
    assert "rufh/own/x" in new_scenario(tmp_path / "Not A Topic" / "x.yaml")
    assert "../../scenario.schema.json" in new_scenario(SHIPPED / "rufh" / "append" / "x.yaml")


def test_the_names_of_requirements_in_the_template_exist(tmp_path: Path) -> None:
    rows = registry.load()
    text = new_scenario(tmp_path / "x.yaml")
    assert all(
        word.rstrip(":") in rows for word in text.split() if word.startswith(("RUFH-", "SUITE-"))
    )


def test_a_file_that_vanished_is_still_explained(tmp_path: Path) -> None:
    path = write(tmp_path / "gone.yaml", "x: 1\n")
    code, output = run("explain", str(path))
    assert code == 2
    assert "gone.yaml:1:1" in output
