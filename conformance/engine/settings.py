"""Everything a run depends on, decided once: flag before environment before target file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from conformance.engine.select import Selection, parse_drafts, parse_shard
from conformance.engine.target import (
    ReadBackWish,
    Target,
    TlsWish,
    checked_field,
    checked_url,
    secrets_of,
)
from conformance.engine.target_file import load_target
from conformance.engine.target_values import octets
from conformance.engine.transports import parse_transports
from conformance.engine.wishes import Wishes, from_environ, options_of
from conformance.model.errors import ScenarioError, SuiteError, TargetError
from conformance.model.node import Scalar
from conformance.profiles.rufh import capabilities
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Mapping

PARALLEL_LOOPBACK = 64
PARALLEL_REMOTE = 8

_CAPABILITIES = tuple(sorted(capabilities.TARGET_CAPABILITIES))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """A run, fully decided.

    Attributes:
        target_file: the target file as given; empty if none.
        targets: the system under test; the embedded server comes in several configurations, and
            the first whose capabilities a scenario needs serves it.
        embedded: the targets are the embedded reference server.
        drafts: drafts declared; empty if the target shall tell.
        transports: ``h1``, ``h2``; empty for those the target turns out to speak.
        selection: which cases run.
        scenarios: files and folders of the user's own scenarios, besides the shipped ones.
        seed: decides the order in which cases are started.
        parallel: cases at once.
        scale: factor on every waiting, before measured latency.
        max_requests, max_bytes: bounds on what is sent; None for none.
        baseline: known failures; None for none.
        write_baseline: where to write them; None for nowhere.
        strict: a warning counts like a fail.
        via_proxy: a proxy between suite and target makes the interruptions.
        options: what another run of this kind has to be told besides target, draft and transport,
            as words of a command line; may hold secrets.
    """

    targets: tuple[Target, ...]
    embedded: bool = False
    target_file: str = ""
    drafts: tuple[int, ...] = ()
    transports: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    scenarios: tuple[Path, ...] = ()
    seed: str = "0"
    parallel: int = PARALLEL_REMOTE
    scale: float = 1.0
    max_requests: int | None = None
    max_bytes: int | None = None
    baseline: Path | None = None
    write_baseline: Path | None = None
    strict: bool = False
    via_proxy: bool = False
    options: tuple[str, ...] = ()


def build(
    flags: Wishes,
    environ: Mapping[str, str],
    embedded: tuple[Target, ...] = (),
) -> RunSettings:
    """Decide everything.

    Args:
        flags: what the command line, or a plugin's options, ask for.
        environ: the environment: ``RESUMABLE_*`` and what ``${env:NAME}`` takes.
        embedded: targets to use if neither flags nor environment name one.

    Raises:
        SuiteError: a wish cannot be fulfilled; the message says what to write instead.
    """
    wishes = flags.over(from_environ(environ))
    named = wishes.url is not None or wishes.target is not None
    if not named and not embedded:
        raise TargetError("no target: give its URL or --target FILE")
    targets = (_target(wishes, environ),) if named else embedded
    lacks = _lacks(wishes.without or ())
    targets = tuple(replace(each, lacks=each.lacks | lacks) for each in targets)
    first = targets[0]
    declared = wishes.draft
    drafts = parse_drafts(declared, tuple(DRAFTS)) if declared else first.drafts
    local = all(target.loopback for target in targets)
    usual = PARALLEL_LOOPBACK if local else PARALLEL_REMOTE
    return RunSettings(
        targets=targets,
        embedded=not named,
        target_file=str(wishes.target) if wishes.target is not None else "",
        drafts=drafts or (() if named else tuple(DRAFTS)),
        transports=_transports(wishes.http) if wishes.http is not None else first.transports,
        selection=Selection(
            only=wishes.only or (),
            topics=wishes.topic or (),
            requirements=wishes.requirement or (),
            shard=parse_shard(wishes.shard) if wishes.shard else None,
        ),
        scenarios=wishes.scenarios or (),
        seed=wishes.seed or "0",
        parallel=_bounded(_first(wishes.parallel, first.parallel, usual), "parallel", 1, 1024),
        scale=_bounded(_first(wishes.scale, first.scale, 1.0), "scale", 0.1, 100.0),
        max_requests=wishes.max_requests,
        max_bytes=_octets(wishes.max_bytes),
        baseline=wishes.baseline,
        write_baseline=wishes.write_baseline,
        strict=bool(wishes.strict),
        via_proxy=bool(wishes.via_proxy),
        options=options_of(wishes),
    )


def _target(wishes: Wishes, environ: Mapping[str, str]) -> Target:
    url = checked_url(wishes.url) if wishes.url is not None else ""
    if wishes.target is not None:
        base = load_target(wishes.target, environ, url)
    else:
        base = Target(url=url)
    own = tuple(checked_field(line) for line in wishes.field or ())
    names = {name.lower() for name, _ in own}
    kept = tuple(line for line in base.fields if line[0].lower() not in names)
    return replace(
        base,
        method=_method(wishes.method) if wishes.method is not None else base.method,
        media_type=wishes.media_type if wishes.media_type is not None else base.media_type,
        fields=kept + own,
        secrets=base.secrets | secrets_of(own),
        tls=TlsWish(
            ca=_existing(wishes.ca) if wishes.ca is not None else base.tls.ca,
            insecure=base.tls.insecure if wishes.insecure is None else wishes.insecure,
            server_name=base.tls.server_name,
        ),
        read_back=_read_back(wishes) or base.read_back,
    )


def _read_back(wishes: Wishes) -> ReadBackWish | None:
    if wishes.read_back_url is not None:
        if not any(place in wishes.read_back_url for place in ("{id}", "{url}", "{path}")):
            raise TargetError(
                "--read-back-url: put {id}, {path} or {url} where the identifier goes"
            )
        return ReadBackWish(url=wishes.read_back_url)
    if wishes.read_back_folder is not None:
        if not Path(wishes.read_back_folder).is_dir():
            raise TargetError(f"--read-back-folder: there is no folder {wishes.read_back_folder}")
        return ReadBackWish(folder=wishes.read_back_folder)
    return None


def _existing(path: str) -> str:
    if not Path(path).is_file():
        raise TargetError(f"--ca: there is no file {path}")
    return path


def _method(text: str) -> str:
    if not text.isascii() or not text.isalpha():
        raise TargetError(f"method {text[:20]!r} is no method; write POST, PUT or PATCH")
    return text.upper()


def _transports(text: str) -> tuple[str, ...]:
    try:
        return parse_transports((text,))
    except SuiteError as error:
        raise SuiteError(f"--http: {error}") from None


def _lacks(names: tuple[str, ...]) -> frozenset[str]:
    for name in names:
        if not capabilities.of_target(name):
            near = capabilities.nearest(name)
            hint = near if capabilities.of_target(near) else ", ".join(_CAPABILITIES)
            raise SuiteError(f"--without {name[:40]}: no such capability of a target; {hint}?")
    return frozenset(names)


_Number = TypeVar("_Number", int, float)


def _first(wish: _Number | None, declared: _Number | None, usual: _Number) -> _Number:
    if wish is not None:
        return wish
    return declared if declared is not None else usual


def _bounded(value: _Number, name: str, low: _Number, high: _Number) -> _Number:
    if not low <= value <= high:
        raise SuiteError(f"--{name} must be from {low:g} to {high:g}, not {value:g}")
    return value


def _octets(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return octets(Scalar(text), "--max-bytes")
    except ScenarioError as error:
        raise SuiteError(f"{error.message}; write for example 500 MiB") from None
