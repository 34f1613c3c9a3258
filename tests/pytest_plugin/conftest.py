"""Small results, and projects in which pytest runs with the plugin."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.outcome import Outcome, worst
from conformance.model.result import CaseResult, CheckResult, ExchangeText

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent


def _check(name: str, outcome: Outcome, **more: Any) -> CheckResult:
    fields: dict[str, Any] = {
        "id": f"rufh/a/b/one/step/{name}/8/h1",
        "requirement": name,
        "step": "step",
        "level": "MUST",
        "verdict": "fail",
        "outcome": outcome,
    }
    return CheckResult(**(fields | more))


def _case(*checks: CheckResult, **more: Any) -> CaseResult:
    fields: dict[str, Any] = {
        "id": "rufh/a/b/one/8/h1",
        "scenario": "rufh/a/b",
        "case": "one",
        "draft": 8,
        "transport": "h1",
        "title": "A title",
        "topic": "a",
        "outcome": worst(each.outcome for each in checks),
        "checks": checks,
        "exchanges": (ExchangeText(step="step", connection=0, sent="HEAD /", received="204"),),
    }
    return CaseResult(**(fields | more))


@pytest.fixture
def check() -> Callable[..., CheckResult]:
    """Return a maker of checks."""
    return _check


@pytest.fixture
def case() -> Callable[..., CaseResult]:
    """Return a maker of results."""
    return _case


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project in which this checkout's plugin is loaded, installed or not."""
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{before}" if before else str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    # the tests of this project may run under pytest-xdist; those of the other one do not
    for name in [name for name in os.environ if name.startswith(("PYTEST_XDIST", "RESUMABLE_"))]:
        monkeypatch.delenv(name)
    if not any(each.name == "resumable" for each in entry_points(group="pytest11")):
        pytester.plugins.append("conformance.pytest_plugin")
    return pytester
