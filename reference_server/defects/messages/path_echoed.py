"""The decoded path of a creation is told in its response."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _PathEchoed(Policy):
    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        lines = super().fields_for_completion(call, upload, creating=creating)
        _, *more = unquote(call.request.path).split("\r\n")
        split = (line.partition(":") for line in more)
        return (*lines, *((name, value.strip()) for name, _, value in split))


DEFECT = Defect(
    name="path-echoed",
    title="The decoded path of a creation is told in its response",
    requirements=("RUFH-SEC-METADATA-SANITIZE",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_PathEchoed,
)
