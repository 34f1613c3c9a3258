"""A large upload into the reference server, beside the same into a bare sink."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import serving, work

SIZE = 1024**3
_DRAFT = "9"
_SINKS = {"h1": "benchmarks.sink", "h2": "benchmarks.h2_sink"}


def _rate(client: str, port: int, http: str) -> tuple[float, float]:
    """Let a client make one upload; return MB/s and the client's peak."""
    ended = work(f"benchmarks.{client}", port, SIZE, "--draft", _DRAFT, "--http", http)
    assert ended.told.get("status") in {200, 201}, f"the upload was answered {ended.told}"
    return SIZE / 1e6 / ended.told["seconds"], ended.peak


def _into_sink(http: str) -> float:
    with serving(_SINKS[http]) as server:
        return _rate("sender", server.port, http)[0]


def _into_reference(http: str, client: str = "sender") -> tuple[float, float, float]:
    """Return the rate, the client's peak and the server's."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("reference_server", "--restartable", folder) as server,
    ):
        rate, peak = _rate(client, server.port, http)
        stored = sum(each.stat().st_size for each in Path(folder).glob("*.data"))
        assert stored == SIZE, f"{stored} octets were stored"
    return rate, peak, server.peak


def measure(pairs: int, http: str) -> dict[str, Any]:
    """Measure so many pairs, one side after the other, and the memory once."""
    sinks, references, peaks = [], [], []
    for _ in range(pairs):
        sinks.append(_into_sink(http))
        rate, _, peak = _into_reference(http)
        references.append(rate)
        peaks.append(peak)
    suite_rate, client, server = _into_reference(http, "client")
    ratios = [ours / bare for ours, bare in zip(references, sinks, strict=True)]
    return {
        "pairs": pairs,
        "sink_mb_per_second": round(statistics.median(sinks)),
        "reference_mb_per_second": round(statistics.median(references)),
        "suite_mb_per_second": round(suite_rate),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(each, 2) for each in ratios],
        "client_peak_mb": round(client, 1),
        "server_peak_mb": round(max(server, *peaks), 1),
    }
