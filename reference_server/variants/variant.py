"""What a correct variant is, and how it is built into a configuration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.core.conduct import Policy
from reference_server.core.uploads import Registry
from reference_server.defects.defect import Transport, core_with, h2_with
from reference_server.h1 import H1Connection
from reference_server.h2 import H2Connection
from reference_server.h2_frames import Guard
from reference_server.h2_session import Session
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.core.limits import Limits
    from reference_server.defects.defect import Override
    from reference_server.serve import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One permitted design.

    Attributes:
        name: what the command line calls it.
        title: how it differs, in one line.
        overrides: classes that differ, each a subclass of a class of the clean server.
        warns: requirements whose warning the registry calls for, in one draft or another.
        drafts: interop versions in which the texts permit it; empty for all.
        limits: limits instead of those of the unlimited configuration.
        spares: names of configurations that stay as they are.
        transport: where it shows; one that shows over both is judged over HTTP/1.1.
        latency: seconds everything takes longer.
    """

    name: str
    title: str
    overrides: tuple[Override, ...]
    warns: tuple[str, ...] = ()
    drafts: tuple[int, ...] = tuple(DRAFTS)
    limits: Limits | None = None
    spares: tuple[str, ...] = ()
    transport: Transport = Transport.ANY
    latency: float = 0.0

    def into(self, configuration: Configuration) -> Configuration:
        """Return the same server in this variant."""
        if configuration.name in self.spares:
            return configuration
        for override in self.overrides:
            if issubclass(override, Policy):
                configuration = replace(configuration, policy=override)
            elif issubclass(override, Registry):
                configuration = replace(configuration, registry=override)
            elif issubclass(override, H1Connection):
                configuration = replace(configuration, connection=override)
            elif issubclass(override, H2Connection | Session | Guard | H2Streams):
                configuration = replace(configuration, h2_connection=h2_with(override))
            else:
                configuration = replace(configuration, core=core_with(override))
        if self.limits is not None and configuration.name == "plain":
            configuration = replace(configuration, limits=self.limits)
        return configuration
