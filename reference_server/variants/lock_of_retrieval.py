"""While a transfer is under way offset retrieval is refused with 423."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import RefusalError
from reference_server.core.problems import Problem
from reference_server.core.resources import UploadResource
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _LockedRetrieval(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        if upload.transfer is not None:
            problem = Problem(status=423, detail="Another request is under way.")
            raise RefusalError(self._policy.refusal(problem))
        return super().retrieve(call, upload)


VARIANT = Variant(
    name="lock-of-retrieval",
    title="While a transfer is under way offset retrieval is refused with 423",
    overrides=(_LockedRetrieval,),
    warns=("RUFH-CONCURRENCY-RECOMMENDED-APPROACH", "RUFH-CONCURRENCY-TERMINATE-PREVIOUS"),
)
