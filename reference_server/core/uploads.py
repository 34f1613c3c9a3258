"""The registry that finds upload resources and stored representations."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.core.states import Input, State
from reference_server.core.upload import Representation, Upload, upload_from

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record, Store

__all__ = [
    "IDLE_SECONDS",
    "Clock",
    "IdSource",
    "Registry",
    "Representation",
    "TooManyUploadsError",
    "Upload",
    "random_identifier",
]

#: Seconds since the epoch. Lifetimes go on while the process is down, so the clock must, too.
Clock = Callable[[], float]
#: Makes a new identifier that cannot be guessed.
IdSource = Callable[[], str]

#: Seconds without access after which an incomplete upload may make room for a new one.
IDLE_SECONDS = 10.0


def random_identifier() -> str:
    """Return an identifier with 144 random bits."""
    return secrets.token_urlsafe(18)


class TooManyUploadsError(Exception):
    """There is no room for another upload resource."""


class Registry:
    """All upload resources and stored representations of a server, bounded in number."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        identifiers: IdSource = random_identifier,
        max_age: int | None = None,
        capacity: int = 50_000,
    ) -> None:
        self._store = store
        self._clock = clock
        self._identifiers = identifiers
        self._max_age = max_age
        self._capacity = capacity
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._representations: OrderedDict[str, Representation] = OrderedDict()
        for identifier, record, blob in store.load():
            self._restore(identifier, record, blob)

    def now(self) -> float:
        """Return the time of the registry's clock."""
        return self._clock()

    def new_representation(self) -> Representation:
        """Return an empty representation that nobody can read yet.

        A store that is nearly full loses what is complete first, then what is idle.
        """
        while self._store.crowded():
            if self._representations:
                self._evict_representation()
            elif not self._evict_upload():
                break
        identifier = self._identifiers()
        return Representation(identifier=identifier, blob=self._store.create(identifier))

    def add(self, upload: Upload) -> None:
        """Make an upload resource reachable."""
        self._uploads[upload.identifier] = upload
        self.save(upload)

    def make_room(self) -> None:
        """Clean up what has expired and, if need be, what nobody has used for a while.

        Raises:
            TooManyUploadsError: there are only uploads in use.
        """
        while self._uploads and self.expired(oldest := next(iter(self._uploads.values()))):
            self.expire(oldest)
        if len(self._uploads) >= self._capacity and not self._evict_upload():
            raise TooManyUploadsError

    def _evict_upload(self) -> bool:
        """Remove the oldest upload that nobody will miss; False if there is none."""
        since = self.now() - IDLE_SECONDS
        for upload in self._uploads.values():
            idle = upload.transfer is None and upload.touched < since
            if upload.state in (State.COMPLETE, State.INVALID) or idle:
                self.remove(upload, Input.EXPIRE)
                return True
        return False

    def _evict_representation(self) -> None:
        """Remove the oldest representation, with the completed upload it came from."""
        identifier, _ = self._representations.popitem(last=False)
        upload = self._uploads.get(identifier)
        if upload is None:
            self._store.forget(identifier)
        else:
            self.remove(upload, Input.EXPIRE)

    def find(self, identifier: str) -> Upload | None:
        """Return a living upload resource; an expired one is removed instead."""
        upload = self._uploads.get(identifier)
        if upload is None:
            return None
        if self.expired(upload):
            self.expire(upload)
            return None
        upload.touched = self.now()
        return upload

    def expired(self, upload: Upload) -> bool:
        """Tell whether the lifetime of an upload is over."""
        left = self.age_left(upload)
        return left is not None and left <= 0

    def age_left(self, upload: Upload) -> float | None:
        """Return the seconds an upload has left; None if its lifetime has no end."""
        if self._max_age is None:
            return None
        return upload.created + self._max_age - self.now()

    def expire(self, upload: Upload) -> None:
        """End the lifetime of an upload and of the transfer to it."""
        if upload.transfer is not None:
            upload.transfer.overtaken()
        self.remove(upload, Input.EXPIRE)

    def save(self, upload: Upload) -> None:
        """Keep the state of an upload."""
        self._store.save(upload.identifier, upload.record())

    def invalidate(self, upload: Upload) -> None:
        """End an upload that failed; its octets are of no use any more."""
        upload.fire(Input.INVALIDATE)
        upload.blob.truncate(0)
        self.save(upload)

    def remove(self, upload: Upload, why: Input) -> None:
        """Deactivate an upload; a representation already complete stays."""
        finished = upload.complete and upload.identifier in self._representations
        upload.fire(why)
        del self._uploads[upload.identifier]
        if finished:
            self.save(upload)
        else:
            self._store.forget(upload.identifier)

    def publish(self, representation: Representation) -> None:
        """Make a representation readable; the oldest make room."""
        self._representations[representation.identifier] = representation
        if len(self._representations) > self._capacity:
            self._evict_representation()

    def keep_plain(self, representation: Representation) -> None:
        """Keep a representation that came without an upload resource, and make it readable."""
        now = self.now()
        upload = Upload(
            identifier=representation.identifier,
            draft=next(iter(DRAFTS.values())),
            representation=representation,
            created=now,
            touched=now,
            state=State.GONE,
        )
        self.save(upload)
        self.publish(representation)

    def drop(self, representation: Representation) -> None:
        """Forget a representation that never became readable."""
        self._store.forget(representation.identifier)

    def representation(self, identifier: str) -> Representation | None:
        """Return a readable representation."""
        return self._representations.get(identifier)

    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        """Take back what an earlier process kept; a record that makes no sense is dropped."""
        upload = upload_from(identifier, record, blob)
        if upload is None:
            self._store.forget(identifier)
            return
        upload.touched = self.now()
        if upload.state is not State.GONE:
            self._uploads[identifier] = upload
        if upload.state in (State.COMPLETE, State.GONE):
            self._representations[identifier] = upload.representation
