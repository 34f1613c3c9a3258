"""The figures as tables, on the terminal and between the markers of the document."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_MARK = "<!-- figures: {name} -->"
_END = "<!-- end -->"


def machine() -> str:
    """Return the class of this machine in words."""
    cores = os.cpu_count() or 1
    system = {"darwin": "macOS"}.get(sys.platform, platform.system())
    return (
        f"{cores} cores, {platform.machine()}, {system}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def rows(name: str, figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what was measured, the figure, and the goal."""
    kind, _, http = name.partition("-")
    return _ROWS[kind](figures, _LIBRARIES[http])


def _cost(figures: dict[str, Any], _library: str) -> list[tuple[str, str, str]]:
    recorded, played = figures["recorded"], figures["played"]
    return [
        ("processor seconds of the run, its HTML report included",
         f"{figures['run_cpu_seconds']:.2f}", ""),
        ("processor seconds of the run alone",
         f"{figures['run_cpu_seconds_without_report']:.2f}", ""),
        ("processor seconds of the replay", f"{figures['replay_cpu_seconds']:.2f}", ""),
        ("ratio, report included", f"{figures['ratio']:.2f} {_spread(figures)}", "at most 3"),
        ("ratio, run alone", f"{figures['ratio_without_report']:.2f}", "at most 3"),
        ("requests, recorded and played", f"{recorded['requests']:,} / {played['requests']:,}", ""),
        ("octets sent, recorded and played", f"{recorded['sent']:,} / {played['sent']:,}", ""),
        ("octets received, recorded and played",
         f"{recorded['received']:,} / {played['received']:,}", ""),
        ("final responses with the status they had", f"{figures['alike']:.1%}", ""),
        ("the whole draft set, seconds", f"{figures['run_seconds']:.1f}", "well under 10"),
    ]  # fmt: skip


def _upload(figures: dict[str, Any], library: str) -> list[tuple[str, str, str]]:
    return [
        (f"bare {library} sink, MB/s", f"{figures['sink_mb_per_second']:,}", ""),
        ("reference server with its disk store, MB/s",
         f"{figures['reference_mb_per_second']:,}", ""),
        ("ratio", f"{figures['ratio']:.2f} {_spread(figures)}", "at least 0.5"),
        ("the suite's own client into the reference server, MB/s",
         f"{figures['suite_mb_per_second']:,}", ""),
        ("peak memory of the suite's client, MB", f"{figures['client_peak_mb']:.0f}", "under 100"),
        ("peak memory of the reference server, MB",
         f"{figures['server_peak_mb']:.0f}", "under 100"),
    ]  # fmt: skip


def _exchanges(figures: dict[str, Any], library: str) -> list[tuple[str, str, str]]:
    lines = []
    for key, words in (("on_1", "one connection"), ("on_16", "16 connections")):
        each = figures[key]
        lines += [
            (f"bare {library} loop on {words}, exchanges per second",
             f"{each['bare_per_second']:,}", ""),
            (f"the suite's client on {words}, exchanges per second",
             f"{each['suite_per_second']:,}", ""),
            (f"ratio on {words}", f"{each['ratio']:.2f} {_spread(each)}", ""),
        ]  # fmt: skip
    return lines


def _spread(figures: dict[str, Any]) -> str:
    ratios = figures["ratios"]
    return f"({min(ratios):.2f} to {max(ratios):.2f}, {figures['pairs']} pairs)"


_ROWS = {"cost": _cost, "exchanges": _exchanges, "upload": _upload}
_LIBRARIES = {"h1": "h11", "h2": "h2"}


def plain(name: str, figures: dict[str, Any]) -> str:
    """Return a table for the terminal."""
    lines = rows(name, figures)
    left = max(len(each[0]) for each in lines)
    middle = max(len(each[1]) for each in lines)
    return "\n".join(f"  {a:<{left}}  {b:>{middle}}  {c}".rstrip() for a, b, c in lines)


def markdown(name: str, figures: dict[str, Any]) -> str:
    """Return a table for the document."""
    table = ["| measured | figure | goal |", "|---|---|---|"]
    table += [f"| {a} | {b} | {c} |" for a, b, c in rows(name, figures)]
    return f"Measured on: {machine()}.\n\n" + "\n".join(table)


def write(document: Path, name: str, figures: dict[str, Any]) -> None:
    """Put a table between its markers.

    Raises:
        ValueError: the markers are not there.
    """
    text = document.read_text(encoding="utf-8")
    mark = _MARK.format(name=name)
    before, found, after = text.partition(mark)
    _, ended, rest = after.partition(_END)
    if not found or not ended:
        raise ValueError(f"{document.name} has no place for {name}: {mark} ... {_END}")
    table = markdown(name, figures)
    document.write_text(f"{before}{mark}\n{table}\n{_END}{rest}", encoding="utf-8")
