"""One upload resource and the representation it transfers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import DRAFTS, Draft
from reference_server.core.states import Input, State, after

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record
    from reference_server.core.transfer import Transfer

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(slots=True, kw_only=True)
class Representation:
    """A completely stored representation, readable under its own path.

    Attributes:
        identifier: the last segment of its path.
        blob: the octets.
        owner: who may read it; None if everybody.
        media_type: value of ``Content-Type`` it came with.
        coding: value of ``Content-Encoding`` it came with.
        digest: value of ``Repr-Digest`` with SHA-256, once computed.
    """

    identifier: str
    blob: Blob
    owner: str | None = None
    media_type: str | None = None
    coding: str | None = None
    digest: str | None = None

    @property
    def path(self) -> str:
        """Path under which it can be fetched."""
        return f"/files/{self.identifier}"

    @property
    def size(self) -> int:
        """Number of octets."""
        return self.blob.size


@dataclass(slots=True, kw_only=True)
class Upload:
    """An upload resource.

    Attributes:
        identifier: the last segment of its path.
        draft: the draft it was created under.
        representation: what is being transferred; its blob's size is the offset.
        created: when it was created.
        touched: when it was last used.
        state: see :mod:`reference_server.core.states`.
        length: length of the representation, None while unknown.
        expected_digest: value of ``Repr-Digest`` of the creation.
        wanted_digest: algorithm wanted by the creation.
        transfer: the creation or append under way.
    """

    identifier: str
    draft: Draft
    representation: Representation
    created: float
    touched: float
    state: State = State.OPEN
    length: int | None = None
    expected_digest: str | None = None
    wanted_digest: str | None = None
    transfer: Transfer | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """Path of the upload resource."""
        return f"/uploads/{self.identifier}"

    @property
    def blob(self) -> Blob:
        """The octets received so far."""
        return self.representation.blob

    @property
    def offset(self) -> int:
        """Number of octets received so far."""
        return self.blob.size

    @property
    def complete(self) -> bool:
        """Whether the target has answered."""
        return self.state is State.COMPLETE

    def fire(self, happened: Input) -> None:
        """Go to the next state.

        Raises:
            NotAllowedError: that cannot happen in this state.
        """
        self.state = after(self.state, happened)

    def record(self) -> Record:
        """Return what a store has to keep."""
        kept = State.OPEN if self.state is State.RECEIVING else self.state
        return {
            "draft": self.draft.number,
            "created": int(self.created * 1000),
            "state": kept.value,
            "length": self.length,
            "owner": self.representation.owner,
            "media_type": self.representation.media_type,
            "coding": self.representation.coding,
            "expected_digest": self.expected_digest,
            "wanted_digest": self.wanted_digest,
        }


def upload_from(identifier: str, record: Record, blob: Blob) -> Upload | None:
    """Read a record; None if any part of it is missing, of the wrong type, or contradictory."""
    if _IDENTIFIER.fullmatch(identifier) is None:
        return None
    try:
        draft = DRAFTS[int(record["draft"] or 0)]
        state = State(str(record["state"]))
        created = int(record["created"] or 0) / 1000
        length = None if record["length"] is None else int(record["length"])
        texts = {
            key: None if record[key] is None else str(record[key])
            for key in ("owner", "media_type", "coding", "expected_digest", "wanted_digest")
        }
    except (KeyError, ValueError, TypeError):
        return None
    if state is State.COMPLETE and length is not None and blob.size != length:
        return None
    return Upload(
        identifier=identifier,
        draft=draft,
        representation=Representation(
            identifier=identifier,
            blob=blob,
            owner=texts["owner"],
            media_type=texts["media_type"],
            coding=texts["coding"],
        ),
        created=created,
        touched=created,
        state=state,
        length=length,
        expected_digest=texts["expected_digest"],
        wanted_digest=texts["wanted_digest"],
    )
