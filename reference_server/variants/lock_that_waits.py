"""While a transfer is under way every other request to its upload waits for its end.

The access lock the texts call the simpler approach: nothing is refused, a request is served when
the one before it is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reference_server.core.exchange import Exchange
from reference_server.core.server import UPLOADS, Core
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_server.core.exchange import Actions
    from reference_server.core.messages import Request
    from reference_server.core.uploads import Upload

_LOOK_AGAIN: Final = 0.02


class _Waiting(Exchange):
    """A request that waits, once it is whole; its content is kept until then."""

    def __init__(
        self, upload: Upload, request: Request, actions: Actions, begin: Callable[..., Exchange]
    ) -> None:
        self._upload = upload
        self._request = request
        self._actions = actions
        self._begin = begin
        self._served: Exchange | None = None
        self._content = bytearray()

    def content(self, data: bytes) -> None:
        if self._served is None:
            self._content += data
        else:
            self._served.content(data)

    def end(self) -> None:
        if self._served is None:
            self._actions.wake_after(_LOOK_AGAIN)
        else:
            self._served.end()

    def interrupted(self) -> None:
        if self._served is not None:
            self._served.interrupted()

    def wake(self) -> None:
        if self._served is not None:
            self._served.wake()
        elif self._upload.transfer is not None:
            self._actions.wake_after(_LOOK_AGAIN)
        else:
            self._served = self._begin(self._request, self._actions)
            self._served.content(bytes(self._content))
            self._served.end()


class _Locking(Core):
    def begin(self, request: Request, actions: Actions) -> Exchange:
        if request.path.startswith(UPLOADS):
            upload = self._find_upload(request)
            if upload is not None and upload.transfer is not None:
                return _Waiting(upload, request, actions, super().begin)
        return super().begin(request, actions)


VARIANT = Variant(
    name="lock-that-waits",
    title="While a transfer is under way every other request waits for its end",
    overrides=(_Locking,),
    warns=(
        "RUFH-CONCURRENCY-RECOMMENDED-APPROACH",
        "RUFH-CONCURRENCY-TERMINATE-PREVIOUS",
        "RUFH-CANCEL-TERMINATE-INFLIGHT",
    ),
)
