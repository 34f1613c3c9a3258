"""Makes an Allure 3 report of a small run, once, and looks whether everything is in it.

``python tests/pytest_plugin/allure_report.py FOLDER`` runs a few scenarios of the shipped set and
one that fails, with the results in the folder, installs the report maker from npm there, and has it
make the report in ``FOLDER/report``. Where Node.js is missing or too old it says so and ends well;
with ``RESUMABLE_ALLURE_REQUIRED=1`` in the environment that is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

#: the report maker on npm; docs/allure.md names the same
ALLURE = "allure@3.18.0"
#: the oldest Node.js it runs on
OLDEST = (20, 19)
INSTALL_SECONDS = 300
RUN_SECONDS = 120
TOPIC = "cancellation"
FAILS = """\
scenario: rufh/mine/fails
title: A creation is answered by a teapot
why: A report has to show what a violation looks like.
content: 4 KiB
steps:
  - create: up
    send: 0..1 KiB
    complete: false
    expect:
      - RUFH-CREATE-INCOMPLETE-LOCATION: {status: 418}
"""


def main(folder: Path) -> int:
    """Do everything; returns the exit code."""
    lacking = what_is_lacking()
    if lacking:
        print(f"no Allure report was made: {lacking}")
        return int(os.environ.get("RESUMABLE_ALLURE_REQUIRED") == "1")
    results, report = folder / "results", folder / "report"
    for each in (results, report):
        shutil.rmtree(each, ignore_errors=True)
    judge(folder, results)
    install = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), ALLURE)
    call(folder, INSTALL_SECONDS, *install)
    make = ("npx", "--no-install", "allure", "generate", str(results), "--output", str(report))
    call(folder, RUN_SECONDS, *make)
    expected, told = count(results), shown(report)
    print(f"{report / 'index.html'}: {told}")
    if told != expected:
        sys.exit(f"the report differs from the results, which are {expected}")
    return 0


def what_is_lacking() -> str:
    """Say why the report maker cannot be run on this machine; empty if it can."""
    oldest = ".".join(map(str, OLDEST))
    missing = [name for name in ("node", "npm", "npx") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} missing; install Node.js {oldest} or newer"
    done = subprocess.run(("node", "--version"), capture_output=True, timeout=30, check=False)
    version = done.stdout.decode("ascii", "replace").strip()
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        return f"Node.js {version or 'of no version'} is here, {oldest} or newer is needed"
    return ""


def judge(folder: Path, results: Path) -> None:
    """Judge the reference server, so that something passes and one test fails."""
    (folder / "fails.scenario.yaml").write_text(FAILS, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = (
        "--resumable-target", "embedded", "--resumable-draft", "6", "--resumable-http", "h1,h2",
        "--resumable-topic", TOPIC, "--resumable-topic", "mine", "--alluredir", str(results),
    )  # fmt: skip
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    call(folder, RUN_SECONDS, *command, code=1)


def call(folder: Path, seconds: int, *command: str, code: int = 0) -> None:
    """Run a command in the folder; end the program if it ends otherwise than it should."""
    try:
        done = subprocess.run(command, cwd=folder, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        sys.exit(f"{command[0]} did not end within {seconds} s")
    if done.returncode != code:
        sys.exit(f"{command[0]} ended with {done.returncode} instead of {code}")


def count(results: Path) -> dict[str, int]:
    """Return how many results there are, altogether and by status."""
    counts = {"total": 0}
    for file in results.glob("*-result.json"):
        status = json.loads(file.read_bytes())["status"]
        counts["total"] += 1
        counts[status] = counts.get(status, 0) + 1
    assert counts.get("failed") == 2, f"the scenario that fails does so over h1 and h2: {counts}"
    assert counts.get("passed", 0) > 1, f"the shipped scenarios pass: {counts}"
    return counts


def shown(report: Path) -> dict[str, int]:
    """Return the same as the report tells it."""
    if not (report / "index.html").is_file():
        sys.exit(f"there is no {report / 'index.html'}")
    told: dict[str, int] = json.loads((report / "summary.json").read_bytes())["stats"]
    return told


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: allure_report.py FOLDER")
    sys.exit(main(Path(sys.argv[1]).resolve()))
