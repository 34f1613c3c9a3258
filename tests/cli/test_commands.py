"""The command line: what it says, what it writes, how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import conformance.engine.settings
from conformance.cli import main
from reports import json_report

ROOT = Path(__file__).parents[2]
FEW = ("--only", "rufh/creation/in-parts", "--draft", "6")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder of its own, without wishes from the environment."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("RESUMABLE_"):
            monkeypatch.delenv(name)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def refused() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


def test_help_loads_nothing_but_click() -> None:
    script = (
        "import sys\n"
        "from conformance.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('yaml', 'rich', 'h11', 'jinja2', 'asyncio', 'reports', 'reference_server')"
        " or m.startswith('conformance.engine')])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout

    assert told.splitlines()[-1] == "[]"
    assert {"run", "probe", "serve", "scenario", "report"} <= set(told.split())


@pytest.mark.parametrize("command", ["run", "probe", "serve", "scenario", "report"])
def test_every_command_has_help(command: str) -> None:
    result = call(command, "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_the_version_is_told() -> None:
    assert re.search(r"\d+\.\d+\.\d+", call("--version").stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "http://127.0.0.1:1/"),
        ("probe", "http://127.0.0.1:1/"),
        ("probe",),
        ("run", "no-url"),
        ("run", "http://127.0.0.1:1/", "--draft", "2"),
        ("run", "http://127.0.0.1:1/", "--shard", "9/3"),
        ("run", "http://127.0.0.1:1/", "--no-such-option"),
        ("run", "http://127.0.0.1:1/", "--target", "none.yaml"),
        ("run", "http://127.0.0.1:1/", "--baseline", "none.yaml"),
        ("run", "http://127.0.0.1:1/", "--json", "no/such/folder/r.json"),
        ("run", "http://127.0.0.1:1/", "--html", "a", "--no-html"),
        ("run", "http://127.0.0.1:1/", "--ca", "none.pem"),
        ("run", "http://127.0.0.1:1/", "--field", "nonsense"),
        ("run", "http://127.0.0.1:1/", "--http", "h3"),
        ("run", "http://127.0.0.1:1/", "--without", "patience"),
        ("run", "http://127.0.0.1:1/", "--tls"),
        ("run", "https://127.0.0.1:1/", "--max-bytes", "lots"),
        ("serve", "--max-size", "much"),
        ("serve", "--memory", "--store", "x"),
        ("serve", "--tls-cert", __file__),
        ("serve", "--tls-cert", __file__, "--tls-key", __file__),
        ("nonsense",),
        ("report", "none.json"),
    ],
)
def test_every_mistake_is_one_line_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = call(*arguments)

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in result.output


def test_a_bug_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(conformance.engine.settings, "build", broken)
    result = call("probe", "http://127.0.0.1:1/")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: this is our fault (ZeroDivisionError: a bug)")


def test_control_characters_do_not_reach_the_terminal() -> None:
    result = call("run", "http://127.0.0.1:1/\x1b[31m")

    assert result.exit_code == 2
    assert "\x1b" not in result.output


def test_without_a_url_the_embedded_server_is_judged_and_reported() -> None:
    result = call("run", *FEW, "--json", "r.json", "--junit", "r.xml")

    assert result.exit_code == 0
    assert "exit code 0" in result.stdout
    assert "\x1b" not in result.output
    assert Path("resumable-report.html").is_file()
    assert Path("r.xml").read_text(encoding="utf-8").startswith("<?xml")
    loaded = json_report.load(Path("r.json"))
    assert loaded.target.embedded
    assert {case.outcome for case in loaded.results} == {"pass"}
    assert [case.id for case in loaded.results] == [
        "rufh/creation/in-parts/6/h1",
        "rufh/creation/in-parts/6/h2",
        "standing/6/h1",
        "standing/6/h2",
    ]


def test_the_embedded_server_is_judged_over_tls_if_asked_to() -> None:
    result = call("run", *FEW, "--tls", "--no-html", "--json", "r.json", "-q")

    loaded = json_report.load(Path("r.json"))
    assert result.exit_code == 0
    assert loaded.target.transports == ("h1", "h2")
    assert {case.outcome for case in loaded.results} == {"pass"}
    assert loaded.options == ("--tls",)


def test_what_a_target_lacks_is_not_applicable() -> None:
    cancelling = ("--topic", "cancellation", "--draft", "9", "--http", "h1")

    call("run", *cancelling, "--without", "cancellation", "--no-html", "--json", "r.json", "-q")

    results = json_report.load(Path("r.json")).results
    causes = [case.cause for case in results if case.outcome == "not-applicable"]
    assert any("needs cancellation" in cause and "declared" in cause for cause in causes)


def test_no_html_is_written_if_unwanted_and_quiet_is_one_line() -> None:
    result = call("run", *FEW, "--no-html", "--quiet")

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert list(Path().iterdir()) == []


def test_the_embedded_limits_serve_the_scenarios_about_limits() -> None:
    result = call("run", "--topic", "limits", "--draft", "9", "--no-html", "--json", "r.json", "-q")

    assert result.exit_code == 0
    judged = [case for case in json_report.load(Path("r.json")).results if case.checks]
    assert len(judged) > 3


def test_cases_are_listed_without_asking_anybody() -> None:
    result = call("run", "--list", "--only", "rufh/append/offset-mismatch")

    ids = [line.split()[0] for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert "rufh/append/offset-mismatch/behind" in ids
    assert ids == sorted(ids)


def test_the_environment_names_the_target() -> None:
    result = CliRunner(env={"RESUMABLE_URL": refused()}).invoke(main, ["run"])

    assert result.exit_code == 2
    assert "cannot be reached" in result.stderr


def test_serve_says_where_probe_finds_it_and_ends_when_asked_to() -> None:
    script = "import sys; from conformance.cli import main; main(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", script, "serve", "--port", "0", "--max-size", "2 MiB"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().split()[0]
            result = call("probe", url)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(10)

    assert url.startswith("http://127.0.0.1:")
    assert result.exit_code == 0
    assert "max-size 2 MiB" in result.stdout
    assert "HTTP/2: spoken; a 104 is seen in draft 3-10." in result.stdout
    assert code == 0


def test_an_earlier_result_is_told_again() -> None:
    call("run", *FEW, "--json", "r.json", "--no-html", "-q")

    result = call("report", "r.json", "--html", "again.html")

    assert result.exit_code == 0
    assert Path("again.html").is_file()
