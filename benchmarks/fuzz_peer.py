"""Schemathesis on the same servers: described, configured and taught as an expert would.

A property-based tester of APIs knows operations, schemas and links between them. Failures it also
tells of the clean server are taken for general ones; its own baseline file keeps them.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from fuzz_peer_api import description

#: defects an outsider could see in statuses, fields or sequences -> words of the failures that
#: are about it
CHOSEN: Final[dict[str, tuple[str, ...]]] = {
    "any-offset-accepted": ("OffsetLedger",),
    "conflict-without-offset": ("conflict_tells_offset",),
    "retrieval-without-offset": ("Missing required response headers",),
    "retrieval-without-completeness": ("Missing required response headers",),
    "creation-without-location": ("creation_tells_location",),
    "cancellation-does-nothing": ("Deleted resource still available",),
    "complete-at-length": ("CompletionLedger",),
    "cut-append-completes": ("CompletionLedger",),  # it cannot cut a request
    "conflict-rewinds": ("OffsetLedger",),
    "completed-upload-grows": ("OffsetLedger", "more_is_not_complete"),
}
#: what does not fit the protocol: whoever leaves a field out, or spoils it, has made an ordinary
#: upload, or one whose field is ignored; methods nobody described may be answered 501; an append
#: that fits the description may contradict a length
_CONFIGURATION: Final = """\
[phases.coverage]
unexpected-methods = []

[checks]
unsupported_method.enabled = false
negative_data_rejection.enabled = false
missing_required_header.enabled = false
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "4xx"]
"""
HOOKS: Final = Path(__file__).parent / "fuzz_peer_hooks.py"


def schemathesis(
    command: str, url: str, draft: int, seconds: float, *, baseline: Path, learn: bool = False
) -> dict[str, Any]:
    """Run it for some seconds; return what it told, and what of that the baseline does not know.

    Args:
        command: how to call it.
        url: the server.
        draft: the draft described to it.
        seconds: its time.
        baseline: its file of failures that are known.
        learn: put everything that fails into that file.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "openapi.json").write_text(json.dumps(description(url, draft)), encoding="utf-8")
        (place / "schemathesis.toml").write_text(_CONFIGURATION, encoding="utf-8")
        began = time.monotonic()
        arguments = ["run", "openapi.json", "--url", url.rstrip("/"), "--seed", "1"]
        arguments += ["--max-time", str(int(seconds)), "--continue-on-failure"]
        arguments += ["--report", "json", "--report-json-path", "told.json"]
        arguments += ["--baseline", str(baseline.resolve())]
        done = subprocess.run(
            [command, *arguments, *(["--baseline-update"] if learn else [])],
            capture_output=True,
            text=True,
            timeout=3 * seconds + 60,
            check=False,
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        )
        report = place / "told.json"
        told = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return {
        "draft": draft,
        "seconds": round(time.monotonic() - began, 1),
        "cases": told.get("test_cases", {}).get("generated", 0),
        "failed": sorted(f"{each['title']} ({each['type']})" for each in told.get("failures", ())),
        **({} if told else {"error": (done.stderr or done.stdout)[-500:]}),
    }


def about(defect: str, failed: list[str]) -> bool:
    """Tell whether one of the failures is about a defect."""
    return any(words in each for words in CHOSEN[defect] for each in failed)
