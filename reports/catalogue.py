"""What the reports know of requirements: their words, their links and the harm of a violation.

A result names requirements by id only. An id that the registry no longer has (an old file, a
profile of somebody else) is reported without words, never dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.requirement import Damage, Requirement
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.registry import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    Catalogue = Mapping[str, Requirement]

#: what a violation of each kind can do to the people behind the target, seen this time or not
HARM: Final[dict[Damage, str]] = {
    Damage.CORRUPTION: "can lead to stored data that are wrong, or lost in silence",
    Damage.STUCK: "can lead to an upload that cannot be resumed or finished",
    Damage.WASTED: "can lead to octets sent again, or time lost",
    Damage.CONFUSION: "can lead to a client that misreads what it is told",
    Damage.HYGIENE: "harms nobody today",
}


def shipped() -> Catalogue:
    """Return the requirements of the shipped profile by id."""
    return {row.id: row for row in load().rows}


def revisions(draft: int) -> str:
    """Return the revisions of the text behind a draft number; empty if it is not known."""
    known = DRAFTS.get(draft)
    return ", ".join(known.revisions) if known is not None else ""


def is_provisional(draft: int) -> bool:
    """Tell whether the text of a draft could not be read."""
    known = DRAFTS.get(draft)
    return known is not None and known.provisional
