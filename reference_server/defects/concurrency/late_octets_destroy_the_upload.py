"""Octets of a request that was overtaken do away with the upload."""

from __future__ import annotations

from reference_server.core.states import Input, State
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LateOctetsDestroyTheUpload(Transfer):
    _late = False

    def overtaken(self) -> None:
        self._actions.drain()
        if not self._done:
            self._cut()
            self._late = True

    def content(self, data: bytes) -> None:
        upload = self._upload
        if self._late and upload.state is State.OPEN:
            self._registry.remove(upload, Input.EXPIRE)
        super().content(data)


DEFECT = Defect(
    name="late-octets-destroy-the-upload",
    title="Octets of a request that was overtaken do away with the upload",
    requirements=("RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_LateOctetsDestroyTheUpload,
)
