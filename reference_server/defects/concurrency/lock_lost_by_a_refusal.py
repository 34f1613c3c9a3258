"""A request that is refused for a lock gives the lock back."""

from __future__ import annotations

from reference_server.core.problems import Problem
from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LockLostByARefusal(Transfer):
    def overtaken(self) -> None:
        self._upload.fire(Input.PAUSE)
        self._upload.transfer = None
        problem = Problem(status=423, detail="Another request has the lock.")
        self._policy.refuse(self._call, self._upload, problem)

    def _pause(self) -> None:
        if self._upload.transfer is self:
            super()._pause()
        self._done = True


DEFECT = Defect(
    name="lock-lost-by-a-refusal",
    title="A request that is refused for a lock gives the lock back",
    requirements=("RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION", "SUITE-INTEGRITY-DOUBLE-COUNTED"),
    drafts=(9, 6, 3),
    difficulty=Difficulty.RACE,
    override=_LockLostByARefusal,
)
