"""Everything one pytest process knows of its run against a server."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.embedded import Embedded
from conformance.engine.asking import asker
from conformance.engine.baseline import read_baseline
from conformance.engine.embedded_target import PLACEHOLDER, as_target
from conformance.engine.redact import Redactor
from conformance.engine.run import prepare
from conformance.engine.sanity import examine
from conformance.engine.settings import build
from conformance.engine.wishes import Wishes
from conformance.engine.world import Counters
from conformance.engine.worlds import run_command, world_of
from conformance.model.errors import SuiteError, TargetError
from conformance.pytest_plugin.ahead import Ahead, Background
from conformance.pytest_plugin.options import EMBEDDED
from conformance.pytest_plugin.verdict import Known
from conformance.pytest_plugin.words import drafts_in_words, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from conformance.engine.run import Prepared
    from conformance.engine.settings import RunSettings
    from conformance.engine.target import Target
    from conformance.model.result import CaseResult
    from conformance.pytest_plugin.options import Wanted

_FEW = 30
_USUAL = ("h1",)
_NO_DRAFT = (
    "cannot tell which draft the server speaks: no 104 bears a number; "
    "say it with --resumable-draft"
)


def settings_of(wanted: Wanted, environ: Mapping[str, str], workers: int = 1) -> RunSettings:
    """Decide everything about a run.

    Args:
        wanted: what the options say.
        environ: gives what the options leave open.
        workers: processes that share the bounds of the run.

    Raises:
        SuiteError: a wish cannot be fulfilled.
    """
    if wanted.embedded:
        ignored = {"RESUMABLE_URL", "RESUMABLE_TARGET"}
        environ = {name: value for name, value in environ.items() if name not in ignored}
    flags = Wishes(
        url=None if wanted.embedded else wanted.target,
        target=wanted.target_file,
        draft=wanted.drafts or None,
        http=wanted.http,
        only=wanted.only or None,
        topic=wanted.topics or None,
        requirement=wanted.requirements or None,
        baseline=wanted.baseline,
        strict=wanted.strict or None,
    )
    settings = build(flags, environ, (PLACEHOLDER,) if wanted.embedded else ())
    return replace(
        settings,
        targets=settings.targets if workers == 1 else tuple(map(_unrestarted, settings.targets)),
        # which tests there are must be known without a network, so no probing here
        transports=settings.transports or _USUAL,
        parallel=_share(settings.parallel, workers),
        max_requests=_share_of_bound(settings.max_requests, workers),
        max_bytes=_share_of_bound(settings.max_bytes, workers),
    )


def _unrestarted(target: Target) -> Target:
    """Return a server of several workers: none may restart it while the others use it."""
    if not target.restart:
        return target
    return replace(target, restart=(), lacks=target.lacks | {"restart"})


def _share(whole: int, workers: int) -> int:
    return max(1, whole // workers)


def _share_of_bound(whole: int | None, workers: int) -> int | None:
    return None if whole is None else _share(whole, workers)


class Trouble:
    """Why nothing can be run.

    Attributes:
        text: the cause, with what to do.
        told: one test has failed because of it, so that the others need not.
    """

    __slots__ = ("text", "told")

    def __init__(self, text: str) -> None:
        self.text = text
        self.told = False


class Suite:
    """The run of one process: its settings, its drafts, its cases under way."""

    def __init__(
        self, wanted: Wanted, workers: int = 1, target_options: tuple[str, ...] = ()
    ) -> None:
        """Decide the settings; nothing is started and nobody is asked yet.

        Args:
            wanted: what the options say.
            workers: processes that share the bounds of the run.
            target_options: how the server was named on the command line, for a rerun.

        Raises:
            SuiteError: a wish cannot be fulfilled.
        """
        self.wanted = wanted
        self.target_options = target_options
        self.settings = settings_of(wanted, os.environ, workers)
        baseline = self.settings.baseline
        self.known = Known(read_baseline(baseline) if baseline is not None else {})
        self._files: dict[Path, None] = {}
        self._drafts: tuple[int, ...] = self.settings.drafts
        self._trouble = ""
        self._background: Background | None = None
        self._embedded: Embedded | None = None
        self._searched: Embedded | None = None
        self._ahead: Ahead | None = None
        self._cannot_run: Trouble | None = None

    @property
    def title(self) -> str:
        """Say what is judged, in one line."""
        return one_line(f"{self._where()}, {drafts_in_words(self._drafts)}")

    def _where(self) -> str:
        return EMBEDDED if self.wanted.embedded else self.settings.targets[0].url

    def header(self) -> list[str]:
        """Say what is judged, with a warning if it is not on this machine."""
        lines = [self.title]
        if not all(target.loopback for target in self.settings.targets):
            lines.append(
                "this server is not on this machine: it will get faulty and interrupted "
                f"requests, up to {self.settings.parallel} at once; judge only what you may test"
            )
        return lines

    def add_file(self, path: Path) -> None:
        """Take in a scenario file of the user's own."""
        self._files[path] = None

    def narrow(self, scenarios: Collection[str]) -> None:
        """Learn which scenarios are left after all deselection.

        A few are quickly found by name; of many it is quicker to prepare all that is selected.
        """
        if 0 < len(scenarios) <= _FEW:
            selection = replace(self.settings.selection, only=tuple(sorted(scenarios)))
            self.settings = replace(self.settings, selection=selection)

    def told(self, drafts: tuple[int, ...], trouble: str) -> None:
        """Learn from another process what the server answered when asked for its drafts."""
        self._drafts, self._trouble = drafts, trouble

    def drafts(self) -> tuple[int, ...]:
        """Return the drafts to judge; asks the server if nobody said.

        Raises:
            SuiteError: it cannot be asked, or does not tell.
        """
        if not self._drafts and not self._trouble:
            try:
                self._drafts = self._loop().await_result(
                    self._loop().submit(_ask_drafts(self.settings))
                )
            except SuiteError as error:
                self._trouble = str(error)
            else:
                self._trouble = "" if self._drafts else _NO_DRAFT
        if self._trouble:
            raise TargetError(self._trouble)
        return self._drafts

    def announce(self, ids: list[str]) -> None:
        """Begin with cases that will be asked for."""
        self._runner().announce(ids)

    def result(self, key: str) -> CaseResult | None:
        """Return the result of a case; None if it does not apply to the server at all.

        Raises:
            SuiteError: it could not be run.
        """
        return self._runner().result(key)

    def trouble(self) -> Trouble | None:
        """Return why nothing can be run, if so; waits for the server to be tried out."""
        if self._cannot_run is None:
            try:
                self._runner().prepared()
            except SuiteError as error:
                self._cannot_run = Trouble(str(error))
        return self._cannot_run

    def _loop(self) -> Background:
        if self._background is None:
            self._background = Background()
        return self._background

    def _runner(self) -> Ahead:
        if self._ahead is None:
            self._ahead = Ahead(self._loop(), self._prepare, self.settings.parallel)
        return self._ahead

    async def _prepare(self) -> Prepared:
        settings = replace(self.settings, drafts=self._drafts, scenarios=tuple(self._files))
        if self.wanted.embedded:
            self._embedded = Embedded()
            await asyncio.to_thread(self._embedded.start)
            targets = tuple(map(as_target, self._embedded.configurations.values()))
            settings = replace(settings, targets=targets)
        return await prepare(settings)

    def fuzz_target(self) -> Target:
        """Return the server to search; the reference server is started for it if that is meant."""
        if not self.wanted.embedded:
            return self.settings.targets[0]
        if self._searched is None:
            self._searched = Embedded(restartable=False)
            self._searched.start()
        return as_target(self._searched.configurations["plain"])

    def shown_url(self) -> str:
        """Return the server's URL without secrets; empty for the reference server."""
        if self.wanted.embedded:
            return ""
        target = self.settings.targets[0]
        return one_line(Redactor(target.secrets).text(target.url))

    def close(self) -> None:
        """End everything that was begun; may be called again."""
        if self._background is not None:
            self._background.close()
            self._background = None
        if self._embedded is not None:
            self._embedded.close()
            self._embedded = None
        if self._searched is not None:
            self._searched.close()
            self._searched = None

    def clean_up(self) -> str:
        """Run the target's own clean-up command, if there is one; return what went wrong."""
        for target in self.settings.targets:
            if target.cleanup:
                try:
                    asyncio.run(run_command(target.cleanup, "cleanup"))
                except SuiteError as error:
                    return str(error)
        return ""


async def _ask_drafts(settings: RunSettings) -> tuple[int, ...]:
    """Try the target out as a run would, only to learn its drafts."""
    target = settings.targets[0]
    world = world_of(target, Counters())
    most = min(8, settings.parallel)
    drafts: set[int] = set()
    for transport in settings.transports:
        ask = asker(world, scale=settings.scale, most=most, transport=transport)
        drafts.update((await examine(target, ask)).drafts)
    return tuple(sorted(drafts))
