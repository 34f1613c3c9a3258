"""Content on its way into an upload: the part creations and appends have in common.

Whatever is refused after content was stored goes back to where the request began, but never
behind an offset that was reported: a client may have dropped those octets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference_server.core.digests import Hashing, digests_in, hash_pieces
from reference_server.core.exchange import Actions, Exchange
from reference_server.core.fields import read_dictionary
from reference_server.core.messages import FieldLine, Fields, Response
from reference_server.core.problems import Problem
from reference_server.core.states import Input
from reference_server.core.storage import StoreError

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.call import Call
    from reference_server.core.conduct import Policy
    from reference_server.core.uploads import Registry, Upload


class Transfer(Exchange):
    """A creation or append whose head was accepted."""

    def __init__(
        self,
        *,
        policy: Policy,
        registry: Registry,
        call: Call,
        upload: Upload,
        actions: Actions,
        complete: bool,
        creating: bool,
    ) -> None:
        self._policy = policy
        self._registry = registry
        self._call = call
        self._upload = upload
        self._actions = actions
        self._complete = complete
        self._creating = creating
        self._base = upload.offset
        self._reported = upload.offset
        self._last_report = registry.now()
        self._wake_at = math.inf
        self._done = False
        self._content_digests: dict[str, bytes] = {}
        if policy.checks_digests(call.draft):
            self._content_digests = digests_in(call.request.fields, "Content-Digest")
        self._hashing = Hashing(self._content_digests)

    @property
    def _draft(self) -> Draft:
        return self._call.draft

    @property
    def _received(self) -> int:
        return self._upload.offset - self._base

    def start(self) -> None:
        """Take possession of the upload; before anything is sent."""
        self._upload.fire(Input.TRANSFER)
        self._upload.transfer = self

    # What the front end tells

    def content(self, data: bytes) -> None:
        """Store a piece of content, unless it goes beyond a length or a limit."""
        if self._done:
            return
        policy, end = self._policy, self._upload.offset + len(data)
        if policy.overruns(self._upload.length, end):
            self._overrun(data)
        elif policy.exceeds_size(end):
            self._refuse_limit(policy.too_large("The representation is too large."))
        elif policy.exceeds_append(
            self._draft, self._received + len(data), creating=self._creating
        ):
            self._refuse_limit(policy.too_large("The content is too large."))
        elif self._store(data):
            self._report()

    def end(self) -> None:
        """Complete the upload or acknowledge what was added."""
        if self._done:
            return
        policy, upload = self._policy, self._upload
        wrong_end = upload.length is not None and upload.length != upload.offset
        if self._complete and wrong_end:
            detail = "The content ends before the length of the upload."
            self._refuse(policy.length_problem(self._draft, detail))
        elif policy.falls_short(
            self._draft, self._received, creating=self._creating, complete=self._complete
        ):
            self._refuse_limit(policy.too_small())
        elif not self._hashing.matches(self._content_digests):
            self._refuse(Problem(status=400, detail="Content-Digest does not fit the content."))
        elif policy.completes(upload, complete=self._complete):
            self._finish_upload()
        else:
            self._acknowledge()

    def interrupted(self) -> None:
        """Keep what has arrived; a cut request never completes an upload."""
        if not self._done:
            self._cut()

    def overtaken(self) -> None:
        """Give way to a newer request: count what has arrived, then end this exchange."""
        self._actions.drain()
        if self._done:
            return
        self._cut()
        self._actions.abort()

    def wake(self) -> None:
        """Report progress that was held back."""
        self._wake_at = math.inf
        if not self._done:
            self._report()

    # Progress

    def _report(self) -> None:
        """Report progress now, or later if the last report is recent.

        An announced Content-Digest may still undo everything, so nothing is reported then.
        """
        policy, upload = self._policy, self._upload
        unreported = upload.offset - self._reported
        if unreported <= 0 or self._content_digests or not policy.reports_progress(self._call):
            return
        wait = self._last_report + policy.progress_interval(unreported) - self._registry.now()
        if wait > 0:
            due = self._registry.now() + wait
            if due < self._wake_at:
                self._wake_at = due
                self._actions.wake_after(wait)
            return
        self._last_report = self._registry.now()
        self._reported = upload.offset
        self._actions.interim(104, policy.progress(self._call, upload))

    # Endings

    def _store(self, data: bytes) -> bool:
        try:
            self._upload.blob.append(data)
        except StoreError:
            self._refuse(Problem(status=507, detail="There is no room for more content."))
            return False
        self._hashing.update(data)
        return True

    def _release(self) -> None:
        self._done = True
        self._upload.transfer = None
        self._upload.blob.rest()

    def _pause(self) -> None:
        self._upload.fire(Input.PAUSE)
        self._release()

    def _cut(self) -> None:
        if not self._policy.keeps_interrupted(self._upload):
            self._roll_back()
        self._pause()

    def _roll_back(self) -> None:
        self._upload.blob.truncate(max(self._base, self._reported))

    def _refuse(self, problem: Problem, *fields: FieldLine) -> None:
        """Refuse the request; the upload stays as it was."""
        self._roll_back()
        self._pause()
        self._answer_refusal(problem, *fields)

    def _refuse_limit(self, problem: Problem) -> None:
        self._refuse(problem, *self._policy.limit(self._draft, self._upload))

    def _answer_refusal(self, problem: Problem, *fields: FieldLine) -> None:
        if self._creating:
            fields = (*fields, self._policy.upload_location(self._upload))
        self._actions.final(
            self._policy.transfer_refusal(self._call, self._upload, problem, *fields)
        )

    def _overrun(self, data: bytes) -> None:
        """Stop at the length (and end the upload, where the draft says so)."""
        upload, policy = self._upload, self._policy
        if policy.overrun_invalidates(self._draft):
            self._invalidate(policy.overrun_problem(self._draft))
            return
        room = max(0, (upload.length or 0) - upload.offset)
        if self._store(data[:room]):
            self._pause()
            self._answer_refusal(policy.overrun_problem(self._draft))

    def _invalidate(self, problem: Problem) -> None:
        """End the upload without completing it."""
        self._release()
        self._registry.invalidate(self._upload)
        self._actions.final(self._policy.transfer_refusal(self._call, None, problem))

    def _acknowledge(self) -> None:
        policy, call, upload = self._policy, self._call, self._upload
        self._pause()
        if self._creating:
            status = policy.status_for_incomplete_creation(call.draft)
            fields = policy.fields_for_incomplete_creation(call, upload)
        else:
            status = policy.status_for_incomplete_append(call.draft)
            fields = policy.fields_for_incomplete_append(call, upload)
        self._actions.final(Response(status=status, fields=fields))

    def _finish_upload(self) -> None:
        """Hand the representation to the target, which answers."""
        upload, policy = self._upload, self._policy
        hashing = upload_hashing(upload)
        if not hashing.matches(expected_digests(upload)):
            self._invalidate(
                Problem(status=400, detail="Repr-Digest does not fit the representation.")
            )
            return
        upload.length = upload.offset
        upload.fire(Input.COMPLETE)
        self._release()
        self._registry.publish(upload.representation)
        self._registry.save(upload)
        self._actions.final(
            completion_response(policy, self._call, upload, creating=self._creating)
        )


def expected_digests(upload: Upload) -> dict[str, bytes]:
    """Return the digests the creation announced for the representation."""
    if upload.expected_digest is None:
        return {}
    return digests_in(Fields([("Repr-Digest", upload.expected_digest)]), "Repr-Digest")


def upload_hashing(upload: Upload) -> Hashing:
    """Compute the digests the creation announced; reads the octets only if there are any."""
    expected = expected_digests(upload)
    return hash_pieces(upload.blob.pieces() if expected else (), expected)


def completion_response(policy: Policy, call: Call, upload: Upload, *, creating: bool) -> Response:
    """Return the response of the target to a completed upload; the same every time."""
    digest = None
    if upload.wanted_digest is not None:
        digest = hash_pieces(upload.blob.pieces(), [upload.wanted_digest]).value()
    response = policy.target_response(upload.representation, digest)
    return response.adding(*policy.fields_for_completion(call, upload, creating=creating))


def announced_digest(policy: Policy, call: Call) -> str | None:
    """Return the value of ``Repr-Digest`` of a creation, if the draft has it compared."""
    if not policy.checks_digests(call.draft) or not read_dictionary(
        call.request.fields, "Repr-Digest"
    ):
        return None
    return call.request.fields.get("Repr-Digest")
