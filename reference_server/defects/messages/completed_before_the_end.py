"""The final response comes as soon as the first octets have arrived."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CompletedBeforeTheEnd(Transfer):
    def content(self, data: bytes) -> None:
        super().content(data)
        if not self._done and self._complete and self._received:
            self._finish_upload()


DEFECT = Defect(
    name="completed-before-the-end",
    title="The final response comes as soon as the first octets have arrived",
    requirements=("RUFH-COMPLETE-EARLY-2XX",),
    drafts=(6, 3, 8),
    difficulty=Difficulty.WIRE,
    override=_CompletedBeforeTheEnd,
)
