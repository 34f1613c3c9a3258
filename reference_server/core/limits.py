"""The limits of an upload and how ``Upload-Limit`` tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the server bounds; None means unbounded.

    Attributes:
        max_size: octets of a representation.
        min_size: octets from which resumption is offered.
        max_append_size: octets of content in one append (and creation, in newer drafts).
        min_append_size: octets of content in one append that does not complete the upload.
        max_age: seconds an upload resource lives after its creation.
    """

    max_size: int | None = None
    min_size: int | None = None
    max_append_size: int | None = None
    min_append_size: int | None = None
    max_age: int | None = None

    def value(self, draft: Draft, *, age_left: int | None) -> str:
        """Return the value of ``Upload-Limit``; ``min-size=0`` if there are no limits.

        Args:
            draft: decides the name of the lifetime limit.
            age_left: seconds left of the lifetime, None if it has no end.
        """
        members = [
            ("max-size", self.max_size),
            ("min-size", self.min_size),
            ("max-append-size", self.max_append_size),
            ("min-append-size", self.min_append_size),
        ]
        members.append((draft.age_key or "max-age", age_left))
        told = [f"{key}={value}" for key, value in members if value is not None]
        return ", ".join(told) or "min-size=0"
