"""Problem documents (RFC 9457) for refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from conformance.profiles.rufh.drafts import PROBLEM_BASE


class ProblemType(StrEnum):
    """The registered types this server uses; BLANK says no more than the status code."""

    BLANK = "about:blank"
    OFFSET = PROBLEM_BASE + "mismatching-upload-offset"
    COMPLETED = PROBLEM_BASE + "completed-upload"
    LENGTH = PROBLEM_BASE + "inconsistent-upload-length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request is refused.

    Attributes:
        status: status code of the response.
        detail: one sentence for people.
        type: registered problem type.
        members: extension members.
    """

    status: int
    detail: str
    type: ProblemType = ProblemType.BLANK
    members: tuple[tuple[str, int], ...] = ()

    def document(self) -> bytes:
        """Return the problem as a JSON document."""
        title = HTTPStatus(self.status).phrase if self.type is ProblemType.BLANK else self.detail
        members: dict[str, str | int] = {
            "type": self.type.value,
            "title": title,
            "status": self.status,
            "detail": self.detail,
        }
        members.update(self.members)
        return json.dumps(members).encode("ascii") + b"\n"
