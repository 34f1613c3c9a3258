"""What can be observed of an upload; :mod:`conformance.profiles.rufh.observe` looks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.transcript import Exchange, Moment, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class _Observation:
    """What every observation has.

    Attributes:
        upload: absolute URL of the upload resource.
        exchange: id of the exchange that shows it.
        moment: when we knew.
    """

    upload: str
    exchange: int
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(_Observation):
    """An upload resource became known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(_Observation):
    """A 104 carried the upload resource's Location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetSeen(_Observation):
    """A response told an offset.

    Attributes:
        value: the offset, in octets.
        status: status of the response, 104 for an interim one.
        asked: when the request went out; an offset told before that was known to the target.
        sent_before: content octets of that request handed over when the response arrived.
    """

    value: int
    status: int
    asked: Moment
    sent_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(_Observation):
    """The target took responsibility for all octets below an offset.

    Attributes:
        offset: octets in all.
        by: ``offset`` (an offset was told) or ``success`` (a whole request was answered 2xx).
    """

    offset: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(_Observation):
    """A response said that the upload is complete.

    Attributes:
        by: ``answer`` (to a creation or append) or ``retrieval``.
    """

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(_Observation):
    """A cancellation was answered with success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(_Observation):
    """The upload resource was answered 404 or 410."""


Observation: TypeAlias = (
    Created | Announced | OffsetSeen | Acknowledged | Completed | Cancelled | Lost
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """Everything observed, in the order in which we knew it.

    Attributes:
        all: the observations.
        uploads: upload resource by exchange id, for exchanges that concern one.
        creations: ids of the exchanges that created one.
    """

    all: tuple[Observation, ...]
    uploads: Mapping[int, str]
    creations: frozenset[int]

    def offsets(self, upload: str) -> list[OffsetSeen]:
        """Return the offsets told for an upload, in order."""
        return [each for each in self.all if isinstance(each, OffsetSeen) and each.upload == upload]

    def acknowledged(self, upload: str) -> list[Acknowledged]:
        """Return the acknowledgements of an upload, in order."""
        return [
            each for each in self.all if isinstance(each, Acknowledged) and each.upload == upload
        ]

    def exchanges(self, upload: str, transcript: Transcript) -> list[Exchange]:
        """Return the exchanges that concern an upload, in order."""
        return [each for each in transcript.exchanges if self.uploads.get(each.id) == upload]
