"""Measures whether the suite is true: every seeded defect, every correct variant.

``python tests/adequacy/run.py [NAME ...] [--full] [--write] [--json FILE]``. Starts each strange
server as a process of its own, runs the suite against it, and prints three figures. Exit code 0
if all of them hold. ``--write`` keeps what was proved for ``resumable coverage``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.embedded import Embedded
from conformance.engine.adequacy import Adequacy, Judged, judged, measure
from conformance.engine.coverage import PROOF, must_fail
from conformance.engine.embedded_target import as_target
from conformance.engine.run import run
from conformance.engine.select import Selection
from conformance.engine.settings import RunSettings
from conformance.model.errors import SuiteError
from conformance.profiles.rufh.standing import STANDING
from reference_server.defects.catalogue import load_defects
from reference_server.defects.defect import Transport
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.engine.target import Target
    from conformance.model.result import RunResult

#: drafts in which correct variants are judged
VARIANT_DRAFTS = (3, 6, 8, 9, 10)
#: where standing rules find most of what they look at
STANDING_TOPICS = (
    "status-104",
    "creation",
    "append",
    "offset-retrieval",
    "versioning",
    "security",
    "lifecycle",
    "interruption",
)
PARALLEL = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One strange server in one draft.

    Attributes:
        kind: ``defect`` or ``variant``.
        name: what it is called.
        draft: interop version.
        transport: ``h1`` or ``h2``.
        requirements: violated by a defect; what a variant may be warned of.
        full: run everything, not only what cites the requirements.
    """

    kind: str
    name: str
    draft: int
    transport: str
    requirements: tuple[str, ...]
    full: bool


def jobs(names: Sequence[str], drafts: Sequence[int], *, full: bool) -> list[Job]:
    """Return what is to be done; all of it if nothing is named.

    Args:
        names: defects, variants, or ``defect`` and ``variant`` for all of a kind.
        drafts: drafts for variants instead of the usual ones.
        full: run every scenario against defects.
    """
    found = [
        Job(
            kind="defect",
            name=defect.name,
            draft=defect.drafts[0],
            transport="h2" if defect.transport is Transport.H2 else "h1",
            requirements=defect.requirements,
            full=full,
        )
        for defect in load_defects().values()
    ]
    found += [
        Job(
            kind="variant",
            name=variant.name,
            draft=draft,
            transport="h1",
            requirements=variant.warns,
            full=True,
        )
        for variant in load_variants().values()
        for draft in drafts or VARIANT_DRAFTS
        if draft in variant.drafts
    ]
    return [job for job in found if not names or job.name in names or job.kind in names]


def do(job: Job) -> Judged:
    """Judge one server; whatever goes wrong is told as trouble."""
    try:
        return judged(job.name, job.draft, job.requirements, _results(job))
    except (SuiteError, OSError) as error:
        return Judged(
            name=job.name, draft=job.draft, requirements=job.requirements, trouble=str(error)
        )


def _results(job: Job) -> list[RunResult]:
    if job.full:
        return [_run(job, Selection())]
    results = []
    try:
        results.append(_run(job, Selection(requirements=job.requirements)))
    except SuiteError:
        if not set(job.requirements) & set(STANDING):
            raise
    if _missed(job, results) and set(job.requirements) & set(STANDING):
        results.append(_run(job, Selection(topics=STANDING_TOPICS)))
    if _missed(job, results):
        # Some faults join whatever happens next to each other, so they want the server for one.
        results.append(_run(job, Selection(requirements=job.requirements), parallel=1))
    return results


def _missed(job: Job, results: list[RunResult]) -> bool:
    return not judged(job.name, job.draft, job.requirements, results).own


def _run(job: Job, selection: Selection, parallel: int = PARALLEL) -> RunResult:
    with Embedded(arguments=(f"--{job.kind}", job.name)) as embedded:
        targets = tuple(as_target(each) for each in embedded.configurations.values())
        if job.kind == "variant":
            targets = _as_strangers(targets, limited=load_variants()[job.name].limits is not None)
        settings = RunSettings(
            targets=targets,
            embedded=True,
            drafts=(job.draft,),
            transports=(job.transport,),
            selection=selection,
            parallel=parallel,
        )
        return asyncio.run(run(settings))


def _as_strangers(targets: tuple[Target, ...], *, limited: bool) -> tuple[Target, ...]:
    """Return targets of which less is declared: what they can do has to show."""
    known = {"cancellation"}
    if limited:
        targets, known = targets[:1], {"cancellation", "no-limits"}
    return tuple(replace(each, offers=each.offers - known) for each in targets)


def tell(found: Adequacy, must: Iterable[str], *, everything: bool) -> None:
    """Print the figures and what spoils them."""
    caught = len(found.defects) - len(found.slipped)
    print(f"defects caught by a check of their own requirement: {caught} of {len(found.defects)}")
    for name in found.slipped:
        print(f"  slipped: {name}")
    total = len(set(must))
    if everything:
        print(f"requirements proved to fail: {total - len(found.unproved)} of {total}")
        for requirement in found.unproved:
            print(f"  not proved: {requirement}")
    wrong = sum(len(each) for each in found.accused.values())
    print(f"accusations of correct variants: {wrong} in {len(found.variants)} runs")
    for (name, draft), findings in found.accused.items():
        for each in findings:
            print(f"  {name} in draft {draft}: {each.words}")
    for server in (*found.defects, *found.variants):
        if server.trouble:
            print(f"  trouble with {server.name} in draft {server.draft}: {server.trouble}")


def _progress(job: Job, done: Judged) -> str:
    """Return one line about a server that was judged."""
    counts = f"{len(done.own)} own, {len(done.others)} other, {len(done.unjudged)} not judged"
    others = ", ".join(sorted({each.requirement for each in done.others})[:4])
    return f"{job.kind} {done.name} in draft {done.draft}: {done.trouble or counts} {others}"


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="defects, variants, or one of these two words")
    parser.add_argument("--full", action="store_true", help="every scenario for every defect")
    parser.add_argument("--draft", type=int, action="append", help="for variants; repeatable")
    parser.add_argument("--write", action="store_true", help="keep what was proved")
    parser.add_argument("--json", type=Path, help="write all findings")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def main() -> int:
    """Measure, print, and return the exit code."""
    read = read_arguments()
    todo = jobs(read.names, read.draft, full=read.full)
    began = time.monotonic()
    done = []
    with ProcessPoolExecutor(read.workers) as pool:
        for job, each in zip(todo, pool.map(do, todo), strict=True):
            done.append(each)
            print(_progress(job, each), file=sys.stderr, flush=True)
    pairs = list(zip(todo, done, strict=True))
    must = {name for name in must_fail() if not name.startswith(("H2-", "H3-"))}
    found = measure(
        [each for job, each in pairs if job.kind == "defect"],
        [each for job, each in pairs if job.kind == "variant"],
        must if not read.names else (),
    )
    tell(found, must, everything=not read.names)
    print(f"{len(done)} servers in {time.monotonic() - began:.0f} s")
    if read.json is not None:
        read.json.write_text(json.dumps([asdict(each) for each in done], indent=1), "utf-8")
    if read.write:
        PROOF.write_text(json.dumps(found.proved, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
