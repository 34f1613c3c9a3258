"""A proxy of a run: a process of its own, so that mitmproxy touches neither loop nor clock here.

It lives exactly as long as the line to it: both ends notice when the other one dies, and the one
that is left removes the folder of both.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from conformance.model.errors import InternalError, TargetError
from conformance.model.transcript import CutHow

if TYPE_CHECKING:
    from types import TracebackType

    from conformance.model.scenario import Cut

HOST = "127.0.0.1"
_START_WITHIN = 30.0
_ANSWER_WITHIN = 10.0
_END_WITHIN = 10.0
_LINE_BOUND = 65_536
_HOME = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of an interruption that was ordered.

    Attributes:
        how: the kind that was made; None if none was.
        handed: octets of content handed to the server.
        acknowledged: of these, octets its kernel had acknowledged; None if unknown.
        whole: the server was handed the whole request.
        note: why it differs from what was ordered, else empty.
    """

    how: CutHow | None
    handed: int
    acknowledged: int | None
    whole: bool
    note: str


class PathProxy:
    """The proxy of a run; an asynchronous context manager.

    Args:
        ca: PEM file of trust anchors for servers; empty for the usual ones.
        insecure: trust every certificate of a server.
    """

    def __init__(self, *, ca: str = "", insecure: bool = False) -> None:
        self._arguments = (ca, "insecure" if insecure else "")
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reports: dict[int, asyncio.Future[Report]] = {}
        self._numbers = 0
        self._gone = ""

    async def __aenter__(self) -> Self:
        if importlib.util.find_spec("mitmproxy") is None:
            raise TargetError("this needs mitmproxy: pip install 'resumable-conformance[proxy]'")
        home = _HOME
        path = os.environ.get("PYTHONPATH")
        self._folder = tempfile.TemporaryDirectory(prefix="resumable-proxy-")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "conformance.proxy",
            self._folder.name,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": f"{home}{os.pathsep}{path}" if path else home},
            limit=_LINE_BOUND,
            start_new_session=True,  # a signal for us is for us to pass on
        )
        try:
            async with asyncio.timeout(_START_WITHIN):
                line = await self._line()
        except TimeoutError:
            line = {}
        if "ready" not in line:
            await self.close()
            raise InternalError("the proxy did not start")
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the process, by force if need be."""
        process, self._process = self._process, None
        folder, self._folder = self._folder, None
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        self._fail("the proxy was ended")
        if process is not None:
            await _end(process)
        if folder is not None:
            folder.cleanup()

    async def listen(self, origin: str) -> tuple[int, str]:
        """Have the proxy listen for clients of a server.

        Args:
            origin: scheme and authority of the server.

        Returns:
            The port at HOST, and the PEM file a client has to trust if it speaks TLS.

        Raises:
            TargetError: it cannot.
        """
        answer = await self._order({"do": "listen", "upstream": origin, "host": HOST})
        return int(answer["port"]), str(answer["authority"])

    async def arm(
        self,
        peer: str,
        request: tuple[str, str],
        cut: Cut,
        after: int | None,
        *,
        under_way: bool = False,
    ) -> Armed:
        """Order an interruption of the next exchange of a kind on one connection.

        Args:
            peer: our address on that connection.
            request: its method token and request target.
            cut: the interruption.
            after: octets of content before it; None with ``once``.
            under_way: the exchange has begun.

        Raises:
            TargetError: the proxy is gone, or the exchange that had begun is over.
        """
        self._numbers += 1
        token = self._numbers
        future = self._reports[token] = asyncio.get_running_loop().create_future()
        value = {
            "how": str(cut.how),
            "after": after,
            "once": None if cut.once is None else str(cut.once),
            "wait-for": None if cut.wait_for is None else str(cut.wait_for),
            "at-most": cut.at_most.seconds,
        }
        method, target = request
        order = {"peer": peer, "method": method, "target": target, "cut": value, "token": token}
        await self._order(order | {"do": "interrupt" if under_way else "arm"})
        return Armed(future)

    async def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or self._gone:
            raise TargetError(f"the proxy is gone: {self._gone or 'it was not started'}")
        self._numbers += 1
        number = self._numbers
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            process.stdin.write(json.dumps(order | {"id": number}).encode() + b"\n")
            async with asyncio.timeout(_ANSWER_WITHIN):
                await process.stdin.drain()
                answer: dict[str, Any] = await future
        except (TimeoutError, OSError) as error:
            raise TargetError(f"the proxy does not answer: {error}") from None
        finally:
            del self._answers[number]
        if "error" in answer:
            raise TargetError(f"the proxy: {answer['error']}")
        return answer

    async def _line(self) -> dict[str, Any]:
        stream = self._process.stdout if self._process is not None else None
        if stream is None:
            return {}
        try:
            value = json.loads(await stream.readline())
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    async def _listen(self) -> None:
        while line := await self._line():
            if "made" in line:
                report = self._reports.pop(line["made"], None)
                if report is not None and not report.done():
                    report.set_result(_report(line))
            else:
                answer = self._answers.get(line.get("id", 0))
                if answer is not None and not answer.done():
                    answer.set_result(line)
        self._fail("its process ended")

    def _fail(self, why: str) -> None:
        self._gone = self._gone or why
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result({"error": why})
        for report in self._reports.values():
            if not report.done():
                report.cancel()
        self._reports.clear()


class Armed:
    """An interruption that was ordered."""

    __slots__ = ("_report",)

    def __init__(self, report: asyncio.Future[Report]) -> None:
        self._report = report

    async def report(self, at_most: float) -> Report | None:
        """Wait for what became of it; None if the proxy told nothing in time, or is gone."""
        done, _ = await asyncio.wait([self._report], timeout=at_most)
        if not done or self._report.cancelled():
            return None
        return self._report.result()


def _report(line: dict[str, Any]) -> Report:
    how = line.get("how")
    return Report(
        how=None if how is None else CutHow(how),
        handed=int(line["handed"]),
        acknowledged=line.get("acknowledged"),
        whole=bool(line.get("whole")),
        note=str(line.get("note", "")),
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let a process end that ends with its input, by force if need be."""
    if process.stdin is not None:
        process.stdin.close()
    for hasten in (process.terminate, process.kill):
        try:
            await asyncio.wait_for(process.wait(), _END_WITHIN)
            break
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                hasten()
    await process.wait()
