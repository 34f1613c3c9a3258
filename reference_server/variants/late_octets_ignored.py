"""A transfer that was overtaken lives on, and its octets are ignored."""

from __future__ import annotations

from reference_server.core.messages import Response
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
            return
        status = self._policy.status_for_incomplete_append(self._call.draft)
        fields = self._policy.fields_for_incomplete_append(self._call, self._upload)
        self._actions.final(Response(status=status, fields=fields))


VARIANT = Variant(
    name="late-octets-ignored",
    title="A transfer that was overtaken lives on, and its octets are ignored",
    overrides=(_Lingering,),
    warns=("RUFH-CONCURRENCY-TERMINATE-PREVIOUS", "RUFH-CONCURRENCY-RECOMMENDED-APPROACH"),
    drafts=(3, 4, 5, 6),
)
