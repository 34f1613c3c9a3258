"""What judging costs: the draft set's process beside one that only plays the same octets."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import work

DRAFT = "9"


def measure(pairs: int, http: str) -> dict[str, Any]:
    """Record once, then measure so many pairs, one side after the other."""
    judged, played = [], []
    with tempfile.TemporaryDirectory() as folder:
        tape = Path(folder, "tape")
        recorded = work("benchmarks.record", "--draft", DRAFT, "--http", http, tape)
        assert recorded.code == 0, "the recording failed"
        for _ in range(pairs):
            judged.append(_told("benchmarks.judged", "--draft", DRAFT, "--http", http))
            played.append(_told("benchmarks.replay", tape))
    ratios = [a["cpu"] / b["cpu"] for a, b in zip(judged, played, strict=True)]
    bare = [a["cpu_without_report"] / b["cpu"] for a, b in zip(judged, played, strict=True)]
    return {
        "pairs": pairs,
        "draft": int(DRAFT),
        "cases": judged[0]["cases"],
        "exit_codes": sorted({each["exit_code"] for each in judged}),
        "run_cpu_seconds": _median(judged, "cpu"),
        "run_cpu_seconds_without_report": _median(judged, "cpu_without_report"),
        "replay_cpu_seconds": _median(played, "cpu"),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(each, 2) for each in ratios],
        "ratio_without_report": round(statistics.median(bare), 2),
        "run_seconds": _median(judged, "seconds"),
        "recorded": recorded.told,
        "played": {key: played[-1][key] for key in recorded.told},
        "late": max(each["late"] for each in played),
        "alike": round(min(_alike(recorded.told, each) for each in played), 3),
    }


def _told(module: str, *arguments: object) -> dict[str, Any]:
    ended = work(module, *arguments)
    assert ended.told, f"{module} ended with exit code {ended.code} and said nothing"
    told: dict[str, Any] = ended.told
    return told


def _median(many: list[dict[str, Any]], key: str) -> float:
    return round(float(statistics.median(each[key] for each in many)), 2)


def _alike(recorded: dict[str, Any], played: dict[str, Any]) -> float:
    """Return the share of final responses with the status codes they had when recorded."""
    before: dict[str, int] = recorded["statuses"]
    now: dict[str, int] = played["statuses"]
    same = sum(min(count, now.get(code, 0)) for code, count in before.items())
    return same / max(1, sum(before.values(), 0))
