"""While a transfer is under way every other request is refused with 423.

A client has to wait until the earlier request has ended, by itself or because its connection is
gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.messages import RefusalError
from reference_server.core.problems import Problem
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _Lock(Policy):
    def take_over(self, upload: Upload) -> None:
        if upload.transfer is not None:
            problem = Problem(status=423, detail="Another request is under way.")
            raise RefusalError(
                self.refusal(problem, self.completeness(upload.draft, complete=False))
            )


VARIANT = Variant(
    name="lock",
    title="While a transfer is under way every other request is refused with 423",
    overrides=(_Lock,),
    warns=(
        "RUFH-CONCURRENCY-RECOMMENDED-APPROACH",
        "RUFH-CONCURRENCY-TERMINATE-PREVIOUS",
        "RUFH-CANCEL-TERMINATE-INFLIGHT",
    ),
)
