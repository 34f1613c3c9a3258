"""What flags and environment ask of a run, before anything of it is decided."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.model.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "RESUMABLE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What one source (flags, or the environment) asks for; None leaves it to the next one.

    Attributes are named after the flags of ``resumable run``.
    """

    url: str | None = None
    target: Path | None = None
    draft: tuple[str, ...] | None = None
    http: str | None = None
    only: tuple[str, ...] | None = None
    topic: tuple[str, ...] | None = None
    requirement: tuple[str, ...] | None = None
    shard: str | None = None
    seed: str | None = None
    parallel: int | None = None
    scale: float | None = None
    max_requests: int | None = None
    max_bytes: str | None = None
    baseline: Path | None = None
    write_baseline: Path | None = None
    strict: bool | None = None
    method: str | None = None
    media_type: str | None = None
    field: tuple[str, ...] | None = None
    insecure: bool | None = None
    ca: str | None = None
    read_back_url: str | None = None
    read_back_folder: str | None = None
    without: tuple[str, ...] | None = None
    scenarios: tuple[Path, ...] | None = None
    via_proxy: bool | None = None

    def over(self, other: Wishes) -> Wishes:
        """Return these wishes, completed by others where they say nothing."""
        changes = {
            each.name: getattr(other, each.name)
            for each in fields(self)
            if getattr(self, each.name) is None
        }
        return replace(self, **changes)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _truth(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


#: flags that change what is sent or expected, hence belong to a command that shows it again
_OPTIONS: dict[str, str] = {
    "method": "--method",
    "media_type": "--media-type",
    "field": "--field",
    "ca": "--ca",
    "scale": "--scale",
    "read_back_url": "--read-back-url",
    "read_back_folder": "--read-back-folder",
    "without": "--without",
    "scenarios": "--scenarios",
    "seed": "--seed",
}


def options_of(wishes: Wishes) -> tuple[str, ...]:
    """Return what a command line has to say besides target, draft, transport and case.

    A URL that wins over the one of a target file belongs to it.
    """
    words = [wishes.url] if wishes.target is not None and wishes.url is not None else []
    for name, option in _OPTIONS.items():
        value = getattr(wishes, name)
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        for each in values:
            words += [option, str(each)]
    words += ["--insecure"] if wishes.insecure else []
    words += ["--via-proxy"] if wishes.via_proxy else []
    return tuple(words)


_FROM_TEXT: dict[str, Callable[[str], object]] = {
    "url": str,
    "target": Path,
    "draft": _words,
    "http": str,
    "only": _lines,
    "topic": _words,
    "requirement": _words,
    "shard": str,
    "seed": str,
    "parallel": int,
    "scale": float,
    "max_requests": int,
    "max_bytes": str,
    "baseline": Path,
    "strict": _truth,
    "method": str,
    "media_type": str,
    "field": _lines,
    "insecure": _truth,
    "ca": str,
    "read_back_url": str,
    "read_back_folder": str,
    "without": _words,
    "via_proxy": _truth,
}


def from_environ(environ: Mapping[str, str]) -> Wishes:
    """Read the wishes in ``RESUMABLE_*``; lists are separated by commas, fields by line ends.

    Raises:
        SuiteError: a value cannot be read.
    """
    found: dict[str, object] = {}
    for name, read in _FROM_TEXT.items():
        text = environ.get(PREFIX + name.upper())
        if not text:
            continue
        try:
            found[name] = read(text)
        except ValueError:
            raise SuiteError(f"{PREFIX}{name.upper()}={text[:40]!r} cannot be read") from None
    return Wishes(**found)  # type: ignore[arg-type]  # each reader returns its attribute's type
