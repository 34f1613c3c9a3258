"""Uses the installed distribution in a project that owns packages with our names.

``python tests/installed.py ROOT``, where ROOT is the source tree, which must not be imported.
Prints ``N passed, N failed``; the exit code tells whether anything failed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WITHIN = 240

#: a package of the project: harmless to it, fatal to whoever of ours imports it
PACKAGE = '''\
"""The project's own {name}."""

import sys

frame = sys._getframe()
while frame is not None:
    importer = frame.f_globals.get("__name__", "").partition(".")[0]
    if importer in {{"conformance", "reference_server"}}:
        raise RuntimeError("{name} was imported by " + frame.f_globals["__name__"])
    frame = frame.f_back

OWNER = "project"
'''

OWN_TEST = """\
import reports
import scenarios


def test_our_packages_are_ours():
    assert (reports.OWNER, scenarios.OWNER) == ("project", "project")
"""

OWN_SCENARIO = """\
scenario: rufh/project/first-part
title: The first part of an upload is stored and told
content: 64 KiB
each:
  part: {small: 1 KiB, half: 50%}
steps:
  - create: up
    send: 0..$part
    complete: false
    expect:
      - RUFH-CREATE-INCOMPLETE-LOCATION: {on: 2xx, Location: {is: uri-reference}}
  - retrieve: seen
    of: up
    expect:
      - RUFH-RETRIEVE-UPLOAD-OFFSET: {on: 2xx, Upload-Offset: $part}
"""

FILES = {
    "conftest.py": "",
    "reports/__init__.py": PACKAGE.format(name="reports"),
    "scenarios/__init__.py": PACKAGE.format(name="scenarios"),
    "tests/__init__.py": PACKAGE.format(name="tests"),
    "tests/test_own.py": OWN_TEST,
    "tests/own.scenario.yaml": OWN_SCENARIO,
}

EMBEDDED = ("--resumable-target", "embedded", "--resumable-draft", "6,8")
#: cases of the project's scenario, in two drafts
OWN_CASES = 4


class Project:
    """The project, and what is found out in it."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.root = root
        for name, text in FILES.items():
            file = folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command in the project; returns its exit code and all it printed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=WITHIN,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def pytest(self, *args: str) -> tuple[int, str]:
        """Run pytest in the project."""
        return self.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args)


def _environment() -> Mapping[str, str]:
    """Return the environment without anything that would help or hinder."""
    hidden = ("PYTHONPATH", "PYTEST_", "RESUMABLE_", "COV_", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}


def counts(output: str) -> dict[str, int]:
    """Read the last line of pytest: ``{'passed': 3, 'skipped': 1}``."""
    lines = [line for line in output.splitlines() if re.search(r"\bin [\d.]+s\b", line)]
    found = re.findall(r"(\d+) (\w+)", lines[-1].partition(" in ")[0]) if lines else []
    return {word.removesuffix("s"): int(number) for number, word in found}


def check_is_installed(project: Project) -> None:
    """It is not the source tree that is used."""
    for name in ("conformance", "reference_server"):
        spec = importlib.util.find_spec(name)
        assert spec is not None, f"{name} is not installed"
        assert spec.origin is not None, f"{name} has no file"
        assert not Path(spec.origin).is_relative_to(project.root / name), f"{name} is {spec.origin}"


def check_inert(project: Project) -> None:
    """Without an option, the project's own tests run and nothing else."""
    code, output = project.pytest("-q")
    assert (code, counts(output)) == (0, {"passed": 1}), output


def check_topic(project: Project) -> None:
    """One topic in two drafts, beside the project's tests and scenarios."""
    code, output = project.pytest("-q", *EMBEDDED, "--resumable-topic", "append")
    told = counts(output)
    assert code == 0, output
    assert told.pop("passed") > 20, output
    assert not told, output


def check_workers(project: Project) -> None:
    """The same counts with two workers as without."""
    args = ("-q", *EMBEDDED, "--resumable-topic", "append")
    alone, shared = project.pytest(*args), project.pytest(*args, "-n", "2")
    assert shared[0] == 0, shared[1]
    assert counts(shared[1]) == counts(alone[1]), shared[1]


def check_own_scenario(project: Project) -> None:
    """The project's own scenario and its own test, nothing shipped."""
    code, output = project.pytest("-v", *EMBEDDED, "--resumable-own")
    assert (code, counts(output)) == (0, {"passed": OWN_CASES + 1}), output
    assert "own.scenario.yaml::rufh/project/first-part[half-draft8-h1] PASSED" in output, output


def check_command_line(project: Project) -> None:
    """The command runs a shipped scenario here."""
    command = str(Path(sysconfig.get_path("scripts")) / "resumable")
    only = "rufh/append/offset-mismatch"
    code, output = project.run(command, "run", "--only", only, "--draft", "6", "--no-html")
    assert code == 0, output
    code, output = project.run(
        command, "run", "--scenarios", "tests/own.scenario.yaml", "--draft", "6", "--no-html",
        "--only", "rufh/project/first-part",
    )  # fmt: skip
    assert code == 0, output


CHECKS: tuple[Callable[[Project], None], ...] = (
    check_is_installed,
    check_inert,
    check_topic,
    check_workers,
    check_own_scenario,
    check_command_line,
)


def outcomes(root: Path) -> Iterator[tuple[str, str]]:
    """Run every check; yields its name and what went wrong, if anything."""
    with tempfile.TemporaryDirectory(prefix="project-") as folder:
        project = Project(Path(folder).resolve(), root)
        for check in CHECKS:
            name = check.__name__.removeprefix("check_").replace("_", " ")
            try:
                check(project)
            except AssertionError as error:
                yield name, str(error)
            except subprocess.TimeoutExpired:
                yield name, f"no end within {WITHIN} s"
            else:
                yield name, ""


def main() -> int:
    """Check everything; returns the exit code."""
    if len(sys.argv) != 2:
        print("usage: python tests/installed.py ROOT", file=sys.stderr)
        return 2
    failed = passed = 0
    for name, trouble in outcomes(Path(sys.argv[1]).resolve()):
        print(f"{name}: {'FAILED' if trouble else 'passed'}", flush=True)
        if trouble:
            print("\n".join(f"    {line}" for line in trouble.splitlines()[-40:]))
        failed, passed = failed + bool(trouble), passed + (not trouble)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
