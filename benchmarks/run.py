"""Measures ratios, both sides in one run.

``python benchmarks/run.py [NAME ...] [--http h1|h2] [--pairs N] [--write]``: without a name,
everything, over both HTTP versions unless one is named.
``--write`` puts the figures into ``docs/performance.md`` and ``benchmarks/results.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from benchmarks import cost, exchanges, tables, upload  # noqa: E402

BENCHMARKS = {"cost": cost.measure, "exchanges": exchanges.measure, "upload": upload.measure}
HTTP = ("h1", "h2")
_KEYS = frozenset(f"{name}-{http}" for name in BENCHMARKS for http in HTTP)
RESULTS = ROOT / "benchmarks" / "results.json"
DOCUMENT = ROOT / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--http", choices=HTTP, help="one HTTP version only")
    parser.add_argument("--pairs", type=int, default=5, help="measurements of each side")
    parser.add_argument("--write", action="store_true", help="write the figures down")
    read = parser.parse_args()
    unknown = set(read.names) - set(BENCHMARKS)
    if unknown or read.pairs < 1:
        parser.error(f"names are {', '.join(BENCHMARKS)}; pairs at least 1")
    figures = {}
    for name in read.names or BENCHMARKS:
        for http in (read.http,) if read.http else HTTP:
            key = f"{name}-{http}"
            figures[key] = BENCHMARKS[name](read.pairs, http)
            print(f"{key} ({tables.machine()})\n{tables.plain(key, figures[key])}", flush=True)
    if read.write:
        known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        known = {name: each for name, each in known.items() if name in _KEYS}
        for name, each in figures.items():
            known[name] = {"machine": tables.machine(), **each}
            tables.write(DOCUMENT, name, each)
        RESULTS.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
