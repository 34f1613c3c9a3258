"""A cancellation removes all incomplete uploads of its user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.states import Input
from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _CancellationRemovesThemAll(Registry):
    def remove(self, upload: Upload, why: Input) -> None:
        super().remove(upload, why)
        if why is not Input.CANCEL:
            return
        for other in list(self._uploads.values()):
            if other.complete or other.representation.owner != upload.representation.owner:
                continue
            if other.transfer is not None:
                problem = Problem(status=404, detail="There is no such upload.")
                transfer = other.transfer
                transfer._pause()  # noqa: SLF001
                transfer._answer_refusal(problem)  # noqa: SLF001
            super().remove(other, why)


DEFECT = Defect(
    name="cancellation-removes-them-all",
    title="A cancellation removes all incomplete uploads of its user",
    requirements=("SUITE-INTEGRITY-CROSS-UPLOAD",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_CancellationRemovesThemAll,
)
