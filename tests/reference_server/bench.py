"""A bench for the core, without a network and with a clock the test turns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.profiles.rufh.drafts import DRAFTS, PARTIAL_UPLOAD, VERSION_FIELD
from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits
from reference_server.core.messages import Fields, Request, Response
from reference_server.core.server import Core
from reference_server.core.uploads import Registry
from reference_server.store.memory import MemoryStore

if TYPE_CHECKING:
    from reference_server.core.exchange import Exchange
    from reference_server.core.messages import FieldLine


@dataclass
class Sent:
    """One exchange as its client sees it; also the actions the core gets."""

    interims: list[tuple[int, Fields]] = field(default_factory=list)
    response: Response | None = None
    aborted: bool = False
    wakes: list[float] = field(default_factory=list)
    in_flight: list[bytes] = field(default_factory=list)
    ends_in_flight: bool = False
    exchange: Exchange | None = None

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        assert self.response is None
        self.interims.append((status, Fields(fields)))

    def final(self, response: Response) -> None:
        assert self.response is None
        self.response = response

    def abort(self) -> None:
        self.aborted = True

    def drain(self) -> None:
        assert self.exchange is not None
        for piece in self.in_flight:
            self.exchange.content(piece)
        if self.ends_in_flight:
            self.exchange.end()

    def wake_after(self, seconds: float) -> None:
        self.wakes.append(seconds)

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status

    @property
    def fields(self) -> Fields:
        assert self.response is not None
        return Fields(self.response.fields)

    @property
    def document(self) -> bytes:
        assert self.response is not None
        content = self.response.content
        return content if isinstance(content, bytes) else b"".join(content.pieces())

    @property
    def problem(self) -> dict[str, Any]:
        assert self.fields.get("Content-Type") == "application/problem+json"
        read = json.loads(self.document)
        assert isinstance(read, dict)
        assert read["status"] == self.status
        return read


class Bench:
    """A core with a clock to turn; ``draft`` is the default version of requests."""

    def __init__(
        self,
        draft: int | None = 9,
        *,
        limits: Limits | None = None,
        tokens: dict[str, str] | None = None,
        room: int = 1_000_000,
        capacity: int = 100,
        policy: type[Policy] = Policy,
    ) -> None:
        self.version = draft
        self.draft = DRAFTS[draft or 9]
        self.now = 1_000_000.0
        self.store = MemoryStore(room)
        chosen = limits or Limits()
        self.registry = Registry(
            store=self.store,
            clock=lambda: self.now,
            max_age=chosen.max_age,
            capacity=capacity,
        )
        self.core = Core(
            policy=policy(limits=chosen, clock=lambda: self.now),
            registry=self.registry,
            tokens=tokens,
        )

    def complete(self, value: bool) -> tuple[str, str]:
        """Return the completeness field of the draft."""
        told = value is not self.draft.completeness_inverted
        return self.draft.completeness_field, "?1" if told else "?0"

    def completeness_of(self, fields: Fields) -> bool | None:
        """Return what a response says about completeness."""
        value = fields.get(self.draft.completeness_field)
        return None if value is None else (value == "?1") is not self.draft.completeness_inverted

    def begin(
        self,
        method: str,
        target: str,
        *lines: tuple[str, str],
        length: int | None = 0,
        http_version: tuple[int, int] = (1, 1),
    ) -> Sent:
        """Send the head of a request."""
        sent = Sent()
        fields = list(lines)
        if self.version is not None:
            fields.append((VERSION_FIELD, str(self.version)))
        request = Request(
            method=method,
            target=target,
            fields=Fields(fields),
            length=length,
            http_version=http_version,
        )
        sent.exchange = self.core.begin(request, sent)
        return sent

    def send(
        self,
        method: str,
        target: str,
        *lines: tuple[str, str],
        content: bytes = b"",
        chunked: bool = False,
        http_version: tuple[int, int] = (1, 1),
    ) -> Sent:
        """Send a whole request."""
        length = None if chunked else len(content)
        sent = self.begin(method, target, *lines, length=length, http_version=http_version)
        assert sent.exchange is not None
        if content:
            sent.exchange.content(content)
        sent.exchange.end()
        return sent

    def create(
        self, content: bytes = b"", *lines: tuple[str, str], complete: bool = False, **more: Any
    ) -> Sent:
        """Create an upload."""
        return self.send("POST", "/a", self.complete(complete), *lines, content=content, **more)

    def path(self, content: bytes = b"", *lines: tuple[str, str]) -> str:
        """Create an incomplete upload; return its path."""
        location = self.create(content, *lines).fields.get("Location")
        assert location is not None
        return location

    def append_fields(self, offset: int, complete: bool) -> list[tuple[str, str]]:
        """Return the fields of an append."""
        return [
            ("Upload-Offset", str(offset)),
            ("Content-Type", PARTIAL_UPLOAD),
            self.complete(complete),
        ]

    def append(
        self,
        path: str,
        offset: int,
        content: bytes = b"",
        *lines: tuple[str, str],
        complete: bool = False,
        **more: Any,
    ) -> Sent:
        """Append content."""
        fields = self.append_fields(offset, complete)
        return self.send("PATCH", path, *fields, *lines, content=content, **more)

    def hang(self, path: str, offset: int, content: bytes, length: int | None = None) -> Sent:
        """Begin a completing append that never ends."""
        fields = self.append_fields(offset, complete=True)
        sent = self.begin("PATCH", path, *fields, length=length)
        assert sent.exchange is not None
        sent.exchange.content(content)
        return sent

    def offset(self, path: str) -> int:
        """Retrieve the offset."""
        sent = self.send("HEAD", path)
        assert sent.status == 204
        return int(sent.fields.get("Upload-Offset") or -1)

    def stored(self, path: str) -> bytes:
        """Read back the representation of an upload."""
        sent = self.send("GET", path.replace("/uploads/", "/files/"))
        assert sent.status == 200
        return sent.document
