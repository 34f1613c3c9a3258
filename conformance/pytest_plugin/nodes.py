"""Collectors and tests: the shipped set, files of the user's own, and one test per case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.errors import ScenarioError, SuiteError
from conformance.pytest_plugin.listing import list_file, list_shipped
from conformance.pytest_plugin.proof import Rerun, tell
from conformance.pytest_plugin.verdict import Ending, Judged, decide
from conformance.pytest_plugin.warned import ResumableWarning
from conformance.pytest_plugin.words import one_line
from conformance.scenario.keys import all_errors
from conformance.scenario.yaml_nodes import explain_error

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.model.result import CaseResult
    from conformance.pytest_plugin.listing import Listed
    from conformance.pytest_plugin.suite import Suite

ROOT = "resumable"
PROPERTY = "resumable_"


class ShippedSet(pytest.Collector):
    """The shipped scenarios; there is no file of this name."""

    def __init__(self, *, suite: Suite, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._suite = suite

    def collect(self) -> Iterable[pytest.Item]:
        """Return the selected tests in the order of results."""
        try:
            listed = list_shipped(self._suite.settings, self._suite.drafts())
        except SuiteError as error:
            raise self.CollectError(one_line(str(error))) from None
        return [_item(self, each, self._suite) for each in listed]


class ScenarioFile(pytest.File):
    """A scenario file of the user's own."""

    def __init__(self, *, suite: Suite, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._suite = suite

    def collect(self) -> Iterable[pytest.Item]:
        """Return the tests of the file; its mistakes are shown with their places."""
        try:
            listed = list_file(self.path, self._suite.settings, self._suite.drafts())
        except ScenarioError as error:
            raise self.CollectError(_mistakes(error, self.path)) from None
        except SuiteError as error:
            raise self.CollectError(one_line(str(error))) from None
        if listed:
            self._suite.add_file(self.path)
        return [_item(self, each, self._suite, own=True) for each in listed]


def _mistakes(error: ScenarioError, path: Path) -> str:
    source = path.read_bytes()
    return "\n".join(explain_error(each, source) for each in all_errors(error))


def _item(parent: pytest.Collector, listed: Listed, suite: Suite, *, own: bool = False) -> CaseItem:
    return CaseItem.from_parent(parent, name=listed.name, listed=listed, suite=suite, own=own)


class CaseItem(pytest.Item):
    """One case in one draft.

    Attributes:
        listed: what it is.
        key: id of its result.
        scenario: id of the scenario.
        result, judged: what was found and what it means; None before and after the test.
    """

    def __init__(self, *, listed: Listed, suite: Suite, own: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed = listed
        self.key = listed.id
        self.scenario = listed.case.scenario.id
        self._suite = suite
        self._own = own
        self.result: CaseResult | None = None
        self.judged: Judged | None = None
        topic = listed.case.scenario.topic
        self.extra_keyword_matches.update((topic, *listed.requirements))
        for requirement in listed.requirements:
            self.add_marker(
                pytest.mark.resumable(topic=topic, draft=listed.draft, requirement=requirement)
            )

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place to show: the user's file, or the name of the shipped set."""
        return (self.path if self._own else self.config.rootpath / ROOT), 0, self.name

    def setup(self) -> None:
        """Wait for the result; what is nobody's failure but ours or the network's is an error."""
        trouble = self._suite.trouble()
        if trouble is not None:
            if trouble.told:
                pytest.skip(f"not run: {one_line(trouble.text)}")
            trouble.told = True
            pytest.fail(one_line(trouble.text), pytrace=False)
        try:
            self.result = self._suite.result(self.key)
        except SuiteError as error:
            pytest.fail(one_line(str(error)), pytrace=False)
        if self.result is None:
            pytest.skip("not-applicable: nothing of it applies to this server")
        known = self._suite.known.of(self.result.id)
        self.judged = decide(self.result, known, strict=self._suite.settings.strict)
        self._note(self.result, self.judged)
        if self.judged.ending is Ending.ERROR:
            self._fail(self.result, self.judged)

    def _note(self, result: CaseResult, judged: Judged) -> None:
        """Leave in the report what JUnit files and the summary want to know."""
        told: list[tuple[str, object]] = [
            ("scenario", result.scenario),
            ("case", result.case),
            ("draft", result.draft),
            ("outcome", str(result.outcome)),
        ]
        told += [("requirement", name) for name in _cited(result)]
        told += [("stale", key) for key in judged.stale]
        others = [each for each in self.user_properties if not each[0].startswith(PROPERTY)]
        self.user_properties[:] = [*others, *((f"{PROPERTY}{name}", value) for name, value in told)]

    def runtest(self) -> None:
        """End as the result says."""
        result, judged = self.result, self.judged
        assert result is not None  # noqa: S101 - setup goes first
        assert judged is not None  # noqa: S101 - setup goes first
        match judged.ending:
            case Ending.SKIPPED:
                pytest.skip(judged.reason)
            case Ending.XFAILED:
                pytest.xfail(judged.reason)
            case Ending.WARNED:
                self._warn(result, judged)
            case Ending.FAILED:
                self._fail(result, judged)
            case _:
                pass

    def teardown(self) -> None:
        """Forget the result: it holds octets, and another run of the test wants a new one."""
        self.result = self.judged = None

    def _warn(self, result: CaseResult, judged: Judged) -> None:
        try:
            self.warn(ResumableWarning(judged.reason))
        except ResumableWarning:  # the user's filters make it an error
            self._fail(result, judged)

    def _fail(self, result: CaseResult, judged: Judged) -> None:
        here = self.config.invocation_params.dir
        file = os.path.relpath(self.path, here) if self._own else ""
        rerun = Rerun(target=self._suite.target_options, file=file)
        # the first line is what the short summary shows
        pytest.fail(f"{judged.reason}\n\n{tell(result, judged, rerun)}", pytrace=False)


def _cited(result: CaseResult) -> Iterable[str]:
    return dict.fromkeys(check.requirement for check in result.checks)
