"""Creating an upload resource by a request to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.digests import wanted_algorithm
from reference_server.core.problems import Problem
from reference_server.core.transfer import Transfer, announced_digest
from reference_server.core.uploads import Registry, TooManyUploadsError, Upload

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.conduct import Policy
    from reference_server.core.exchange import Actions, Exchange


class Creator:
    """Makes upload resources.

    Attributes:
        transfer: takes the content.
    """

    transfer: type[Transfer] = Transfer

    def __init__(self, policy: Policy, registry: Registry) -> None:
        self._policy = policy
        self._registry = registry

    def serve(self, call: Call, actions: Actions, *, complete: bool) -> Exchange | None:
        """Create an upload and take its first content; None if it is not worth resuming.

        Raises:
            RefusalError: the request is not acceptable; there is no upload resource then.
        """
        policy = self._policy
        if "Upload-Offset" in call.request.fields and policy.forbidden_fields(call.draft):
            policy.refuse(call, None, Problem(status=400, detail="A creation has no offset."))
        length = policy.indicated_length(call, None, complete=complete)
        if policy.overruns(length, call.request.length or 0):
            policy.refuse(call, None, policy.overrun_problem(call.draft))
        policy.check_limits(call, None, length, complete=complete)
        if policy.below_minimum(call.draft, length):
            if complete:
                return None
            told = policy.limit(call.draft, None)
            problem = Problem(status=400, detail="The representation is too small to resume.")
            policy.refuse(call, None, problem, *told)
        upload = self._new_upload(call, length)
        return self._receive(call, actions, upload, complete=complete)

    def _new_upload(self, call: Call, length: int | None) -> Upload:
        try:
            self._registry.make_room()
        except TooManyUploadsError:
            problem = Problem(status=503, detail="There are too many uploads.")
            self._policy.refuse(call, None, problem, ("Retry-After", "10"))
        fields = call.request.fields
        representation = self._registry.new_representation()
        representation.owner = call.user
        representation.media_type = fields.get("Content-Type")
        representation.coding = fields.get("Content-Encoding")
        now = self._registry.now()
        upload = Upload(
            identifier=representation.identifier,
            draft=call.draft,
            representation=representation,
            created=now,
            touched=now,
            length=length,
            expected_digest=announced_digest(self._policy, call),
            wanted_digest=wanted_algorithm(fields),
        )
        self._registry.add(upload)
        return upload

    def _receive(self, call: Call, actions: Actions, upload: Upload, *, complete: bool) -> Exchange:
        transfer = self.transfer(
            policy=self._policy,
            registry=self._registry,
            call=call,
            upload=upload,
            actions=actions,
            complete=complete,
            creating=True,
        )
        transfer.start()
        if self._policy.announces(call):
            actions.interim(104, self._policy.announcement(call, upload))
        if self._policy.sends_continue(call):
            actions.interim(100, ())
        return transfer
