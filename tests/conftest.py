"""Builders of plans, transcripts and documents that several areas of tests share."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.judge import Judgement, judge
from conformance.engine.judge_context import Context
from conformance.matchers import matcher
from conformance.model.content import Content
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.plan import (
    Binding,
    Bound,
    Plan,
    PlannedCheck,
    PlannedExchange,
    PlannedResume,
    PlannedTogether,
    TargetFacts,
)
from conformance.model.protocols import Look, Match
from conformance.model.requirement import Verdict
from conformance.model.scenario import (
    Alternative,
    Case,
    Check,
    ExchangeStep,
    Matcher,
    ReadBackStep,
    ResumeStep,
    Scenario,
    Subject,
    SubjectKind,
    Verb,
)
from conformance.model.transcript import (
    Connection,
    End,
    Exchange,
    FieldLine,
    Framing,
    Message,
    Moment,
    ReceivedContent,
    SentRange,
    SentRequest,
    Stored,
    Transcript,
)
from conformance.model.values import Template
from conformance.syntax.values import read_range, read_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# helper modules beside tests say what they compared, as tests do
pytest.register_assert_rewrite(
    "tests.engine", "tests.profiles", "tests.reference_server", "tests.wire"
)

ORIGIN = "http://target.example"
WHOLE = Subject(kind=SubjectKind.EXCHANGE)
FINAL = Subject(kind=SubjectKind.FINAL)


def node(value: Any) -> Node:
    """Make a node of a plain value."""
    if isinstance(value, dict):
        return Mapping(tuple((Scalar(str(key)), node(each)) for key, each in value.items()))
    if isinstance(value, list):
        return Sequence(tuple(node(each) for each in value))
    return Scalar(value)


def lines(fields: dict[str, Any]) -> tuple[FieldLine, ...]:
    """Make field lines; a list is several lines; ``_`` stands for ``-``."""
    found = []
    for name, value in fields.items():
        spelled = name.replace("_", "-").encode()
        values = value if isinstance(value, list) else [value]
        found += [FieldLine(spelled, str(each).encode("latin-1")) for each in values]
    return tuple(found)


class Build:
    """Makes transcripts in which time goes on with everything that is made."""

    node = staticmethod(node)
    lines = staticmethod(lines)

    def __init__(self) -> None:
        self.seq = 0
        self.content = Content(seed="test", size=65536)
        self.exchanges: list[Exchange] = []
        self.connections: list[Connection] = []
        self.stored: list[Stored] = []
        self.planned: list[Any] = []
        self.checks: list[PlannedCheck] = []
        self.bound: dict[str, Bound] = {}
        self.binding: dict[str, Any] = {}
        self.draft = 9
        self.target: dict[str, Any] = {}

    def now(self, wait: float = 0.001) -> Moment:
        """Let time go on."""
        self.seq += 1
        return Moment(self.seq, round(self.seq * 0.001 + wait, 6))

    def message(
        self,
        status: int,
        content: bytes | None = None,
        *,
        version: str = "HTTP/1.1",
        sent_before: int = 0,
        whole: bool = True,
        lints: tuple[Any, ...] = (),
        at: Moment | None = None,
        **fields: Any,
    ) -> Message:
        """Make a response."""
        moment = at or self.now()
        received = None
        if status >= 200:
            octets = content or b""
            received = ReceivedContent(length=len(octets), octets=octets, complete=whole)
        return Message(
            status=status,
            reason=b"",
            version=version,
            fields=lines(fields),
            head=f"HTTP/1.1 {status} X\r\n\r\n".encode(),
            began=moment,
            at=moment,
            ended=moment,
            content=received,
            sent_before=sent_before,
            lints=lints,
        )

    def exchange(
        self,
        name: str = "up",
        *responses: Message,
        method: str = "POST",
        url: str = f"{ORIGIN}/files",
        start: int = 0,
        end: int = 0,
        at: int | None = None,
        mark: int = 0,
        closing: End | None = None,
        done: bool = True,
        cut: Any = None,
        version: str = "HTTP/1.1",
        stray: bytes = b"",
        detail: str = "",
        declared: int | None = None,
        framing: Framing = Framing.CONTENT_LENGTH,
        begun: Moment | None = None,
        ended: Moment | None = None,
        connection: int | None = None,
        fields: dict[str, Any] | None = None,
        whole: bool = True,
    ) -> Exchange:
        """Make an exchange and bind it to a step."""
        head_at = begun or self.now()
        final = next((each for each in responses if each.status >= 200), None)
        if closing is None:
            closing = End.FINAL if final is not None else End.DEADLINE
        handed = end - start
        told = dict(fields or {})
        if framing is Framing.CONTENT_LENGTH and "Content-Length" not in told and handed:
            told["Content-Length"] = declared if declared is not None else handed
        request = SentRequest(
            method=method,
            target=url.removeprefix(ORIGIN),
            url=url,
            version=version,
            fields=lines(told),
            head=f"{method} {url} {version}\r\n\r\n".encode(),
            framing=framing if handed else Framing.NONE,
            declared=declared if declared is not None else handed,
            ranges=(SentRange(start=start, end=end, mark=mark),) if handed else (),
            handed=handed,
            head_at=head_at,
            content_at=head_at if handed else None,
            ended_at=head_at if done else None,
            cut=cut,
            at_offset=start if at is None else at,
        )
        number = len(self.exchanges)
        if connection is None:
            connection = len(self.connections)
            self.connections.append(Connection(id=connection, address="target.example:80"))
        made = Exchange(
            id=number,
            connection=connection,
            request=request,
            interims=tuple(each for each in responses if each.status < 200),
            interims_seen=sum(1 for each in responses if each.status < 200),
            final=final,
            end=closing,
            ended=None if closing is End.OPEN else ended or self.now(),
            detail=detail,
            stray=stray,
        )
        self.exchanges.append(made)
        before = self.bound.get(name)
        numbers = (*(before.exchanges if before else ()), number)
        self.bound[name] = Bound(exchanges=numbers, subjects=numbers)
        if before is None:
            self.planned.append(self.plan_exchange(name, method, mark, start, end))
        return made

    def plan_exchange(
        self, name: str, method: str, mark: int, start: int, end: int
    ) -> PlannedExchange:
        """Plan an exchange."""
        return PlannedExchange(
            step=ExchangeStep(name=name, verb=Verb.REQUEST),
            method=method,
            target=Template(("/files",)),
            fields=(),
            send=read_range(Scalar(f"{start}..{end}")),
            at=read_size(Scalar(str(start))),
            framing=Framing.CONTENT_LENGTH,
            declared="sent",
            mark=mark,
            of=name,
        )

    def resume(self, name: str, of: str) -> None:
        """Plan a resume step, bound to the exchange it goes on with."""
        planned = next(each for each in self.planned if each.step.name == of)
        self.planned.append(
            PlannedResume(step=ResumeStep(name=name, exchange=of), exchange=planned)
        )
        self.bound[name] = self.bound[of]

    def together(self, name: str, *members: str, overlapped: bool = True) -> None:
        """Make a together step of exchanges made before."""
        steps = [each for each in self.planned if each.step.name in members]
        self.planned = [each for each in self.planned if each not in steps]
        self.planned.append(
            PlannedTogether(
                name=name, release="last octet", over="two-connections", exchanges=tuple(steps)
            )
        )
        self.binding["groups"] = {name: members}
        self.binding["overlapped"] = frozenset({name} if overlapped else ())

    def read_back(self, name: str, octets: bytes | None, of: str = "up", **more: Any) -> Stored:
        """Make a read-back; None for nothing found."""
        import hashlib

        stored = Stored(
            way="a GET",
            found=octets is not None,
            octets=octets or b"",
            length=len(octets or b""),
            sha256=hashlib.sha256(octets or b"").digest(),
        )
        stored = replace(stored, **more)
        self.binding.setdefault("stored", {})[name] = len(self.stored)
        self.stored.append(stored)
        self.planned.append(ReadBackStep(name=name, of=of))
        return stored

    def step(self, name: str) -> None:
        """Plan a step that was not made."""
        self.planned.append(self.plan_exchange(name, "POST", 0, 0, 0))

    def check(
        self,
        step: str = "up",
        requirement: str = "RUFH-104-LOCATION",
        *alternatives: dict[str, Any],
        on: Subject = WHOLE,
        verdict: Verdict = Verdict.FAIL,
        needs: tuple[str, ...] = (),
    ) -> str:
        """Plan a check; returns its id. Keys ``as``, ``cites``, ``ends``, ``fact`` are its own."""
        made = tuple(self.alternative(each) for each in alternatives)
        check = Check(requirement=requirement, label="", subject=on, alternatives=made, needs=needs)
        identity = f"rufh/test/case/{step}/{requirement}/{len(self.checks)}"
        self.checks.append(
            PlannedCheck(id=identity, check=check, step=step, verdict=verdict, level="MUST")
        )
        return identity

    def alternative(self, said: dict[str, Any]) -> Alternative:
        """Make an alternative of plain keys."""
        own = {key: said[key] for key in ("cites", "ends_scenario", "fact") if key in said}
        matchers = tuple(
            Matcher(key, self.argument(key, value))
            for key, value in said.items()
            if key not in ("as", *own)
        )
        return Alternative(
            matchers=matchers,
            verdict=said.get("as", "pass"),
            cites=own.get("cites", ""),
            ends="scenario" if own.get("ends_scenario") else "",
            fact=own.get("fact", ""),
        )

    def argument(self, key: str, value: Any) -> object:
        """Decode a matcher's argument; unknown keys and arguments stay as they are."""
        spec = matcher(key)
        return value if spec is None else spec.decode(node(value))

    @property
    def plan(self) -> Plan:
        """The plan made so far."""
        scenario = Scenario(id="rufh/test/case", title="A test")
        facts = {
            "url": f"{ORIGIN}/files",
            "path": "/files",
            "authority": "target.example",
            "origin": ORIGIN,
        } | self.target
        return Plan(
            id="rufh/test/case/9/h1",
            case=Case(scenario=scenario, name="", steps=()),
            profile="rufh",
            draft=self.draft,
            transport="h1",
            target=TargetFacts(**facts),
            content=self.content,
            steps=tuple(self.planned),
            checks=tuple(self.checks),
        )

    @property
    def transcript(self) -> Transcript:
        """The transcript made so far."""
        return Transcript(
            connections=tuple(self.connections),
            exchanges=tuple(self.exchanges),
            stored=tuple(self.stored),
        )

    @property
    def context(self) -> Context:
        """What matchers see."""
        return Context(self.plan, Binding(steps=self.bound, **self.binding), self.transcript)

    def judge(self) -> Judgement:
        """Judge everything made so far."""
        return judge(self.plan, Binding(steps=self.bound, **self.binding), self.transcript)

    def match(self, key: str, value: Any, look: Look | None = None) -> Match:
        """Let one matcher look; by default at the last exchange."""
        spec = matcher(key)
        assert spec is not None
        argument = spec.decode(node(value))
        assert spec.decode(spec.encode(argument)) == argument, "the round trip"
        if look is None:
            last = self.exchanges[-1]
            look = Look(step="up", exchanges=tuple(self.exchanges), exchange=last)
        return spec.match(argument, look, self.context)


@pytest.fixture(autouse=True)
def _signals_are_heard() -> Iterator[None]:
    """Let processes that tests start hear signals, though we may run where they are ignored.

    A job in a script's background ignores SIGINT, one below nohup SIGHUP, and so would they.
    """
    ours: dict[int, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGHUP: signal.SIG_DFL,
    }
    ignored = [each for each in ours if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, ours[each])
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.fixture
def build() -> Build:
    """A fresh builder."""
    return Build()


@pytest.fixture
def builder() -> Callable[[], Build]:
    """Makes builders, for property tests."""
    return Build
