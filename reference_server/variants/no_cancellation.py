"""Cancellation is refused with 405."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.resources import UploadResource
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _Uncancellable(UploadResource):
    def cancel(self, call: Call, upload: Upload) -> Response:
        self._check_forbidden(call)
        del upload
        return self.method_not_allowed(call)


class _WithoutDelete(Policy):
    def methods_of_upload(self, draft: Draft) -> str:
        return super().methods_of_upload(draft).replace("DELETE, ", "")


VARIANT = Variant(
    name="no-cancellation",
    title="Cancellation is refused with 405",
    overrides=(_Uncancellable, _WithoutDelete),
    warns=("RUFH-CANCEL-DEACTIVATE",),
)
