"""Runs the suite against real servers and holds what it finds against their known findings.

``python peers/run.py [NAME ...] [-- OPTION ...]`` runs all peers, or those named; a name may be
``peer/configuration``. Options go to ``resumable run``; with any, the known findings are shown with
their octets instead of being set aside. A peer is a folder with ``peer.py`` (see
``description.py``) and a baseline for each of its configurations: every finding with its reason,
which ``findings.md`` beside them defends.

A peer that cannot be built on this machine is skipped and says why; with
``RESUMABLE_PEERS_REQUIRED=1`` in the environment it fails. What peers build is kept in the folder
``RESUMABLE_PEERS_CACHE`` names. The exit code is the worst of ``resumable run``; 0 means nothing
but what is known.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from description import Place, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

HERE = Path(__file__).resolve().parent
START_SECONDS = 20.0
RUN_SECONDS = 600.0
STOP_SECONDS = 10.0
CLOSING_LINES = 6
#: what resumable's exit codes call a run that could not be made
TROUBLE = 2
#: and one in which something failed
FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One peer in one configuration."""

    peer: str
    configuration: str

    @property
    def name(self) -> str:
        """How a case is named on the command line."""
        return f"{self.peer}/{self.configuration}"

    @property
    def folder(self) -> Path:
        """Where the peer is described."""
        return HERE / self.peer


