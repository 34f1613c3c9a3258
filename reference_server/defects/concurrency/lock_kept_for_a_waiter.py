"""A lock goes to a request that was refused meanwhile, and stays with it."""

from __future__ import annotations

from reference_server.core.problems import Problem
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LockKeptForAWaiter(Transfer):
    _waited = False

    def overtaken(self) -> None:
        self._waited = True
        problem = Problem(status=423, detail="Another request has the lock.")
        self._policy.refuse(self._call, self._upload, problem)

    def _release(self) -> None:
        super()._release()
        if self._waited:
            self._upload.transfer = self


DEFECT = Defect(
    name="lock-kept-for-a-waiter",
    title="A lock goes to a request that was refused meanwhile, and stays with it",
    requirements=("RUFH-CONCURRENCY-RECOMMENDED-APPROACH",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.RACE,
    override=_LockKeptForAWaiter,
)
