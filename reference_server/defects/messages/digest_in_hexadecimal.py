"""Repr-Digest of a final response is written in hexadecimal."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Representation


class _DigestInHexadecimal(Policy):
    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        if digest is not None:
            name, _, value = digest.partition("=:")
            digest = f"{name}={base64.b64decode(value.rstrip(':')).hex()}"
        return super().target_response(representation, digest)


DEFECT = Defect(
    name="digest-in-hexadecimal",
    title="Repr-Digest of a final response is written in hexadecimal",
    requirements=("DIGEST-SF-DICT",),
    drafts=(7, 6, 8),
    difficulty=Difficulty.WIRE,
    override=_DigestInHexadecimal,
)
