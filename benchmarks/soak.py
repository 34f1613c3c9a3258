"""Runs the whole self-check again and again while every core is kept busy by others.

``python benchmarks/soak.py [--rounds 10] [--only cleartext|tls]``: what passes only on a quiet
machine does not pass here. A round is a run in cleartext, over HTTP/1.1 and HTTP/2, and one over
HTTP/2 with TLS. Prints each round's outcomes; exit code 0 if all rounds passed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUND_SECONDS = 900.0
#: a burner ends by itself after this, whatever happens to us
BURN_SECONDS = 3600
_BURN = f"import time\nend = time.monotonic() + {BURN_SECONDS}\nwhile time.monotonic() < end: pass"
_RESUMABLE = "from conformance.cli import main; main()"
WAYS = {"cleartext": ("--http", "h1,h2"), "tls": ("--tls", "--http", "h2")}


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


def one_run(folder: Path, way: str) -> tuple[int, str]:
    """Run the self-check one way; return its exit code and what it counted."""
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-c", _RESUMABLE, "run", "--strict", "--no-html", "--quiet"]
    try:
        ended = subprocess.run(
            [*command, *WAYS[way], "--json", str(results)],
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
    parser.add_argument("--only", choices=sorted(WAYS), help="one way instead of all")
    read = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # nothing of ours may go on
    ways = (read.only,) if read.only else tuple(WAYS)
    passed = failed = 0
    with busy(os.cpu_count() or 1), tempfile.TemporaryDirectory() as folder:
        for number in range(1, read.rounds + 1):
            codes = []
            for way in ways:
                began = time.monotonic()
                code, told = one_run(Path(folder), way)
                codes.append(code)
                seconds = time.monotonic() - began
                print(f"round {number}, {way}: exit {code}, {seconds:.1f} s: {told}", flush=True)
            passed, failed = passed + (not any(codes)), failed + any(codes)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
