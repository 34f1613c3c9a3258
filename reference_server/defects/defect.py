"""What a seeded defect is, and how it is built into a configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.conduct import Policy
from reference_server.core.creation import Creator
from reference_server.core.resources import UploadResource
from reference_server.core.server import Core
from reference_server.core.transfer import Transfer
from reference_server.core.uploads import Registry
from reference_server.h1 import H1Connection
from reference_server.h2 import H2Connection
from reference_server.h2_frames import Guard
from reference_server.h2_session import Session
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.serve import Configuration

#: A class of the clean server of which a defect is a subclass.
Override = (
    type[Policy]
    | type[Core]
    | type[Registry]
    | type[Transfer]
    | type[Creator]
    | type[Appender]
    | type[UploadResource]
    | type[H1Connection]
    | type[H2Connection]
    | type[Session]
    | type[Guard]
    | type[H2Streams]
)


class Difficulty(StrEnum):
    """What it takes to see a defect."""

    WIRE = "wire"  # visible in a single orderly exchange or a few
    INTERRUPTION = "interruption"  # needs a request that is cut
    RACE = "race"  # needs two requests at once
    TIME = "time"  # needs the clock to go on
    STORAGE = "storage"  # needs what was stored to be read back, or the server restarted


class Transport(StrEnum):
    """Where a defect shows."""

    ANY = "any"
    H1 = "h1"
    H2 = "h2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One fault.

    Attributes:
        name: what ``resumable serve --defect`` calls it.
        title: the fault in one line.
        requirements: ids it violates; a check of the suite that cites one of them has to say so.
        drafts: interop versions in which it shows; judged in the first.
        difficulty: what it takes to see it.
        override: the class that differs, a subclass of exactly one class of the clean server.
        transport: where it shows.
    """

    name: str
    title: str
    requirements: tuple[str, ...]
    drafts: tuple[int, ...]
    difficulty: Difficulty
    override: Override
    transport: Transport = Transport.ANY

    def into(self, configuration: Configuration) -> Configuration:
        """Return the same server with this fault.

        Raises:
            TypeError: the override belongs to no part of the server.
        """
        override = self.override
        if issubclass(override, Policy):
            return replace(configuration, policy=override)
        if issubclass(override, Registry):
            return replace(configuration, registry=override)
        if issubclass(override, H1Connection):
            return replace(configuration, connection=override)
        if issubclass(override, H2Connection | Session | Guard | H2Streams):
            return replace(configuration, h2_connection=h2_with(override))
        return replace(configuration, core=core_with(override))


def h2_with(part: type) -> type[H2Connection]:
    """Return a front end for HTTP/2 of which one part is another class.

    Raises:
        TypeError: the front end has no such part.
    """
    if issubclass(part, H2Connection):
        return part
    bases: dict[str, type] = {"session": Session, "guard": Guard, "streams": H2Streams}
    parts = {name: part for name, base in bases.items() if issubclass(part, base)}
    if not parts:
        raise TypeError(f"{part.__name__} is no part of the front end")
    return type("H2ConnectionWithPart", (H2Connection,), parts)


def core_with(part: type) -> type[Core]:
    """Return a core of which one part is another class.

    Raises:
        TypeError: the core has no such part.
    """
    parts: dict[str, type]
    if issubclass(part, Core):
        return part
    if issubclass(part, Transfer):
        parts = {
            "creator": type("CreatorWithTransfer", (Creator,), {"transfer": part}),
            "appender": type("AppenderWithTransfer", (Appender,), {"transfer": part}),
        }
    else:
        bases: dict[str, type] = {
            "creator": Creator,
            "appender": Appender,
            "resource": UploadResource,
        }
        parts = {name: part for name, base in bases.items() if issubclass(part, base)}
    if not parts:
        raise TypeError(f"{part.__name__} is no part of the server")
    return type("CoreWithPart", (Core,), parts)
