"""A transfer that was cut keeps its lock for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _LockNeverReleased(Transfer):
    def interrupted(self) -> None:
        super().interrupted()
        if not self._upload.complete:
            self._upload.transfer = self

    def overtaken(self) -> None:
        if self._done:
            told: Upload | None = self._upload
            problem = Problem(status=423, detail="Another request has the lock.")
            self._policy.refuse(self._call, told, problem)
        super().overtaken()


DEFECT = Defect(
    name="lock-never-released",
    title="A transfer that was cut keeps its lock for ever",
    requirements=("RUFH-CONCURRENCY-RECOMMENDED-APPROACH",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_LockNeverReleased,
)