def load(peer: str) -> ModuleType:
    """Import a peer's description."""
    spec = importlib.util.spec_from_file_location(f"peer_{peer}", HERE / peer / "peer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_cases() -> list[Case]:
    """Return every peer in every configuration."""
    return [
        Case(peer=each.parent.name, configuration=configuration)
        for each in sorted(HERE.glob("*/peer.py"))
        for configuration in load(each.parent.name).CONFIGURATIONS
    ]


def choose(names: list[str]) -> list[Case]:
    """Return the cases that are named, or all; end the program at an unknown name."""
    cases = all_cases()
    known = {each.peer for each in cases} | {each.name for each in cases}
    unknown = sorted(set(names) - known)
    if unknown:
        sys.exit(f"no such peer: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return [each for each in cases if not names or {each.peer, each.name} & set(names)]


def free_port() -> int:
    """Return a port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cache_of(peer: str) -> Path:
    """Return the folder that keeps what a peer builds."""
    named = os.environ.get("RESUMABLE_PEERS_CACHE")
    root = Path(named) if named else Path(tempfile.gettempdir()) / "resumable-peers"
    return root.resolve() / peer


def place_for(case: Case, scratch: Path) -> Place:
    """Choose a port and, if the configuration wants TLS, make certificates."""
    port, cache = free_port(), cache_of(case.peer)
    if not load(case.peer).CONFIGURATIONS[case.configuration].tls:
        return Place(port=port, scratch=scratch, cache=cache)
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(scratch / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1", "localhost")
    certificate, key = scratch / "certificate.pem", scratch / "key.pem"
    for each in issued.cert_chain_pems:
        each.write_to_path(str(certificate), append=True)
    issued.private_key_pem.write_to_path(str(key))
    return Place(port=port, scratch=scratch, cache=cache, certificate=certificate, key=key)


@contextlib.contextmanager
def started(case: Case, place: Place) -> Iterator[None]:
    """Start a peer; end it whatever happens.

    Raises:
        RuntimeError: it ended at once or did not listen in time.
    """
    command, extra = load(case.peer).start(place, case.configuration)
    log = place.scratch / "peer.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **extra},
            cwd=place.scratch,
        )
        try:
            await_port(process, place.port, log)
            yield
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()
            process.wait()


def await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a peer accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    state = "ended" if process.poll() is not None else "does not listen"
    raise RuntimeError(f"it {state}:\n{log.read_text(errors='replace')[-2000:]}")


def target_of(case: Case, place: Place) -> list[str]:
    """Return what tells ``resumable`` where a started peer is, and how it is trusted and read."""
    peer = load(case.peer)
    scheme = "http" if place.certificate is None else "https"
    origin = f"{scheme}://127.0.0.1:{place.port}"
    trust = () if place.certificate is None else ("--ca", str(place.scratch / "ca.pem"))
    return [origin + peer.PATH, "--read-back-url", origin + peer.STORED, *trust]


def command_for(case: Case, place: Place, result: Path, options: list[str]) -> list[str]:
    """Return the command that judges a started peer."""
    peer = load(case.peer)
    baseline = case.folder / f"baseline-{case.configuration}.yaml"
    known = () if options else ("--baseline", str(baseline))
    return [
        *("resumable", "run", *target_of(case, place)),
        *("--draft", peer.DRAFTS),
        *known,
        *("--json", str(result)),
        "--no-html",
        *peer.CONFIGURATIONS[case.configuration].options,
        *options,
    ]


def judge(case: Case, options: list[str]) -> int:
    """Run the suite against one peer in one configuration; return its exit code.

    A run as expected shows its closing lines, any other one everything.
    """
    with tempfile.TemporaryDirectory(prefix=f"peer-{case.peer}-") as scratch:
        place = place_for(case, Path(scratch))
        result = place.scratch / "result.json"
        with started(case, place):
            done = subprocess.run(
                command_for(case, place, result, options),
                timeout=RUN_SECONDS,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        raced = known_races(case, result) if done.returncode == FAILED else []
    lines = done.stdout.rstrip().splitlines()
    everything = bool(done.returncode or options)
    print("\n".join(lines if everything else lines[-CLOSING_LINES:]), flush=True)
    for each in raced:
        print(f"a known race of the server: {each}", flush=True)
    return 0 if raced else done.returncode


def known_races(case: Case, result: Path) -> list[str]:
    """Return what failed beyond the baseline, if all of it is explained by known races.

    A race loses seldom, so that its checks cannot be in a baseline: they would be stale in most
    runs. Only what was seen in one of two attempts counts as one.
    """
    if not result.is_file():
        return []
    run = json.loads(result.read_text(encoding="utf-8"))
    races: frozenset[str] = getattr(load(case.peer), "RACES", frozenset())
    checks = [
        check
        for each in run["results"]
        for check in each["checks"]
        if check["outcome"] in ("fail", "inconclusive", "error")
        and check["id"] not in run["baseline"]["known"]
    ]
    explained = all(
        check["outcome"] == "fail" and check["requirement"] in races and check["seen"] == "1/2"
        for check in checks
    )
    return [check["id"] for check in checks] if explained else []


def attempt(case: Case, act: Callable[[], int]) -> int | None:
    """Prepare a case and do something with it; None if it cannot run on this machine."""
    print(f"\n== {case.name}", flush=True)
    try:
        prepare = getattr(load(case.peer), "prepare", None)
        if prepare is not None:
            prepare(cache_of(case.peer))
        return act()
    except UnavailableError as reason:
        required = os.environ.get("RESUMABLE_PEERS_REQUIRED") == "1"
        print(f"{'failed' if required else 'skipped'}: {reason}", flush=True)
        return TROUBLE if required else None
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        print(f"failed: {error}", flush=True)
        return TROUBLE


def main(arguments: list[str]) -> int:
    """Run the peers named before ``--``; what follows goes to ``resumable run``."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    options = arguments[at + 1 :]
    codes = {
        each: attempt(each, functools.partial(judge, each, options))
        for each in choose(arguments[:at])
    }
    skipped = [each.name for each, code in codes.items() if code is None]
    failed = [each.name for each, code in codes.items() if code]
    passed = len(codes) - len(failed) - len(skipped)
    print()
    for word, names in (("failed", failed), ("skipped", skipped)):
        if names:
            print(f"{word}: {', '.join(names)}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return max((code for code in codes.values() if code is not None), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
