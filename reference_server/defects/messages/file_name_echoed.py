"""The file name comes back decoded, line ends included."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _FileNameEchoed(Policy):
    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_incomplete_creation(call, upload)
        name = unquote(call.request.fields.get("Content-Disposition") or "")
        first, *more = name.split("\r\n")
        echoed = [("Content-Disposition", first)] if first else []
        for line in more:
            field, _, value = line.partition(": ")
            echoed.append((field, value.strip('"')))
        return (*lines, *echoed)


DEFECT = Defect(
    name="file-name-echoed",
    title="The file name comes back decoded, line ends included",
    requirements=("RUFH-SEC-METADATA-SANITIZE",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_FileNameEchoed,
)
