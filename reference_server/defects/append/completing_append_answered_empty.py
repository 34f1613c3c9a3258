"""The last append gets an empty 204 instead of the answer of the target."""

from __future__ import annotations

from reference_server.core.messages import Response
from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CompletingAppendAnsweredEmpty(Transfer):
    def _finish_upload(self) -> None:
        if self._creating:
            super()._finish_upload()
            return
        upload = self._upload
        upload.length = upload.offset
        upload.fire(Input.COMPLETE)
        self._release()
        self._registry.publish(upload.representation)
        fields = self._policy.fields_for_completion(self._call, upload, creating=False)
        self._actions.final(Response(status=204, fields=fields))


DEFECT = Defect(
    name="completing-append-answered-empty",
    title="The last append gets an empty 204 instead of the answer of the target",
    requirements=("RUFH-APPEND-COMPLETE-FORWARD",),
    drafts=(9, 7),
    difficulty=Difficulty.WIRE,
    override=_CompletingAppendAnsweredEmpty,
)
