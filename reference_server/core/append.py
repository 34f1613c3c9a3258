"""Appending to an upload resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.exchange import Actions, Exchange
from reference_server.core.messages import RefusalError
from reference_server.core.transfer import Transfer, completion_response

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.conduct import Policy
    from reference_server.core.uploads import Registry, Upload


class Appender:
    """Serves PATCH on upload resources.

    Attributes:
        transfer: takes the content.
    """

    transfer: type[Transfer] = Transfer

    def __init__(self, policy: Policy, registry: Registry) -> None:
        self._policy = policy
        self._registry = registry

    def serve(self, call: Call, actions: Actions, upload: Upload) -> Exchange:
        """Take over the upload, check the head, then take the content.

        Raises:
            RefusalError: the append is not acceptable.
        """
        policy = self._policy
        policy.take_over(upload)
        policy.check_media_type(call, upload)
        complete = policy.completeness_of_append(call, upload)
        offset = policy.offset_of_append(call, upload)
        if upload.complete:
            return self._after_completion(call, actions, upload, offset, complete=complete)
        policy.check_offset(call, upload, offset)
        length = self._checked_length(call, upload, complete=complete)
        policy.check_limits(call, upload, length, complete=complete)
        if length != upload.length:
            upload.length = length
            self._registry.save(upload)
        transfer = self.transfer(
            policy=policy,
            registry=self._registry,
            call=call,
            upload=upload,
            actions=actions,
            complete=complete,
            creating=False,
        )
        transfer.start()
        if policy.sends_continue(call):
            actions.interim(100, ())
        return transfer

    def _checked_length(self, call: Call, upload: Upload, *, complete: bool) -> int | None:
        """Return the length from now on; an overrun seen from the head ends the upload."""
        policy = self._policy
        end = upload.offset + (call.request.length or 0)
        if policy.overruns(upload.length, end):
            self._refuse_overrun(call, upload)
        length = policy.indicated_length(call, upload, complete=complete)
        if policy.overruns(length, end):
            self._refuse_overrun(call, upload)
        return length

    def _refuse_overrun(self, call: Call, upload: Upload) -> None:
        policy = self._policy
        told: Upload | None = upload
        if policy.overrun_invalidates(call.draft):
            self._registry.invalidate(upload)
            told = None
        policy.refuse(call, told, policy.overrun_problem(call.draft))

    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        """Replay the final response to an empty completing append; refuse all others.

        Content whose length is announced contradicts the length, which is known by now.
        """
        policy = self._policy
        if call.draft.has("append-after-completion-refused"):
            policy.refuse_completed(call, upload)
        policy.check_offset(call, upload, offset)
        policy.indicated_length(call, upload, complete=complete)
        if not complete or not policy.replays(call):
            policy.refuse_completed(call, upload)
        if policy.sends_continue(call):
            actions.interim(100, ())
        return Replay(policy, call, actions, upload)


class Replay(Exchange):
    """An append to a completed upload that is answered again if it proves to be empty."""

    def __init__(self, policy: Policy, call: Call, actions: Actions, upload: Upload) -> None:
        self._policy = policy
        self._call = call
        self._actions = actions
        self._upload = upload
        self._done = False

    def content(self, data: bytes) -> None:
        """Refuse content: nothing can be added to a completed upload."""
        if self._done or not data:
            return
        self._done = True
        try:
            self._policy.refuse_completed(self._call, self._upload)
        except RefusalError as refusal:
            self._actions.final(refusal.response)

    def end(self) -> None:
        """Give the final response again."""
        if not self._done:
            self._done = True
            self._actions.final(
                completion_response(self._policy, self._call, self._upload, creating=False)
            )
