"""Two appends at one offset are both stored, one after the other."""

from __future__ import annotations

from reference_server.core.messages import Response
from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _BothWritersCounted(Transfer):
    def content(self, data: bytes) -> None:
        self._held = getattr(self, "_held", b"") + data

    def overtaken(self) -> None:
        self._upload.fire(Input.PAUSE)
        self._upload.transfer = None

    def interrupted(self) -> None:
        self._held = b""
        if self._upload.transfer is self:
            super().interrupted()

    def end(self) -> None:
        held = getattr(self, "_held", b"")
        if self._upload.transfer is self:
            super().content(held)
            super().end()
            return
        self._upload.blob.append(held)
        policy, call = self._policy, self._call
        status = policy.status_for_incomplete_append(call.draft)
        fields = policy.fields_for_incomplete_append(call, self._upload)
        self._actions.final(Response(status=status, fields=fields))


DEFECT = Defect(
    name="both-writers-counted",
    title="Two appends at one offset are both stored, one after the other",
    requirements=("SUITE-INTEGRITY-DOUBLE-COUNTED", "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_BothWritersCounted,
)
