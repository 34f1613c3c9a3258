"""The offset of an upload with a content coding counts decoded octets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _OffsetOfDecodedOctets(Policy):
    def offset(self, upload: Upload) -> FieldLine:
        name, value = super().offset(upload)
        return name, value if upload.representation.coding is None else str(3 * upload.offset)


DEFECT = Defect(
    name="offset-of-decoded-octets",
    title="The offset of an upload with a content coding counts decoded octets",
    requirements=("RUFH-CODING-CONTENT",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetOfDecodedOctets,
)
