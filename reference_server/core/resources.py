"""What upload resources answer besides appends: retrieval, cancellation, OPTIONS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import RefusalError, Response
from reference_server.core.problems import Problem
from reference_server.core.states import Input

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.conduct import Policy
    from reference_server.core.uploads import Registry, Upload


class UploadResource:
    """Serves the methods of an upload resource that have no content."""

    def __init__(self, policy: Policy, registry: Registry) -> None:
        self._policy = policy
        self._registry = registry

    def retrieve(self, call: Call, upload: Upload) -> Response:
        """Tell the offset, after any transfer under way has been ended.

        Raises:
            RefusalError: the request has fields it must not have.
        """
        policy = self._policy
        self._check_forbidden(call)
        policy.take_over(upload)
        upload.fire(Input.RETRIEVE)
        return Response(
            status=policy.status_for_retrieval(call.draft),
            fields=policy.fields_for_retrieval(call, upload),
        )

    def cancel(self, call: Call, upload: Upload) -> Response:
        """Deactivate the upload, after any transfer under way has been ended.

        Raises:
            RefusalError: the request has fields it must not have.
        """
        self._check_forbidden(call)
        self._policy.take_over(upload)
        self._registry.remove(upload, Input.CANCEL)
        return self._policy.response_to_cancellation(call)

    def options(self, call: Call, upload: Upload) -> Response:
        """Tell what the upload resource can do; a transfer under way goes on."""
        return Response(status=204, fields=self._policy.fields_for_upload_options(call, upload))

    def method_not_allowed(self, call: Call) -> Response:
        """Refuse a method, naming those that are allowed."""
        problem = Problem(status=405, detail="An upload resource does not have this method.")
        allow = ("Allow", self._policy.methods_of_upload(call.draft))
        return self._policy.refusal(problem, allow)

    def _check_forbidden(self, call: Call) -> None:
        for name in self._policy.forbidden_fields(call.draft):
            if name in call.request.fields:
                problem = Problem(status=400, detail=f"This request must not have {name}.")
                raise RefusalError(self._policy.refusal(problem))
