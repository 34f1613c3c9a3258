"""A bench for the runner: plans from a few words, and a server that does what a test says."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.deadlines import Deadlines
from conformance.engine.runner import Ran, run_plan
from conformance.engine.world import World
from conformance.model.content import Content
from conformance.model.node import Scalar
from conformance.model.plan import (
    Plan,
    PlannedCheck,
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
    TargetFacts,
)
from conformance.model.scenario import (
    Case,
    ExchangeStep,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Scenario,
    TogetherStep,
    Verb,
)
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verbs import plan_exchange
from conformance.syntax.values import read_range, read_size, read_template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from conformance.model.scenario import Step

_SIZES = frozenset({"at", "length", "chunk"})


def step(verb: str, name: str, **keys: Any) -> ExchangeStep:
    """Make an exchange step; sizes, ranges and field values are given as text."""
    for key in _SIZES & keys.keys():
        keys[key] = read_size(Scalar(keys[key]))
    if "send" in keys:
        keys["send"] = read_range(Scalar(keys["send"]))
    if "to" in keys:
        keys["to"] = read_template(Scalar(keys["to"]))
    if "fields" in keys:
        keys["fields"] = tuple(
            (field_name, None if value is None else (read_template(Scalar(value)),))
            for field_name, value in keys["fields"].items()
        )
    return ExchangeStep(name=name, verb=Verb(verb), **keys)


@contextlib.asynccontextmanager
async def scripted_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *,
    tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> AsyncIterator[int]:
    """Listen for as long as the context lasts; yields the port.

    Every connection ends with it, also one whose script has not begun and one that is only just
    being accepted. The library leaves these open, to be found by the garbage collection of another
    test.
    """
    tasks: list[asyncio.Future[None]] = []
    writers: list[asyncio.StreamWriter] = []

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await serve(reader, writer)
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        tasks.append(asyncio.ensure_future(served(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await _some_turns()  # whoever has come is let in before the door is closed
        server.close()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await _some_turns()  # lets aborted transports go
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _some_turns() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


@dataclass
class Ask:
    """One request as the scripted server sees it."""

    server: ScriptedServer
    method: str
    path: str
    fields: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    content: bytes = b""

    async def read(self) -> bytes:
        """Read the content by Content-Length or as chunks; what came of it where it broke off."""
        if self.fields.get("transfer-encoding") == "chunked":
            while size := int((await self.reader.readline()) or b"0", 16):
                self.content += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
            return self.content
        wanted = int(self.fields.get("content-length", "0"))
        while len(self.content) < wanted:
            piece = await self.reader.read(wanted - len(self.content))
            if not piece:
                break
            self.content += piece
        return self.content

    def say(self, status: int, content: bytes = b"", **fields: str) -> None:
        """Write a response; underscores in field names stand for hyphens."""
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        if status >= 200 and status != 204:
            lines.append(f"Content-Length: {len(content)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + content)

    def announce(self, path: str) -> None:
        """Write a 104 that tells an upload resource."""
        version = self.fields.get("upload-draft-interop-version", "")
        self.say(104, Location=path, Upload_Draft_Interop_Version=version)


@dataclass
class ScriptedServer:
    """Reads heads of requests and leaves everything else to a script."""

    script: Callable[[Ask], Awaitable[None]]
    asked: list[Ask] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def lines(self) -> list[str]:
        """Method and path of every request in order."""
        return [f"{ask.method} {ask.path}" for ask in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *rest = head.decode("latin-1").strip().split("\r\n")
            method, path, *_ = first.split(" ")
            lines = (line.partition(":") for line in rest)
            named = {name.lower(): value.strip() for name, _, value in lines}
            ask = Ask(self, method, path, named, reader, writer)
            self.asked.append(ask)
            await self.script(ask)
            await writer.drain()
            if writer.is_closing():
                break


@dataclass
class Bench:
    """Runs plans against scripted servers or a URL."""

    server: ScriptedServer | None = None
    draft: int = 9
    transport: str = "h1"
    size: int = 65536
    scale: float = 1.0
    deadlines: Deadlines = field(
        default_factory=lambda: Deadlines(
            final=1.5, announcement=0.3, settling=0.1, drain=0.5, farewell=0.5
        )
    )
    facts: dict[str, Any] = field(default_factory=dict)
    marks: bool = False
    tls: ssl.SSLContext | None = None
    checks: tuple[PlannedCheck, ...] = ()

    def plan(self, steps: tuple[Step, ...], url: str) -> Plan:
        """Make a plan for a target."""
        scheme, _, rest = url.partition("://")
        authority, _, path = rest.partition("/")
        target = TargetFacts(
            url=url,
            path=f"/{path}",
            authority=authority,
            origin=f"{scheme}://{authority}",
            scale=self.scale,
            **self.facts,
        )
        draft = DRAFTS[self.draft]
        earlier: dict[str, PlannedExchange] = {}
        mark = 0

        def exchange(each: ExchangeStep) -> PlannedExchange:
            nonlocal mark
            mark += self.marks
            made = earlier[each.name] = plan_exchange(each, draft, target, earlier, mark)
            return made

        planned: list[PlannedStep] = []
        for each in steps:
            match each:
                case ExchangeStep():
                    planned.append(exchange(each))
                case ResumeStep():
                    planned.append(PlannedResume(step=each, exchange=earlier[each.exchange]))
                case TogetherStep():
                    members = tuple(exchange(member) for member in each.steps)
                    planned.append(
                        PlannedTogether(
                            name=each.name, release=each.release, over=each.over, exchanges=members
                        )
                    )
                case ReadBackStep() | RestartStep():
                    planned.append(each)
        scenario = Scenario(id="rufh/bench/scenario", title="A bench scenario")
        return Plan(
            id="rufh/bench/scenario/9/h1",
            case=Case(scenario=scenario, name="", steps=steps),
            profile="rufh",
            draft=self.draft,
            transport=self.transport,
            target=target,
            content=Content(seed="bench", size=self.size),
            steps=tuple(planned),
            checks=self.checks,
        )

    def run(
        self,
        script: Callable[[Ask], Awaitable[None]],
        *steps: Step,
        **world: Any,
    ) -> Ran:
        """Run steps against a scripted server."""

        async def go() -> Ran:
            self.server = ScriptedServer(script)
            async with scripted_server(self.server.serve, tls=self.tls) as port:
                self.server.port = port
                scheme = "https" if self.tls else "http"
                return await self.against(f"{scheme}://127.0.0.1:{port}/files", *steps, **world)

        return asyncio.run(go())

    async def against(self, url: str, *steps: Step, **world: Any) -> Ran:
        """Run steps against a URL."""
        async with asyncio.timeout(30):
            return await run_plan(self.plan(steps, url), World(deadlines=self.deadlines, **world))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def listening() -> Callable[..., contextlib.AbstractAsyncContextManager[int]]:
    """Run a scripted server of the streams library."""
    return scripted_server


@pytest.fixture
def make_step() -> Callable[..., ExchangeStep]:
    return step
