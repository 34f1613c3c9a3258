"""Location is an absolute URI."""

from __future__ import annotations

import re

from reference_server.defects.rewriting import RewritingConnection
from reference_server.variants.variant import Variant


class _Absolute(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        port = self._transport.get_extra_info("sockname")[1]
        return re.sub(rb"\r\nLocation: (?=/)", b"\r\nLocation: http://127.0.0.1:%d" % port, data)


VARIANT = Variant(
    name="absolute-location",
    title="Location is an absolute URI",
    overrides=(_Absolute,),
)
