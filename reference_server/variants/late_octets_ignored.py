"""A transfer that was overtaken lives on, and its octets are ignored.

At its end it is told where the upload stands; one whose upload is gone is ended.
"""

from __future__ import annotations

from reference_server.core.problems import Problem
from reference_server.core.states import State
from reference_server.core.transfer import Transfer
from reference_server.variants.variant import Variant


class _Lingering(Transfer):
    def overtaken(self) -> None:
        self._actions.drain()
        if not self._done:
            self._cut()

    def end(self) -> None:
        if not self._done:
            super().end()
        elif self._upload.state is State.GONE:
            self._actions.abort()
        else:
            problem = Problem(status=409, detail="Another request took the place of this one.")
            refusal = self._policy.transfer_refusal(self._call, self._upload, problem)
            self._actions.final(refusal)


VARIANT = Variant(
    name="late-octets-ignored",
    title="A transfer that was overtaken lives on, and its octets are ignored",
    overrides=(_Lingering,),
    warns=(
        "RUFH-CONCURRENCY-RECOMMENDED-APPROACH",
        "RUFH-CANCEL-TERMINATE-INFLIGHT",
    ),
    drafts=(3, 4, 5, 6),
)
