"""Tests that search the server with the fuzzer, one for each draft and HTTP version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.errors import SuiteError
from conformance.pytest_plugin.nodes import PROPERTY, ROOT
from conformance.pytest_plugin.words import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.fuzz.finding import Finding
    from conformance.pytest_plugin.suite import Suite

#: folder of findings, below where pytest was started
FOLDER = "resumable-findings"
_ELSEWHERE = (
    "{url} is not on this machine: fuzzing sends it faulty and interrupted requests; "
    "if you may do that, say --resumable-i-may-fuzz-this-host"
)


class FuzzSet(pytest.Collector):
    """The searches; there is no file of this name."""

    def __init__(self, *, suite: Suite, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._suite = suite

    def collect(self) -> Iterable[pytest.Item]:
        """Return one test for each draft and HTTP version."""
        suite = self._suite
        target = suite.settings.targets[0]
        if not target.loopback and not suite.wanted.may_fuzz:
            raise self.CollectError(one_line(_ELSEWHERE.format(url=target.url)))
        try:
            drafts = suite.drafts()
        except SuiteError as error:
            raise self.CollectError(one_line(str(error))) from None
        return [
            FuzzItem.from_parent(
                self,
                name=f"fuzz[draft{draft}-{transport}]",
                suite=suite,
                draft=draft,
                transport=transport,
            )
            for draft in drafts
            for transport in suite.settings.transports
        ]


class FuzzItem(pytest.Item):
    """A search in one draft over one HTTP version."""

    def __init__(self, *, suite: Suite, draft: int, transport: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._suite = suite
        self._draft = draft
        self._transport = transport
        self.extra_keyword_matches.add("fuzz")
        self.add_marker(pytest.mark.resumable(topic="fuzz", draft=draft))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return what stands in for a place: searches have no file."""
        return self.config.rootpath / ROOT, 0, self.name

    def runtest(self) -> None:
        """Search; what is found fails the test and is written as a folder."""
        from conformance.fuzz.properties import ViolationError, hold
        from conformance.fuzz.search import SearchSettings

        try:
            settings = SearchSettings(
                target=self._suite.fuzz_target(),
                drafts=(self._draft,),
                transport=self._transport,
                seconds=None,
                scale=self._suite.settings.scale,
                tidy=not self._suite.wanted.embedded,
                controlled=not self._suite.wanted.embedded,
            )
            hold(settings, self._draft, self._suite.wanted.fuzz_examples)
        except SuiteError as error:
            self._note("error")
            pytest.fail(one_line(str(error)), pytrace=False)
        except ViolationError as violation:
            finding = violation.finding
        else:
            self._note("pass")
            return
        self._note("fail", finding.violation.requirement)
        pytest.fail(self._told(finding), pytrace=False)

    def _note(self, outcome: str, requirement: str = "") -> None:
        """Leave in the report what JUnit files and the summary want to know."""
        told: dict[str, object] = {"draft": self._draft, "outcome": outcome}
        if requirement:
            told["requirement"] = requirement
        self.user_properties += [(f"{PROPERTY}{name}", value) for name, value in told.items()]

    def _told(self, finding: Finding) -> str:
        """Write the finding's folder; return what the failure says."""
        from conformance.fuzz.finding import write_finding

        folder = self.config.invocation_params.dir / FOLDER
        name = self._suite.shown_url()
        try:
            place = write_finding(finding, folder, name).relative_to(folder.parent)
            replay = " ".join(filter(None, ("resumable fuzz", name, f"--replay {place}")))
            written = [f"finding: {place}", f"replay: {replay}"]
        except OSError as error:
            written = [f"finding: not written: {error}"]
        steps = len(finding.trial.steps)
        many = f"{steps} {'step' if steps == 1 else 'steps'}"
        lines = [
            f"{finding.violation.requirement}: {one_line(finding.violation.said)}",
            "",
            f"Found by the fuzzer in draft {self._draft}, {self._transport}: {many}",
            f"  expected: {one_line(finding.expected)}",
            f"  observed: {one_line(finding.observed)}",
            "",
            clean(finding.scenario_text.partition("\n")[2].rstrip()),
            "",
            *written,
        ]
        return "\n".join(lines)
