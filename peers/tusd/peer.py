"""How to build and start tusd (Go, interop 3 to 6 behind an experimental switch).

The version and the digests of all its parts are pinned by ``go.mod`` and ``go.sum``. The build
needs Go and, the first time, the Go module proxy.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from description import Configuration, UnavailableError

if TYPE_CHECKING:
    from description import Place

HERE = Path(__file__).resolve().parent
PATH = "/files/"
DRAFTS = "3-6"
#: tusd serves what it stored by GET on the upload resource, finished or not
STORED = "/files/{id}"
CONFIGURATIONS = {
    "plain": Configuration(options=("--http", "h1")),
    "tls-h2": Configuration(options=("--http", "h2"), tls=True),
}
#: what a request that is overtaken by a retrieval may make fail now and then: findings.md, T12
RACES = frozenset({"RUFH-CONCURRENCY-OFFSET-ACCEPTED"})
BUILD_SECONDS = 900.0
_MODULE = "github.com/tus/tusd/v2"


def version() -> str:
    """Return the version that ``go.mod`` pins."""
    found = re.search(rf"{re.escape(_MODULE)} v(\S+)", _module_file())
    assert found is not None
    return found[1]


def prepare(cache: Path) -> None:
    """Build tusd, unless that was done before.

    Raises:
        UnavailableError: there is no Go, or none that is new enough, or the build failed.
    """
    binary = _binary(cache)
    if binary.is_file():
        return
    go = shutil.which("go")
    needed = _needed()
    need = f"building tusd {version()} takes Go {needed} or newer"
    if go is None:
        raise UnavailableError(f"{need}; there is no Go")
    found = _go(go, "env", "GOVERSION", seconds=20).removeprefix("go")
    if _numbers(found) < _numbers(needed):
        raise UnavailableError(f"{need}; this is Go {found}")
    print(f"building tusd {version()} with Go {found}; this takes minutes", flush=True)
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = binary.with_name(f"{binary.name}.part")
    command = ("build", "-mod=readonly", "-trimpath", "-buildvcs=false")
    _go(go, *command, "-o", str(unfinished), f"{_MODULE}/cmd/tusd", seconds=BUILD_SECONDS)
    unfinished.replace(binary)


def start(place: Place, configuration: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment that start the server on a port of loopback."""
    command = [
        str(_binary(place.cache)),
        *("-host", "127.0.0.1", "-port", str(place.port)),
        *("-upload-dir", str(place.scratch / "uploads")),
        "-enable-experimental-protocol",
        # by default a request waits up to 7 s for one that hangs, which is longer than a check
        *("-filelock-holder-poll-interval", "200ms", "-filelock-acquirer-poll-interval", "100ms"),
    ]
    if place.certificate is not None:
        command += ["-tls-certificate", str(place.certificate), "-tls-key", str(place.key)]
    return command, {}


def _binary(cache: Path) -> Path:
    return cache / f"tusd-{version()}"


def _module_file() -> str:
    return (HERE / "go.mod").read_text(encoding="utf-8")


def _needed() -> str:
    found = re.search(r"^go (\S+)$", _module_file(), re.MULTILINE)
    assert found is not None
    return found[1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def _go(go: str, *arguments: str, seconds: float) -> str:
    """Run one of Go's tools in the module and return what it printed."""
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "CGO_ENABLED": "0"}
    try:
        done = subprocess.run(
            [go, *arguments],
            cwd=HERE,
            env=environment,
            timeout=seconds,
            check=True,
            text=True,
            capture_output=True,
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"`go {arguments[0]}` did not end within {seconds:g} s") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr[-2000:]
        raise UnavailableError(f"`go {arguments[0]}` failed:\n{said}") from None
    return done.stdout.strip()
