"""A process that runs the whole draft set against the reference server and tells what it cost.

Everything after the imports counts: scenarios are read, planned, run and judged, and the report
that ``resumable run`` writes by default is written. The reference server is a process of its own
and does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from benchmarks.tape import cpu_seconds
from conformance.cli.running import collect_less
from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.engine.run import run
from conformance.engine.settings import RunSettings, build
from conformance.engine.wishes import Wishes
from reports.html import write as write_html


def settings_for(embedded: Embedded, draft: str, http: str) -> RunSettings:
    """Return the settings of a run in one draft over one HTTP version."""
    targets = tuple(as_target(each) for each in embedded.configurations.values())
    return build(Wishes(draft=(draft,), http=http), {}, targets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draft", required=True)
    parser.add_argument("--http", required=True, choices=("h1", "h2"))
    read = parser.parse_args()
    collect_less()
    began, clock = cpu_seconds(), time.monotonic()
    with Embedded() as embedded:
        result = asyncio.run(run(settings_for(embedded, read.draft, read.http)))
    ran, seconds = cpu_seconds(), time.monotonic() - clock
    with tempfile.TemporaryDirectory() as folder:
        write_html(result, Path(folder, "report.html"))
    told = {
        "cpu": cpu_seconds() - began,
        "cpu_without_report": ran - began,
        "seconds": seconds,
        "cases": len(result.results),
        "requests": sum(case.requests for case in result.results),
        "exit_code": result.exit_code,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
