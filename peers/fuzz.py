"""Fuzzes real servers and holds what is found against their known findings.

``python peers/fuzz.py [NAME ...] [--time SECONDS] [--seed TEXT] [--out FOLDER]`` searches every
peer that has a ``fuzz-<configuration>.yaml``, or those named; a name may be ``peer/configuration``.
The time is shared by the drafts a peer speaks, one search after the other. The file names what
the search may find, as ``requirement/label/draft/transport``, each with its reason, which
``findings.md`` defends. A search is left to chance, so what it does not find is never stale.

Every finding is also replayed against the reference server. What that one shows as well is a
mistake of the suite, whoever else shows it.

The exit code is 0 if everything found is known, 1 if not or if something is a mistake of ours, 2
if a search could not be made.
"""

from __future__ import annotations

import argparse
import functools
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from run import FAILED, TROUBLE, Case, all_cases, attempt, load, place_for, started, target_of

#: seconds a search may go on after its time: what it found last is still made smaller
GRACE_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asks for.

    Attributes:
        seconds: for each peer, all its drafts together.
        seed: decides every request.
        out: where the findings go, in a folder for each peer and draft.
    """

    seconds: float
    seed: str
    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as its folder tells it.

    Attributes:
        name: how it is named in the list of known ones.
        observed: what the target did.
        folder: where everything about it is.
    """

    name: str
    observed: str
    folder: Path


def choose(names: list[str]) -> list[Case]:
    """Return the cases that are fuzzed, or those named; end the program at an unknown name."""
    cases = [each for each in all_cases() if known_file(each).is_file()]
    known = {each.peer for each in cases} | {each.name for each in cases}
    unknown = sorted(set(names) - known)
    if unknown:
        sys.exit(f"not fuzzed: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return [each for each in cases if not names or {each.peer, each.name} & set(names)]


def known_file(case: Case) -> Path:
    """Return the file that lists what may be found."""
    return case.folder / f"fuzz-{case.configuration}.yaml"


def known_findings(case: Case) -> dict[str, str]:
    """Return what may be found, with the reasons."""
    known: dict[str, str] = yaml.safe_load(known_file(case).read_text(encoding="utf-8")) or {}
    return known


def drafts_of(case: Case) -> list[int]:
    """Return the drafts a peer speaks, one by one."""
    first, _, last = load(case.peer).DRAFTS.partition("-")
    return list(range(int(first), int(last or first) + 1))


def folder_for(case: Case, draft: int, wishes: Wishes) -> Path:
    """Return where the findings of one search go."""
    return wishes.out / case.peer / case.configuration / f"draft-{draft}"


def search(case: Case, draft: int, wishes: Wishes, seconds: float) -> tuple[int, list[Found]]:
    """Fuzz a peer in one draft; return the exit code and what was found."""
    out = folder_for(case, draft, wishes)
    if out.exists() and any(out.iterdir()):
        raise RuntimeError(f"{out} holds findings of another search; name another --out")
    with tempfile.TemporaryDirectory(prefix=f"peer-{case.peer}-") as scratch:
        place = place_for(case, Path(scratch))
        with started(case, place):
            command = [
                *("resumable", "fuzz", *target_of(case, place)),
                *load(case.peer).CONFIGURATIONS[case.configuration].options,
                *("--draft", str(draft), "--time", f"{seconds:g}"),
                *("--seed", wishes.seed, "--out", str(out)),
            ]
            code = subprocess.run(command, timeout=seconds + GRACE_SECONDS, check=False).returncode
    return code, [read(each) for each in sorted(out.glob("*/finding.json"))]


def read(path: Path) -> Found:
    """Read what one finding is."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Found(
        name=f"{facts['key']}/{facts['draft']}/{facts['transport']}",
        observed=facts["observed"],
        folder=path.parent,
    )


def sort_out(case: Case, found: list[Found]) -> int:
    """Tell what is known and what is new; return the number of new findings."""
    known = known_findings(case)
    new = [each for each in found if each.name not in known]
    for each in found:
        if each.name in known:
            print(f"known: {each.name}: {known[each.name]}", flush=True)
    for each in new:
        print(f"new: {each.name}: {each.observed} ({each.folder})", flush=True)
    return len(new)


def mistakes(out: Path) -> list[str]:
    """Return what a replay of findings against the reference server shows that it should not."""
    if not any(out.glob("*/finding.json")):
        return []
    command = ["resumable", "fuzz", "--replay", str(out)]
    done = subprocess.run(
        command, timeout=GRACE_SECONDS, check=False, stdout=subprocess.PIPE, text=True
    )
    return [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "FLAKY"))]


def search_all(case: Case, wishes: Wishes) -> int:
    """Search a peer in all its drafts; return the worst exit code."""
    drafts = drafts_of(case)
    worst = 0
    for draft in drafts:
        code, found = search(case, draft, wishes, wishes.seconds / len(drafts))
        new = sort_out(case, found)
        ours = mistakes(folder_for(case, draft, wishes))
        for each in ours:
            print(f"ours, the reference server shows it, too: {each}", flush=True)
        wrong = bool(new or ours)
        worst = max(worst, TROUBLE if code not in (0, FAILED) else FAILED if wrong else 0)
    return worst


def main(arguments: list[str]) -> int:
    """Search the peers named."""
    parser = argparse.ArgumentParser(prog="peers/fuzz.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--time", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--seed", default="1", metavar="TEXT")
    parser.add_argument("--out", type=Path, default=Path("resumable-findings"), metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    wishes = Wishes(seconds=chosen.time, seed=chosen.seed, out=chosen.out.resolve())
    chosen_cases = choose(chosen.names)
    codes = [attempt(each, functools.partial(search_all, each, wishes)) for each in chosen_cases]
    return max((code for code in codes if code is not None), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
