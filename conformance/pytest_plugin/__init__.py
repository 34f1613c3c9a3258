"""Conformance scenarios as tests of pytest: one test per scenario, case and draft.

The plugin is inert until an option or the ini file names a server; until then it imports nothing
but itself. See ``docs/pytest.md``.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from conformance.pytest_plugin.options import declare, read
from conformance.pytest_plugin.warned import ResumableWarning

__all__ = ["ResumableWarning", "pytest_addoption", "pytest_configure"]

_MARKER = (
    "resumable(topic, draft, requirement): a conformance scenario; "
    "select for example with -m 'resumable(draft=6)'"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    declare(parser)


# last, so that a conftest.py may start a server and set config.option.resumable_target before
@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Decide everything about the run, if there is a server to run against."""
    config.addinivalue_line("markers", _MARKER)
    wanted = read(config)
    if wanted.active:
        from conformance.pytest_plugin.hooks import Hooks

        config.pluginmanager.register(Hooks(config, wanted), "resumable-hooks")
        # the option is known only where allure-pytest is installed
        if config.getoption("--alluredir", None) and find_spec("allure") is not None:
            from conformance.pytest_plugin.allure_results import AllureResults

            config.pluginmanager.register(AllureResults(), "resumable-allure")
