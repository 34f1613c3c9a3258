"""What the fuzzer finds, how fast, and whom it accuses wrongly; resumable, one job at a time.

    python benchmarks/fuzz.py defects --seeds 5 --seconds 60 --workers 2
    python benchmarks/fuzz.py clean --requests 200000
    python benchmarks/fuzz.py variants --requests 50000 --workers 2
    python benchmarks/fuzz.py rate --seconds 20
    python benchmarks/fuzz.py schemathesis --seconds 30 --command schemathesis
    python benchmarks/fuzz.py table

Every job's result goes into the results file as soon as it is known, and a job that is in it is not
run again, so that a long run may be interrupted at any moment. With ``--workers`` so many jobs run
side by side, each with a server process of its own; one process writes the file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fuzz_jobs import Job, Results, each_of
from fuzz_peer import CHOSEN, about, schemathesis

from conformance.cli.running import collect_less
from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.search import LANES, SearchSettings, search
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.defects.catalogue import load_defects
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.variants.catalogue import load_variants

HERE = Path(__file__).parent
#: what a search over the wire can reach without a race and without waiting
REACHABLE = (Difficulty.WIRE, Difficulty.INTERRUPTION, Difficulty.STORAGE)
#: trials at once where each mostly waits for a slow server
WAITING = 200


def draft_of(defect: Defect) -> int | None:
    """Return the first draft in which a defect fails; None if there is none."""
    if defect.difficulty not in REACHABLE:
        return None
    rows = registry.load()
    for draft in defect.drafts:
        if any(rows.verdict(each, draft) == "fail" for each in defect.requirements):
            return draft
    return None


def needs_more(defect: Defect) -> str:
    """Return what a search does not have that a defect needs; empty if nothing."""
    if "restart" in defect.name:
        return "a restart"
    if any(each.startswith(("RUFH-SEC-AUTH", "HTTP-401")) for each in defect.requirements):
        return "users"
    return ""


def configuration_of(defect: Defect) -> str:
    """Return the configuration in which a defect shows."""
    if "RUFH-OPTIONS-MIN-SIZE-0" in defect.requirements:
        return "plain"  # it is about what is told where there are no limits
    module = defect.override.__module__
    limited = ".limits." in module or any("LIMIT" in each for each in defect.requirements)
    return "limited" if limited else "plain"


def defects(results: Results, read: argparse.Namespace) -> None:
    """Every defect that can be reached, several seeds, to the first finding.

    Over HTTP/1.1, or over HTTP/2 where a defect shows only there. A finding counts only if the
    clean server, asked the same, does not fail.
    """
    jobs = []
    for seed in range(read.seeds):
        for name, defect in load_defects().items():
            draft = draft_of(defect)
            if draft is None or needs_more(defect):
                continue
            jobs.append(
                Job(
                    name=f"defects/{name}/{seed}",
                    arguments=("--defect", name),
                    configuration=configuration_of(defect),
                    settings={
                        "drafts": (draft,),
                        "seconds": read.seconds,
                        "seed": str(seed),
                        "first": True,
                        "transport": "h2" if defect.transport is Transport.H2 else "h1",
                    },
                    told={"draft": draft},
                    controlled=True,
                )
            )
    each_of(jobs, results, read.workers)


#: configuration, HTTP version, and by how much fewer requests
CLEAN = (("plain", "h1", 1), ("limited", "h1", 4), ("plain", "h2", 10))


def clean(results: Results, read: argparse.Namespace) -> None:
    """The reference server, in every draft: nothing may be found."""
    jobs = [
        Job(
            name=f"clean/{configuration}-{http}/{read.requests // fewer}",
            arguments=(),
            configuration=configuration,
            settings={
                "drafts": tuple(DRAFTS),
                "seconds": read.seconds,
                "requests": read.requests // fewer,
                "transport": http,
            },
            told={},
        )
        for configuration, http, fewer in CLEAN
    ]
    each_of(jobs, results, read.workers)


def variants(results: Results, read: argparse.Namespace) -> None:
    """Every correct variant, in the drafts that permit it: nothing may be found."""
    jobs = [
        Job(
            name=f"variants/{name}/{read.requests}",
            arguments=("--variant", name),
            configuration="plain",
            settings={
                "drafts": variant.drafts or tuple(DRAFTS),
                "seconds": read.seconds,
                "requests": read.requests,
                "lanes": WAITING if variant.latency else LANES,
            },
            told={},
        )
        for name, variant in load_variants().items()
    ]
    each_of(jobs, results, read.workers)


def rate(results: Results, read: argparse.Namespace) -> None:
    """Requests a second with 16 lanes, and what the server can do at all, in the same run."""
    job = f"rate/{int(time.time())}"
    with Embedded(restartable=False) as embedded:
        target = as_target(embedded.configurations["plain"])
        ceiling = asyncio.run(_ceiling(target.url, read.seconds / 4))
        settings = SearchSettings(
            target=target, drafts=tuple(DRAFTS), seconds=read.seconds, tidy=False
        )
        cpu = time.process_time()
        found = asyncio.run(search(settings))
        cpu = time.process_time() - cpu
    results.keep(
        job,
        {
            "ceiling": round(ceiling),
            "fuzzer": round(found.requests / found.seconds),
            "fuzzer-cpu-us-a-request": round(1e6 * cpu / found.requests),
            "lanes": 16,
            "load": [round(each, 1) for each in os.getloadavg()],
        },
    )


async def _ceiling(url: str, seconds: float) -> float:
    """Ask a server as fast as a client can that looks at nothing: 16 connections, kept alive."""
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    end, made = time.monotonic() + seconds, 0

    async def one() -> None:
        nonlocal made
        reader, writer = await asyncio.open_connection(host, int(port))
        common = b"Host: x\r\nUpload-Draft-Interop-Version: 9\r\n"
        while time.monotonic() < end:
            writer.write(
                b"POST / HTTP/1.1\r\n" + common + b"Upload-Complete: ?0\r\n"
                b"Content-Length: 5\r\n\r\nhello"
            )
            head = await reader.readuntil(b"\r\n\r\n")
            while head.startswith(b"HTTP/1.1 1"):
                head = await reader.readuntil(b"\r\n\r\n")
            path = head.lower().split(b"location: ")[1].split(b"\r\n")[0]
            path = head[head.lower().index(path) :][: len(path)]
            for method in (b"HEAD", b"HEAD", b"HEAD", b"HEAD", b"DELETE"):
                writer.write(method + b" " + path + b" HTTP/1.1\r\n" + common + b"\r\n")
                await reader.readuntil(b"\r\n\r\n")
            made += 6
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(16)))
    return made / (time.monotonic() - began)


def beside(results: Results, read: argparse.Namespace) -> None:
    """Schemathesis on ten named defects, one seed; what the clean server shows does not count."""
    for name in CHOSEN:
        draft, job = draft_of(load_defects()[name]) or 9, f"schemathesis/{name}"
        if "about" in results.jobs.get(job, {}):
            continue  # one without it is of an older description
        with tempfile.TemporaryDirectory() as folder:
            baseline = Path(folder) / "baseline.json"
            baseline.write_text(json.dumps(_general(results, read, draft)), encoding="utf-8")
            with Embedded(restartable=False, arguments=("--defect", name)) as embedded:
                url = embedded.configurations["plain"].url
                told = schemathesis(read.command, url, draft, read.seconds, baseline=baseline)
        results.keep(job, {**told, "about": about(name, told["failed"])})


def _general(results: Results, read: argparse.Namespace, draft: int) -> Any:
    """Return schemathesis's own file of failures of the clean server, four times as long."""
    job = f"schemathesis/clean-draft{draft}"
    if job not in results.jobs:
        with tempfile.TemporaryDirectory() as folder:
            baseline = Path(folder) / "baseline.json"
            with Embedded(restartable=False) as embedded:
                url = embedded.configurations["plain"].url
                told = schemathesis(
                    read.command, url, draft, 4 * read.seconds, baseline=baseline, learn=True
                )
            known = json.loads(baseline.read_text(encoding="utf-8"))
            results.keep(job, {**told, "baseline": known})
    return results.jobs[job]["baseline"]


