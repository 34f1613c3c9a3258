"""Repr-Digest of a final response is that of nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Representation


class _CompletedDigestWrong(Policy):
    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        if digest is not None:
            digest = re.sub(r"=:[A-Za-z0-9+/]{4}", "=:AAAA", digest)
        return super().target_response(representation, digest)


DEFECT = Defect(
    name="completed-digest-wrong",
    title="Repr-Digest of a final response is that of nothing",
    requirements=("SUITE-INTEGRITY-DIGEST",),
    drafts=(6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_CompletedDigestWrong,
)
