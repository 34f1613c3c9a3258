"""Measures whether the suite is true: every seeded defect, every correct variant.

``python tests/adequacy/run.py [NAME ...] [--quick] [--full] [--write] [--json FILE]``. Starts each
strange server as a process of its own, runs the suite against it, and prints three figures. Exit
code 0 if all of them hold. ``--write`` keeps what was proved for ``resumable coverage`` and its
page.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[0] = str(Path(__file__).resolve().parents[2])

from conformance.engine.adequacy import Adequacy, Judged, failed, measure  # noqa: E402
from conformance.engine.coverage import must_be_seen, must_fail  # noqa: E402
from tests.adequacy.jobs import QUICK_DRAFTS, Job, further, jobs  # noqa: E402
from tests.adequacy.judging import do  # noqa: E402
from tests.adequacy.keeping import keep  # noqa: E402
from tests.adequacy.remainder import REMAINDER  # noqa: E402
from tests.adequacy.servers import warm_up  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

#: jobs at once for each core: most of their time is spent waiting
_OVERLAP = 5


def outdated(*servers: Judged) -> list[str]:
    """Return what the remainder names that is no check, or that was seen to fail after all."""
    return sorted(set(REMAINDER) - (must_be_seen() - failed(*servers)))


def tell(found: Adequacy, *, everything: bool, checks: bool) -> None:
    """Print the figures and what spoils them."""
    caught = len(found.defects) - len(found.slipped)
    print(f"defects caught by a check of their own requirement: {caught} of {len(found.defects)}")
    for name in found.slipped:
        print(f"  slipped: {name}")
    if everything:
        _tell_proof("requirements proved to fail", len(must_fail()), found.unproved)
    if checks:
        _tell_proof("checks seen to fail", len(must_be_seen()), (*found.unseen, *REMAINDER))
    wrong = sum(len(each) for each in found.accused.values())
    print(f"accusations of correct variants: {wrong} in {len(found.variants)} runs")
    for (name, draft), findings in found.accused.items():
        for each in findings:
            print(f"  {name} in draft {draft}: {each.words}")
    for server in (*found.defects, *found.variants):
        if server.trouble:
            print(f"  trouble with {server.name} in draft {server.draft}: {server.trouble}")


def _tell_proof(what: str, total: int, missing: Sequence[str]) -> None:
    print(f"{what}: {total - len(missing)} of {total}")
    for name in missing:
        print(f"  never: {name}{': ' if name in REMAINDER else ''}{REMAINDER.get(name, '')}")


def _progress(job: Job, done: Judged) -> str:
    """Return one line about a server that was judged."""
    counts = f"{len(done.own)} own, {len(done.others)} other, {len(done.unjudged)} not judged"
    others = ", ".join(sorted({each.requirement for each in done.others})[:4])
    where = f"in draft {done.draft} over {job.transport}"
    return f"{job.kind} {done.name} {where}: {done.trouble or counts} {others}"


def judge(todo: Sequence[Job], pool: ProcessPoolExecutor) -> list[Judged]:
    """Do all jobs, several at once; returns their results in the same order."""
    done = []
    for job, each in zip(todo, pool.map(do, todo), strict=True):
        done.append(each)
        print(_progress(job, each), file=sys.stderr, flush=True)
    return done


def judge_again(
    todo: Sequence[Job], done: list[Judged], alone: ProcessPoolExecutor
) -> list[Judged]:
    """Try defects that slipped through once more with nothing beside them.

    Some show only in how long an answer takes, which other servers at work can hide. Accusations
    are never tried again: one that comes only sometimes is wrong all the same.
    """
    return [
        judge([job], alone)[0] if job.kind == "defect" and not each.own else each
        for job, each in zip(todo, done, strict=True)
    ]


def judge_elsewhere(
    todo: Sequence[Job], done: Sequence[Judged], pool: ProcessPoolExecutor
) -> list[Judged]:
    """Look for checks nobody has seen fail where else their defects show; return what was found."""
    found: list[Judged] = []
    jobs_done = list(todo)
    while more := further(must_be_seen() - failed(*done, *found) - set(REMAINDER), jobs_done):
        found += judge(more, pool)
        jobs_done += more
    return found


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="defects, variants, or one of these two words")
    parser.add_argument("--full", action="store_true", help="every scenario for every defect")
    parser.add_argument("--draft", type=int, action="append", help="for variants; repeatable")
    parser.add_argument(
        "--write", action="store_true", help="keep what was proved; takes everything"
    )
    parser.add_argument(
        "--quick", action="store_true", help="variants in two drafts; single checks are not counted"
    )
    parser.add_argument("--json", type=Path, help="write all findings")
    parser.add_argument("--workers", type=int, default=_OVERLAP * (os.cpu_count() or 1))
    return parser.parse_args()


def main() -> int:
    """Measure, print, and return the exit code."""
    read = read_arguments()
    began = time.monotonic()
    everything = not read.names
    checks = everything and not read.quick
    todo = jobs(read.names, read.draft or (QUICK_DRAFTS if read.quick else ()), full=read.full)
    must_be_seen()  # reads the library, which workers then need not
    forks = multiprocessing.get_context("fork")  # workers begin with everything imported, too
    with ProcessPoolExecutor(read.workers, mp_context=forks, initializer=warm_up) as pool:
        done = judge(todo, pool)
        with ProcessPoolExecutor(1, mp_context=forks, initializer=warm_up) as alone:
            done = judge_again(todo, done, alone)
        elsewhere = judge_elsewhere(todo, done, pool) if checks else []
    pairs = list(zip(todo, done, strict=True))
    found = measure(
        [each for job, each in pairs if job.kind == "defect"],
        [each for job, each in pairs if job.kind == "variant"],
        must_fail() if everything else (),
        must_be_seen() - set(REMAINDER) if checks else (),
        elsewhere,
    )
    tell(found, everything=everything, checks=checks)
    stale = outdated(*done, *elsewhere) if checks else []
    for name in stale:
        print(f"the remainder is out of date: {name}")
    servers = len(done) + len(elsewhere)
    print(f"{servers} servers in {time.monotonic() - began:.0f} s")
    if read.json is not None:
        told = [asdict(each) for each in (*done, *elsewhere)]
        read.json.write_text(json.dumps(told, indent=1), "utf-8")
    if read.write and everything:
        keep(found.proved)
    return 0 if found.holds and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
