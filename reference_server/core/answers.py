"""Decisions about what responses look like: one small method each, so that one can be changed."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import PARTIAL_UPLOAD, VERSION_FIELD, Draft
from reference_server.core.messages import FieldLine, Response

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.limits import Limits
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Clock, Representation, Upload

#: Media type of problem documents.
PROBLEM_JSON = "application/problem+json"


class Answers:
    """Statuses and fields of responses.

    Attributes:
        limits: what is announced and enforced.
        clock: seconds since the epoch.
    """

    def __init__(self, *, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self.clock = clock

    # Single fields

    def completeness(self, draft: Draft, *, complete: bool) -> FieldLine:
        """Return the completeness field, in the sense the draft gives it."""
        value = complete is not draft.completeness_inverted
        return draft.completeness_field, "?1" if value else "?0"

    def offset(self, upload: Upload) -> FieldLine:
        """Return the field that tells the offset."""
        return "Upload-Offset", str(upload.offset)

    def upload_location(self, upload: Upload) -> FieldLine:
        """Return the field that tells where the upload resource is."""
        return "Location", upload.path

    def version(self, draft: Draft) -> FieldLine:
        """Return the version field every 104 carries."""
        return VERSION_FIELD, str(draft.number)

    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        """Return the field that tells the limits, of an upload or of any to be created."""
        if not draft.has("limits"):
            return ()
        left = self.limits.max_age
        if left is not None and upload is not None:
            left = max(0, ceil(upload.created + left - self.clock()))
        return (("Upload-Limit", self.limits.value(draft, age_left=left)),)

    def length(self, draft: Draft, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the field that tells the length, if it is known."""
        if upload.length is None or not draft.has("upload-length"):
            return ()
        return (("Upload-Length", str(upload.length)),)

    # Interim responses

    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields of the 104 that announces an upload resource."""
        return (
            self.version(call.draft),
            self.upload_location(upload),
            *self.limit(call.draft, upload),
        )

    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields of a 104 that reports progress; a Location has no place there."""
        return self.version(call.draft), self.offset(upload)

    # Acknowledgements and final responses

    def status_for_incomplete_creation(self, draft: Draft) -> int:
        """Return the status of a creation that has more to follow: 201 in every draft."""
        del draft
        return 201

    def status_for_incomplete_append(self, draft: Draft) -> int:
        """Return the status of an append that has more to follow."""
        return 201 if draft.has("created-201") else 204

    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields that acknowledge a creation with more to follow."""
        return (
            self.upload_location(upload),
            self.completeness(call.draft, complete=False),
            self.offset(upload),
            *self.limit(call.draft, upload),
        )

    def fields_for_incomplete_append(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields that acknowledge an append with more to follow."""
        return self.completeness(call.draft, complete=False), self.offset(upload)

    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        """Return what is added to the response of the target.

        Newer drafts leave Location to the target, and the target gives none: a client that does
        not know completeness fields would take it for the upload resource.
        """
        fields = [self.completeness(call.draft, complete=True)]
        if call.draft.has("offset-in-responses"):
            fields.append(self.offset(upload))
        if creating and call.draft.has("location-always"):
            fields.append(self.upload_location(upload))
        return tuple(fields)

    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        """Return what the target answers to a stored representation, however it arrived."""
        fields = [
            ("Content-Type", "text/plain"),
            ("Content-Location", representation.path),
        ]
        if digest is not None:
            fields.append(("Repr-Digest", digest))
        text = f"stored {representation.size} octets\n"
        return Response(status=201, fields=tuple(fields), content=text.encode("ascii"))

    # Offset retrieval and cancellation

    def status_for_retrieval(self, draft: Draft) -> int:
        """Return the status of an offset retrieval: 204 suits every draft."""
        del draft
        return 204

    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields that tell the state of an upload."""
        return (
            self.offset(upload),
            self.completeness(call.draft, complete=upload.complete),
            *self.length(call.draft, upload),
            *self.limit(call.draft, upload),
            ("Cache-Control", "no-store"),
        )

    def response_to_cancellation(self, call: Call) -> Response:
        """Return the response to a successful cancellation."""
        del call
        return Response(status=204)

    # Discovery

    def methods_of_upload(self, draft: Draft) -> str:
        """Return the methods an upload resource supports."""
        retrieval = "GET, HEAD" if draft.has("get-retrieval") else "HEAD"
        return f"DELETE, {retrieval}, OPTIONS, PATCH"

    def methods_of_target(self) -> str:
        """Return the methods a target supports."""
        return "OPTIONS, PATCH, POST, PUT"

    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        """Return the fields that tell what a target can do."""
        fields: list[FieldLine] = [("Allow", self.methods_of_target())]
        if call.draft.has("options-discovery"):
            fields.extend(self.limit(call.draft, None))
        if call.draft.has("accept-patch-options"):
            fields.append(("Accept-Patch", PARTIAL_UPLOAD))
        return tuple(fields)

    def fields_for_upload_options(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        """Return the fields that tell what an upload resource can do."""
        return (
            ("Allow", self.methods_of_upload(call.draft)),
            ("Accept-Patch", PARTIAL_UPLOAD),
            *self.limit(call.draft, upload),
        )

    # Refusals

    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        """Return a refusal without any upload fields."""
        return Response(
            status=problem.status,
            fields=(("Content-Type", PROBLEM_JSON), *fields),
            content=problem.document(),
        )

    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        """Return a refusal of a creation or append: it never completes the upload."""
        told = [self.completeness(call.draft, complete=False), *fields]
        if upload is not None:
            told.append(self.offset(upload))
        return self.refusal(problem, *told)
