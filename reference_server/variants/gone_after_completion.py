"""The upload resource is gone as soon as the upload is complete."""

from __future__ import annotations

from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.variants.variant import Variant


class _Forgetful(Transfer):
    def _finish_upload(self) -> None:
        super()._finish_upload()
        if self._upload.complete:
            self._registry.remove(self._upload, Input.EXPIRE)


VARIANT = Variant(
    name="gone-after-completion",
    title="The upload resource is gone as soon as the upload is complete",
    overrides=(_Forgetful,),
)
