"""Uploads whose file names lead to one folder are stored in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from reference_server.core.creation import Creator
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _FileNameDecides(Creator):
    _places: ClassVar[dict[str, Upload]] = {}

    def _new_upload(self, call: Call, length: int | None) -> Upload:
        upload = super()._new_upload(call, length)
        name = call.request.fields.get("Content-Disposition") or ""
        folder, separator, _ = name.replace("\\", "/").rpartition("/")
        if separator:
            first = self._places.setdefault(folder, upload)
            if first is not upload:
                first.blob.truncate(0)
                upload.representation.blob = first.blob
        return upload


DEFECT = Defect(
    name="file-name-decides",
    title="Uploads whose file names lead to one folder are stored in one place",
    requirements=("DISPOSITION-NO-ESCAPE", "SUITE-INTEGRITY-CROSS-UPLOAD"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.STORAGE,
    override=_FileNameDecides,
)
