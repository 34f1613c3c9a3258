"""A transfer that was overtaken is acknowledged although its octets are dropped."""

from __future__ import annotations

from reference_server.core.messages import Response
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LateOctetsAcknowledged(Transfer):
    def overtaken(self) -> None:
        self._actions.drain()
        if not self._done:
            self._cut()

    def end(self) -> None:
        if not self._done:
            super().end()
            return
        policy, call = self._policy, self._call
        status = policy.status_for_incomplete_append(call.draft)
        fields = policy.fields_for_incomplete_append(call, self._upload)
        self._actions.final(Response(status=status, fields=fields))


DEFECT = Defect(
    name="late-octets-acknowledged",
    title="A transfer that was overtaken is acknowledged although its octets are dropped",
    requirements=("RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.RACE,
    override=_LateOctetsAcknowledged,
)
