"""What the model keeps of one upload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.fuzz.possible import NOT_KNOWN, Possible

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, kw_only=True)
class UploadState:
    """One upload while its exchanges are looked at in order.

    Attributes:
        possible: the states it may be in.
        length: the length that was announced and not refused; None if none was.
        length_by: what announced it: ``field`` (Upload-Length), or the Content-Length of a
            completing ``creation`` or ``append``.
        hints: every length any request has told, refused or not, in whatever way.
        told: the offset last told, if nothing has been sent since that may have moved it.
        restless: an earlier request may still be going on at the target.
        forgiven: a refusal was put down to that.
        cut: the last request with content was cut, though it would have completed the upload.
        refused: the last request with content was refused; its name.
        suspects: requirements to blame if the upload now is complete.
        limited: the target has told limits that an append may have run into.
        cancelled: a cancellation succeeded.
        overrun: octets beyond the length were received by the target.
        odd_length: it was created with a malformed Upload-Length, and nothing else told one.
        odd_refused: the last append had a malformed offset of another number and was refused.
        either: the only two offsets that a request with two framings can have led to.
        limits: limits of the target, by key.
        known: limits told in any response, by key.
    """

    possible: Possible = NOT_KNOWN
    length: int | None = None
    length_by: str = ""
    hints: set[int] = field(default_factory=set)
    told: int | None = None
    restless: bool = False
    forgiven: bool = False
    cut: bool = False
    refused: str = ""
    suspects: tuple[str, ...] = ()
    limited: bool = False
    cancelled: bool = False
    overrun: bool = False
    odd_length: bool = False
    odd_refused: bool = False
    either: tuple[int, int] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def moved(self, possible: Possible) -> None:
        """Note that a request with content has been, whatever came of it."""
        self.possible = possible
        self.told = None
        self.cut = False
        self.refused = ""
        self.suspects = ()
        self.either = None
