"""The command line of the fuzzer."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from conformance.cli.fuzz import fuzz
from conformance.model.errors import SuiteError


def test_a_host_elsewhere_needs_leave() -> None:
    result = CliRunner().invoke(fuzz, ["http://203.0.113.7/files"])
    assert isinstance(result.exception, SuiteError)
    assert "--i-may-fuzz-this-host" in str(result.exception)


def test_a_replay_folder_must_exist() -> None:
    result = CliRunner().invoke(fuzz, ["http://127.0.0.1:9/", "--replay", "/nowhere-at-all"])
    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_tls_is_for_the_embedded_server() -> None:
    result = CliRunner().invoke(fuzz, ["http://127.0.0.1:9/", "--tls"])
    assert result.exit_code == 2
    assert "a URL says https:// itself" in result.output


@pytest.mark.slow
def test_the_embedded_server_is_searched_without_a_finding() -> None:
    result = CliRunner().invoke(fuzz, ["--requests", "400", "--draft", "9"], standalone_mode=False)
    assert result.exception is None, result.output
    assert result.return_value == 0
    assert "0 findings" in result.output
