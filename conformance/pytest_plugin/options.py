"""Options of the plugin: each on the command line and, with the same name, in the ini file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest

EMBEDDED = "embedded"
TOLD = "resumable_options"
EXAMPLES = 100
_MOST_EXAMPLES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option.

    Attributes:
        name: without ``--resumable-``; in the ini file ``resumable_name``.
        kind: what it holds; the ini file knows the same kinds.
        metavar: what help shows for its value; empty for a switch.
        text: its line of help.
    """

    name: str
    kind: Literal["string", "args", "linelist", "bool"]
    metavar: str
    text: str

    @property
    def key(self) -> str:
        """Return the name in the ini file and the attribute of ``config.option``."""
        return f"resumable_{self.name.replace('-', '_')}"


OPTIONS = (
    Option(
        name="target",
        kind="string",
        metavar="URL",
        text=f"creation URL of the server to judge, or '{EMBEDDED}' for the reference server",
    ),
    Option(
        name="target-file",
        kind="string",
        metavar="FILE",
        text="target file with everything about the server",
    ),
    Option(
        name="draft",
        kind="args",
        metavar="N",
        text="drafts to judge, such as 6 or 3-10; without it the server is asked; repeatable",
    ),
    Option(
        name="http",
        kind="string",
        metavar="h1,h2",
        text="HTTP versions to judge over: h1 (the default), h2 or both",
    ),
    Option(
        name="only",
        kind="linelist",
        metavar="GLOB",
        text="scenarios or cases to run, by id; repeatable",
    ),
    Option(name="topic", kind="args", metavar="TOPIC", text="topics to run; repeatable"),
    Option(
        name="requirement",
        kind="args",
        metavar="ID",
        text="run what cites this requirement, a glob; repeatable",
    ),
    Option(
        name="baseline",
        kind="string",
        metavar="FILE",
        text="known failures with their reasons; they are expected to fail",
    ),
    Option(name="strict", kind="bool", metavar="", text="a warning counts like a failure"),
    Option(
        name="own",
        kind="bool",
        metavar="",
        text="leave the shipped scenarios out; run only the *.scenario.yaml files collected",
    ),
    Option(
        name="fuzz",
        kind="bool",
        metavar="",
        text="search the server with the fuzzer, too; one test for each draft and HTTP version",
    ),
    Option(
        name="fuzz-examples",
        kind="string",
        metavar="N",
        text=f"trials each of these tests draws (default: {EXAMPLES})",
    ),
    Option(
        name="i-may-fuzz-this-host",
        kind="bool",
        metavar="",
        text="you may send faulty and interrupted requests to a host that is not this machine",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options ask for, the command line before the ini file.

    Attributes:
        target: URL, ``embedded`` or None.
        target_file: target file or None.
        http: transports as given; None for nothing said.
        drafts, only, topics, requirements: as given; empty for everything.
        baseline: file of known failures or None.
        strict: a warning counts like a failure.
        own: leave the shipped scenarios out.
        fuzz: search the server, too.
        fuzz_examples: trials of each search.
        may_fuzz: it may be searched although it is somewhere else.
    """

    target: str | None
    target_file: Path | None
    http: str | None
    drafts: tuple[str, ...]
    only: tuple[str, ...]
    topics: tuple[str, ...]
    requirements: tuple[str, ...]
    baseline: Path | None
    strict: bool
    own: bool
    fuzz: bool = False
    fuzz_examples: int = EXAMPLES
    may_fuzz: bool = False

    @property
    def active(self) -> bool:
        """Tell whether there is anything to run against."""
        return self.target is not None or self.target_file is not None

    @property
    def embedded(self) -> bool:
        """Tell whether the reference server shall be judged."""
        return self.target == EMBEDDED


def declare(parser: pytest.Parser) -> None:
    """Declare every option on the command line and in the ini file."""
    group = parser.getgroup("resumable", "conformance of resumable HTTP transfers")
    for option in OPTIONS:
        flag = f"--resumable-{option.name}"
        if option.kind == "bool":
            group.addoption(
                flag, dest=option.key, action="store_true", default=None, help=option.text
            )
        else:
            group.addoption(
                flag,
                dest=option.key,
                action="store" if option.kind == "string" else "append",
                default=None,
                metavar=option.metavar,
                help=option.text,
            )
        parser.addini(option.key, option.text, type=option.kind)


def read(config: pytest.Config) -> Wanted:
    """Read the options.

    Raises:
        pytest.UsageError: they contradict each other, or select without a target.
    """
    wanted = Wanted(
        target=_value(config, "target") or None,
        target_file=_path(config, "target-file"),
        http=_value(config, "http") or None,
        drafts=tuple(_value(config, "draft") or ()),
        only=tuple(_value(config, "only") or ()),
        topics=tuple(_value(config, "topic") or ()),
        requirements=tuple(_value(config, "requirement") or ()),
        baseline=_path(config, "baseline"),
        strict=bool(_value(config, "strict")),
        own=bool(_value(config, "own")),
        fuzz=bool(_value(config, "fuzz")),
        fuzz_examples=_examples(_value(config, "fuzz-examples")),
        may_fuzz=bool(_value(config, "i-may-fuzz-this-host")),
    )
    if wanted.embedded and wanted.target_file is not None:
        raise pytest.UsageError(
            f"--resumable-target {EMBEDDED} and --resumable-target-file name two servers; drop one"
        )
    given = [option.name for option in OPTIONS if _given(config, option.key) is not None]
    if given and not wanted.active:
        raise pytest.UsageError(
            f"--resumable-{given[0]} needs a server: add --resumable-target URL, "
            f"or --resumable-target {EMBEDDED} for the reference server"
        )
    if wanted.fuzz and find_spec("hypothesis") is None:
        raise pytest.UsageError(
            "--resumable-fuzz needs Hypothesis, which is not installed: "
            "pip install 'resumable-conformance[fuzz]'"
        )
    return wanted


def _examples(said: str | None) -> int:
    if not said:
        return EXAMPLES
    if not said.isdecimal() or not 1 <= int(said) <= _MOST_EXAMPLES:
        raise pytest.UsageError(
            f"--resumable-fuzz-examples is a number from 1 to {_MOST_EXAMPLES}, not {said!r}"
        )
    return int(said)


def to_tell(config: pytest.Config) -> dict[str, Any]:
    """Return every option in plain types, for another process."""
    values = {option.key: config.getoption(option.key) for option in OPTIONS}
    return {key: str(value) if isinstance(value, Path) else value for key, value in values.items()}


def _given(config: pytest.Config, key: str) -> Any:
    """Return an option; a worker of pytest-xdist is told those of the main process.

    A worker only sees the command line, not what a conftest.py has set in the main process.
    """
    told = getattr(config, "workerinput", {}).get(TOLD, {})
    return told.get(key, config.getoption(key))


def _value(config: pytest.Config, name: str) -> Any:
    key = f"resumable_{name.replace('-', '_')}"
    given = _given(config, key)
    return config.getini(key) if given is None else given


def _path(config: pytest.Config, name: str) -> Path | None:
    """Read a file name: from the command line relative to here, from the ini file to its root."""
    key = f"resumable_{name.replace('-', '_')}"
    given = _given(config, key)
    if given:
        return Path(given)
    said = config.getini(key)
    return config.rootpath / said if said else None
