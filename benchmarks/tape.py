"""What a run did on its sockets, case by case, in a form that can be played again.

A tape holds no time but deliberate pauses. What a server chooses (its port, the names of upload
resources, offsets it tells) stands in it as a placeholder.
"""

from __future__ import annotations

import pickle
import resource
import sys
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path


class Deed(IntEnum):
    """What happened next, and what its value is."""

    CONNECT = 0  # name of the configuration
    BEGIN = 1  # method of a request whose answer is to be read
    SEND = 2  # parts of the octets; frames, if it is HTTP/2
    SEEN = 3  # final responses, final heads, interim responses, greetings so far
    ENDED = 4  # the peer ended the connection
    DRAIN = 5  # the peer's kernel has acknowledged everything
    FIN = 6
    RESET = 7
    CLOSE = 8
    PAUSE = 9  # seconds
    RESTART = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """Stands for the name of the n-th upload resource a case was told of."""

    number: int


@dataclass(frozen=True, slots=True)
class Offset:
    """Stands for the offset a case was told last."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Stands for host and port of a configuration."""

    name: str


Part: TypeAlias = bytes | Upload | Offset | Authority
#: deed, number of the connection within the case, value
Event: TypeAlias = tuple[Deed, int, object]


@dataclass(slots=True)
class Tally:
    """What was done in all, so that two sides can be seen to have done the same."""

    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    def told(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "connections": self.connections,
            "requests": self.requests,
            "sent": self.sent,
            "received": self.received,
            "statuses": {str(code): count for code, count in sorted(self.statuses.items())},
        }


@dataclass(slots=True)
class Tape:
    """A recording.

    Attributes:
        cases: events of each case, in the order in which the cases began.
        http: ``h1`` or ``h2``.
        parallel: how many cases ran at once.
        tally: what was done in all.
    """

    cases: list[list[Event]]
    http: str
    parallel: int
    tally: Tally

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_bytes(pickle.dumps(self))

    @staticmethod
    def load(path: Path) -> Tape:
        """Read it from a file of our own."""
        tape = pickle.loads(path.read_bytes())
        assert isinstance(tape, Tape)
        return tape


def cpu_seconds() -> float:
    """Return user and system seconds this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def megabytes(maxrss: int) -> float:
    """Return a peak resident size as the system tells it, in MB."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss * 1024 / 1e6
