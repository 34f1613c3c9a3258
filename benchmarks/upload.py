"""A large upload into the reference server, beside the same into a bare sink."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, serving, work

SIZE = 1024**3
_DRAFT = "9"


def _rate(port: int) -> tuple[float, float]:
    """Send one upload; return MB/s and the sender's peak."""
    ended = work("benchmarks.sender", port, SIZE, "--draft", _DRAFT)
    assert ended.told.get("status") in {200, 201}, f"the upload was answered {ended.told}"
    return SIZE / 1e6 / ended.told["seconds"], ended.peak


def _into_sink() -> float:
    with serving("benchmarks.sink") as server:
        return _rate(server.port)[0]


def _into_reference() -> tuple[float, float]:
    """Return the rate and the server's peak."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("reference_server", "--restartable", folder) as server,
    ):
        rate, _ = _rate(server.port)
        stored = sum(each.stat().st_size for each in Path(folder).glob("*.data"))
        assert stored == SIZE, f"{stored} octets were stored"
    return rate, server.peak


def _by_the_suite() -> tuple[float, float]:
    """Let the suite itself make the upload; return peaks of client and server."""
    scenario = ROOT / "benchmarks" / "big.scenario.yaml"
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("reference_server", "--restartable", folder) as server,
    ):
        ended = work(
            "conformance.cli", "run", f"http://127.0.0.1:{server.port}/", "--draft", _DRAFT,
            "--scenarios", scenario, "--only", "bench/*", "--no-html", "--quiet",
        )  # fmt: skip
        assert ended.code == 0, f"the suite ended with exit code {ended.code}"
    return ended.peak, server.peak


def measure(pairs: int) -> dict[str, Any]:
    """Measure so many pairs, one side after the other, and the memory once."""
    sinks, references, peaks = [], [], []
    for _ in range(pairs):
        sinks.append(_into_sink())
        rate, peak = _into_reference()
        references.append(rate)
        peaks.append(peak)
    client, server = _by_the_suite()
    ratios = [ours / bare for ours, bare in zip(references, sinks, strict=True)]
    return {
        "pairs": pairs,
        "sink_mb_per_second": round(statistics.median(sinks)),
        "reference_mb_per_second": round(statistics.median(references)),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(each, 2) for each in ratios],
        "client_peak_mb": round(client, 1),
        "server_peak_mb": round(max(server, *peaks), 1),
    }
