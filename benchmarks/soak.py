"""Runs the whole self-check again and again while every core is kept busy by others.

``python benchmarks/soak.py [--rounds 10]``: what passes only on a quiet machine does not pass
here. Prints each round's outcomes; exit code 0 if all rounds passed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUND_SECONDS = 300.0
#: a burner ends by itself after this, whatever happens to us
BURN_SECONDS = 3600
_BURN = f"import time\nend = time.monotonic() + {BURN_SECONDS}\nwhile time.monotonic() < end: pass"
_RESUMABLE = "from conformance.cli import main; main()"


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep so many cores busy."""
    burners = [subprocess.Popen([sys.executable, "-c", _BURN]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
        for burner in burners:
            burner.wait()


def one_round(folder: Path) -> tuple[int, str]:
    """Run the self-check; return its exit code and what it counted."""
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-c", _RESUMABLE, "run", "--strict", "--no-html", "--quiet"]
    try:
        ended = subprocess.run(
            [*command, "--json", str(results)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=ROUND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 2, f"no end within {ROUND_SECONDS:.0f} s"
    if not results.exists():
        return ended.returncode or 2, "no results"
    summary = json.loads(results.read_text(encoding="utf-8"))["summary"]
    counts = (f"{count:,} {outcome}" for outcome, count in summary["checks"].items() if count)
    return ended.returncode, ", ".join(counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    passed = failed = 0
    with busy(os.cpu_count() or 1), tempfile.TemporaryDirectory() as folder:
        for number in range(1, rounds + 1):
            began = time.monotonic()
            code, told = one_round(Path(folder))
            seconds = time.monotonic() - began
            passed, failed = passed + (code == 0), failed + (code != 0)
            print(f"round {number}: exit code {code}, {seconds:.1f} s: {told}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
