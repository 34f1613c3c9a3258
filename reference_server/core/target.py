"""The target of uploads: ordinary uploads, stored representations, redirections.

Every upload makes a new representation; no name a client sends decides where it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.digests import Hashing, digests_in, hash_pieces, wanted_algorithm
from reference_server.core.exchange import Actions, Exchange
from reference_server.core.messages import FieldLine, Request, Response
from reference_server.core.problems import Problem
from reference_server.core.storage import StoreError

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.conduct import Policy
    from reference_server.core.uploads import Registry, Representation

#: Path prefixes that redirect, with the status code (RFC 9110, 15.4.8 and 15.4.9).
REDIRECTIONS = {"/moved/": 307, "/moved-permanently/": 308}


class PlainUpload(Exchange):
    """An upload in one request, without an upload resource."""

    def __init__(
        self,
        *,
        policy: Policy,
        registry: Registry,
        call: Call,
        actions: Actions,
        told: tuple[FieldLine, ...],
    ) -> None:
        self._policy = policy
        self._registry = registry
        self._call = call
        self._actions = actions
        self._told = told
        self._done = False
        fields = call.request.fields
        self._representation = registry.new_representation()
        self._representation.owner = call.user
        self._representation.media_type = fields.get("Content-Type")
        self._representation.coding = fields.get("Content-Encoding")
        self._expected: dict[str, bytes] = {}
        if policy.checks_digests(call.draft):
            self._expected = digests_in(fields, "Content-Digest")
            self._expected |= digests_in(fields, "Repr-Digest")
        self._hashing = Hashing(self._expected)
        self._wanted = wanted_algorithm(fields)

    def content(self, data: bytes) -> None:
        """Store a piece of content."""
        if self._done:
            return
        blob = self._representation.blob
        if self._policy.exceeds_size(blob.size + len(data)):
            self._refuse(self._policy.too_large("The representation is too large."))
            return
        try:
            blob.append(data)
        except StoreError:
            self._refuse(Problem(status=507, detail="There is no room for more content."))
            return
        self._hashing.update(data)

    def end(self) -> None:
        """Answer the upload."""
        if self._done:
            return
        if not self._hashing.matches(self._expected):
            self._refuse(Problem(status=400, detail="A digest does not fit the content."))
            return
        self._done = True
        representation = self._representation
        representation.blob.rest()
        self._registry.keep_plain(representation)
        digest = None
        if self._wanted is not None:
            digest = hash_pieces(representation.blob.pieces(), [self._wanted]).value()
        response = self._policy.target_response(representation, digest)
        self._actions.final(response.adding(*self._told))

    def interrupted(self) -> None:
        """Forget what has arrived: nobody could resume it."""
        if not self._done:
            self._drop()

    def _drop(self) -> None:
        self._done = True
        self._representation.blob.rest()
        self._registry.drop(self._representation)

    def _refuse(self, problem: Problem) -> None:
        self._drop()
        told: tuple[FieldLine, ...] = ()
        if problem.status == 413:
            told = self._policy.limit(self._call.draft, None)
        self._actions.final(self._policy.refusal(problem, *told))


def fetch(policy: Policy, representation: Representation, method: str) -> Response:
    """Return a stored representation exactly as it was uploaded."""
    if method == "OPTIONS":
        return Response(status=204, fields=(("Allow", "GET, HEAD, OPTIONS"),))
    if method not in ("GET", "HEAD"):
        problem = Problem(status=405, detail="A stored representation can only be fetched.")
        return policy.refusal(problem, ("Allow", "GET, HEAD, OPTIONS"))
    if representation.digest is None:
        pieces = representation.blob.pieces()
        representation.digest = hash_pieces(pieces, ["sha-256"]).value()
    fields = [
        ("Content-Type", representation.media_type or "application/octet-stream"),
        ("Repr-Digest", representation.digest),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if representation.coding is not None:
        fields.append(("Content-Encoding", representation.coding))
    return Response(status=200, fields=tuple(fields), content=representation.blob)


def redirection(request: Request) -> Response | None:
    """Return the redirection of a path under one of the moved prefixes, None for others."""
    for prefix, status in REDIRECTIONS.items():
        if request.target.startswith(prefix):
            # One slash only: two would name another authority (RFC 3986, 4.2).
            location = "/" + request.target.removeprefix(prefix).lstrip("/\\")
            return Response(status=status, fields=(("Location", location),))
    return None
