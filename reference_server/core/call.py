"""A request with what was read from it before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import DRAFTS, Draft

if TYPE_CHECKING:
    from reference_server.core.messages import Fields, Request

#: The newest draft whose text is settled knowledge; it rules where a request names none.
NEWEST = [draft for draft in DRAFTS.values() if not draft.provisional][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request and how it is understood.

    Attributes:
        request: the request.
        named: the draft its version field names, if it is known here; only then 104 is sent.
        draft: the draft whose rules apply.
        user: who asks; None where no tokens are configured.
    """

    request: Request
    named: Draft | None
    draft: Draft
    user: str | None = None


def fallback_draft(fields: Fields) -> Draft:
    """Return the draft that rules a request to a target without a known version.

    It is the newest one, unless the request bears only the completeness field of an older one.
    """
    if NEWEST.completeness_field in fields:
        return NEWEST
    for draft in reversed(DRAFTS.values()):
        if draft.completeness_field in fields:
            return draft
    return NEWEST
