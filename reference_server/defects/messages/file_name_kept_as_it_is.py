"""Offset retrieval tells the file name of the creation as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _FileNameKeptAsItIs(Policy):
    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        self._names()[upload.identifier] = call.request.fields.get("Content-Disposition") or ""
        return super().announcement(call, upload)

    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        _, *more = unquote(self._names().get(upload.identifier, "")).split("\r\n")
        split = (line.partition(":") for line in more)
        return (*lines, *((name, value.strip(' "')) for name, _, value in split))

    def _names(self) -> dict[str, str]:
        names: dict[str, str] = vars(self).setdefault("names", {})
        return names


DEFECT = Defect(
    name="file-name-kept-as-it-is",
    title="Offset retrieval tells the file name of the creation as it came",
    requirements=("RUFH-SEC-METADATA-SANITIZE",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_FileNameKeptAsItIs,
)
