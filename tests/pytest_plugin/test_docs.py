"""What docs/pytest.md and docs/allure.md say is true."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import pytest

from conformance.pytest_plugin.options import OPTIONS
from conformance.scenario.lint import lint_file
from conformance.scenario.template import new_scenario

pytest_plugins = ["pytester"]

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "pytest.md").read_text(encoding="utf-8")
SHOWN = ("--resumable-draft", "6", "--resumable-topic", "cancellation")


def test_every_option_is_in_the_table() -> None:
    rows = re.findall(r"^\| `--(resumable-[a-z-]+)[^`]*` \| `(resumable_[a-z_]+)` \|", GUIDE, re.M)
    assert rows == [(f"resumable-{option.name}", option.key) for option in OPTIONS]


def test_the_report_maker_shown_is_the_one_that_is_tried_out() -> None:
    script = (Path(__file__).parent / "allure_report.py").read_text(encoding="utf-8")
    tried = re.search(r'^ALLURE = "(allure@[0-9.]+)"$', script, re.M)
    assert tried is not None
    shown = re.findall(r"npx (\S+)", (DOCS / "allure.md").read_text(encoding="utf-8"))
    assert set(shown) == {tried[1]}


def test_a_new_scenario_may_be_called_as_the_plugin_collects_it(tmp_path: Path) -> None:
    file = tmp_path / "first-part.scenario.yaml"
    file.write_text(new_scenario(file), encoding="utf-8")
    assert not lint_file(file)


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "workers"])
def test_the_conftest_example_judges_the_server_it_starts(
    project: pytest.Pytester, more: tuple[str, ...]
) -> None:
    command = Path(sysconfig.get_path("scripts")) / "resumable"
    if not command.exists():
        pytest.skip("the command is not installed")
    found = re.search(r"```python\n(# conftest\.py\n.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    project.makeconftest(found[1].replace('["resumable",', f"[{str(command)!r},"))
    project.makepyfile("def test_of_the_project(): pass")
    quiet = project.runpytest_subprocess("-p", "no:cacheprovider", timeout=90)
    quiet.assert_outcomes(passed=1)
    judged = project.runpytest_subprocess("-p", "no:cacheprovider", *SHOWN, *more, timeout=90)
    counts = judged.parseoutcomes()
    assert counts["passed"] > 1
    assert not {"failed", "errors", "error"} & set(counts)
    assert re.search(r"http://127\.0\.0\.1:\d+/, draft 6: ", judged.stdout.str())
