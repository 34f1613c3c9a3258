"""What the plugin does once there is a server to judge."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.errors import SuiteError
from conformance.pytest_plugin.fuzzing import FuzzSet
from conformance.pytest_plugin.nodes import PROPERTY, ROOT, CaseItem, ScenarioFile, ShippedSet
from conformance.pytest_plugin.options import TOLD, to_tell
from conformance.pytest_plugin.suite import Suite
from conformance.pytest_plugin.words import one_line

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from conformance.pytest_plugin.options import Wanted

SUFFIX = ".scenario.yaml"
_DRAFTS = "resumable_drafts"
_TROUBLE = "resumable_trouble"
_STALE_SHOWN = 20


class Hooks:
    """The hooks of one pytest process."""

    def __init__(self, config: pytest.Config, wanted: Wanted) -> None:
        """Decide about the run.

        Raises:
            pytest.UsageError: a wish cannot be fulfilled.
        """
        told = getattr(config, "workerinput", None)
        self._worker = told is not None
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) if self._worker else 1
        arguments = told["mainargv"] if told is not None else config.invocation_params.args
        try:
            self._suite = Suite(wanted, workers, _target_options(arguments))
        except SuiteError as error:
            raise pytest.UsageError(one_line(str(error))) from None
        if told is not None and _DRAFTS in told:
            self._suite.told(tuple(told[_DRAFTS]), told[_TROUBLE])
        self._own = wanted.own
        self._running: list[str] = []
        self._outcomes: Counter[str] = Counter()
        self._stale: dict[str, None] = {}
        config.add_cleanup(self._suite.close)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist what is wanted; ask the server for its drafts once."""
        trouble = ""
        drafts: tuple[int, ...] = ()
        try:
            drafts = self._suite.drafts()
        except SuiteError as error:
            trouble = str(error)
        node.workerinput[TOLD] = to_tell(node.config)
        node.workerinput[_DRAFTS] = list(drafts)
        node.workerinput[_TROUBLE] = trouble

    def pytest_report_header(self) -> list[str]:
        """Say what is judged, and whether it is somebody else's machine."""
        return [f"resumable: {line}" for line in self._suite.header()]

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a scenario file of the user's own."""
        if not file_path.name.endswith(SUFFIX):
            return None
        return ScenarioFile.from_parent(parent, path=file_path, suite=self._suite)

    # first, so that -k, -m and other plugins see these tests like all others
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add the shipped scenarios, and the searches, behind whatever else was collected."""
        sets: list[type[pytest.Collector]] = [] if self._own else [ShippedSet]
        if self._suite.wanted.fuzz:
            sets.append(FuzzSet)
        hook = session.config.hook
        for kind in sets:
            made = kind.from_parent(session, name=ROOT, nodeid=ROOT, suite=self._suite)
            hook.pytest_collectstart(collector=made)
            report = hook.pytest_make_collect_report(collector=made)
            vars(report).pop("call", None)  # it cannot be sent to another process
            hook.pytest_collectreport(report=report)
            items.extend(report.result)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the order in which results will be wanted."""
        ours = [item for item in session.items if isinstance(item, CaseItem)]
        self._running = [item.key for item in ours]
        self._suite.narrow({item.scenario for item in ours})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Begin with everything that is certain to be wanted in this process."""
        if not isinstance(item, CaseItem):
            return
        # a worker of pytest-xdist is given its tests piece by piece and knows only the next one
        known = (item, nextitem) if self._worker else ()
        keys = [each.key for each in known if isinstance(each, CaseItem)]
        self._suite.announce(keys or self._running)
        self._running = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let equal grounds of skipping be one line of the summary, under our name."""
        report = yield
        if isinstance(item, CaseItem) and report.skipped and isinstance(report.longrepr, tuple):
            # None for no line is what pytest itself prints without one
            report.longrepr = (ROOT, None, report.longrepr[2])  # type: ignore[assignment]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, wherever the test ran."""
        if report.when != "teardown":
            return
        for name, value in report.user_properties:
            if name == f"{PROPERTY}outcome":
                self._outcomes[str(value)] += 1
            elif name == f"{PROPERTY}stale":
                self._stale[str(value)] = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """End whatever still runs."""
        self._suite.close()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell the counts, and which entries of the baseline are gone."""
        if not self._outcomes:
            return
        terminalreporter.ensure_newline()
        terminalreporter.section("resumable")
        told = ", ".join(f"{count} {name}" for name, count in sorted(self._outcomes.items()))
        terminalreporter.write_line(f"{self._suite.title}: {told}")
        trouble = self._suite.clean_up()
        if trouble:
            terminalreporter.write_line(f"note: {one_line(trouble)}")
        if self._stale:
            self._tell_stale(terminalreporter)

    def _tell_stale(self, terminalreporter: Any) -> None:
        keys = sorted(self._stale)
        terminalreporter.write_line(
            f"stale baseline: {len(keys)} listed in {self._suite.settings.baseline} no longer "
            "fail; take them out:",
            yellow=True,
        )
        for key in keys[:_STALE_SHOWN]:
            terminalreporter.write_line(f"  {one_line(key)}")
        if len(keys) > _STALE_SHOWN:
            terminalreporter.write_line(f"  … and {len(keys) - _STALE_SHOWN} more")


def _target_options(arguments: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the options that name the server, as they were typed."""
    found: list[str] = []
    words = list(map(str, arguments))
    for number, word in enumerate(words):
        if word in {"--resumable-target", "--resumable-target-file"}:
            found += words[number : number + 2]
        elif word.startswith(("--resumable-target=", "--resumable-target-file=")):
            found.append(word)
    return tuple(found)
