"""Keeping what was proved: for ``resumable coverage``, and as a table in the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from click.testing import CliRunner

from conformance.cli.coverage import coverage
from conformance.engine.coverage import PROOF, load_proof

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
_TABLE: Final = "| requirement "


def keep(proved: Mapping[str, tuple[str, ...]]) -> None:
    """Write the proof, and the table that follows from it behind the introduction of its page.

    Raises:
        OSError: a file cannot be written.
    """
    named = {requirement: sorted(defects) for requirement, defects in proved.items()}
    PROOF.write_text(json.dumps(named, indent=1, sort_keys=True) + "\n", "utf-8")
    load_proof.cache_clear()
    introduction = PAGE.read_text("utf-8").partition(_TABLE)[0]
    table = CliRunner().invoke(coverage, ["--markdown"], catch_exceptions=False).output
    PAGE.write_text(introduction + table, "utf-8")