def table(results: Results, _: argparse.Namespace) -> None:
    """Print what the results file says, in Markdown."""
    by_defect: dict[str, list[dict[str, Any]]] = {}
    for job, result in results.jobs.items():
        if job.startswith("defects/"):
            by_defect.setdefault(job.split("/")[1], []).append(result)
    runs = [each for several in by_defect.values() for each in several]
    hits = [true[0] for each in runs if (true := _true(each))]
    if runs:
        share = 100 * len(hits) / len(runs)
        print(f"- {len(by_defect)} defects, {len(runs)} runs: found in {share:.0f} % of the runs")
        if hits:
            print(f"- median steps of a finding: {statistics.median(e['steps'] for e in hits)}")
            seconds = statistics.median(e["seconds"] for e in hits)
            print(f"- median seconds to a finding: {seconds}")
        missed = [name for name, several in by_defect.items() if not any(map(_true, several))]
        print(f"- never found: {', '.join(missed) or 'none'}")
    for job, result in results.jobs.items():
        if job.startswith(("clean/", "variants/")):
            found = ", ".join(each["key"] for each in result["findings"]) or "nothing"
            print(f"- {job}: {result['requests']} requests, found {found}")
        elif job.startswith("rate/"):
            print(f"- {job}: {result}")
        elif job.startswith("schemathesis/"):
            failed = "; ".join(result["failed"]) or "nothing"
            fits = {True: "yes", False: "no", None: ""}[result.get("about")]
            print(f"| {job} | {result['cases']} | {failed} | {fits} |")


def _true(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of a defect's run that the clean server does not show as well."""
    return [each for each in result["findings"] if each.get("true")]


PARTS = {
    "defects": defects,
    "clean": clean,
    "variants": variants,
    "rate": rate,
    "schemathesis": beside,
    "table": table,
}


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--results", type=Path, default=HERE / "fuzz_results.json")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--workers", type=int, default=1, help="jobs at once")
    parser.add_argument("--command", default="schemathesis")
    read = parser.parse_args()
    if read.part in ("clean", "variants"):
        read.seconds = None
    collect_less()
    PARTS[read.part](Results(read.results), read)
    return 0


if __name__ == "__main__":
    sys.exit(main())
