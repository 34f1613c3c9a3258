"""Decisions about which requests are accepted: one small method each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from conformance.profiles.rufh.drafts import PARTIAL_UPLOAD, Draft
from reference_server.core.answers import Answers
from reference_server.core.fields import (
    MalformedFieldError,
    media_type,
    read_boolean,
    read_integer,
)
from reference_server.core.messages import FieldLine, RefusalError
from reference_server.core.problems import Problem, ProblemType

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class Rules(Answers):
    """Checks; those that refuse raise :class:`RefusalError`."""

    def refuse(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> NoReturn:
        """Refuse a creation or append."""
        raise RefusalError(self.transfer_refusal(call, upload, problem, *fields))

    # Reading

    def malformed(self, call: Call, error: MalformedFieldError) -> None:
        """Ignore a malformed field where the draft says so, refuse the request elsewhere."""
        if not call.draft.has("malformed-ignored"):
            self.refuse(call, None, Problem(status=400, detail=f"The field {error}."))

    def read_completeness(self, call: Call) -> bool | None:
        """Return whether the request completes the upload; None if it does not tell."""
        try:
            value = read_boolean(call.request.fields, call.draft.completeness_field)
        except MalformedFieldError as error:
            self.malformed(call, error)
            return None
        return None if value is None else value is not call.draft.completeness_inverted

    def read_offset(self, call: Call) -> int | None:
        """Return the offset a request tells."""
        try:
            return read_integer(call.request.fields, "Upload-Offset")
        except MalformedFieldError as error:
            self.malformed(call, error)
            return None

    def read_length(self, call: Call) -> int | None:
        """Return the length of the representation a request tells in its own field."""
        if not call.draft.has("upload-length"):
            return None
        try:
            return read_integer(call.request.fields, "Upload-Length")
        except MalformedFieldError as error:
            self.malformed(call, error)
            return None

    # Appends

    def forbidden_fields(self, draft: Draft) -> tuple[str, ...]:
        """Return the fields that offset retrieval and cancellation must not have."""
        if not draft.has("forbidden-fields-400"):
            return ()
        fields = ("Upload-Offset", draft.completeness_field)
        return (*fields, "Upload-Length") if draft.has("upload-length") else fields

    def accepts_media_type(self, call: Call) -> bool:
        """Tell whether the content of an append has the media type the draft asks for."""
        wanted = call.draft.append_media_type
        return wanted is None or media_type(call.request.fields) == wanted

    def check_media_type(self, call: Call, upload: Upload) -> None:
        """Refuse an append of another media type (RFC 5789, 2.2)."""
        if not self.accepts_media_type(call):
            problem = Problem(status=415, detail=f"An append is {PARTIAL_UPLOAD}.")
            self.refuse(call, upload, problem, ("Accept-Patch", PARTIAL_UPLOAD))

    def completeness_of_append(self, call: Call, upload: Upload) -> bool:
        """Return whether an append completes the upload; older drafts let absence mean yes."""
        complete = self.read_completeness(call)
        if complete is not None:
            return complete
        if call.draft.has("completeness-on-append"):
            detail = f"An append needs {call.draft.completeness_field}."
            self.refuse(call, upload, Problem(status=400, detail=detail))
        return True

    def offset_of_append(self, call: Call, upload: Upload) -> int:
        """Return the offset of an append, which has to be there."""
        offset = self.read_offset(call)
        if offset is None:
            problem = Problem(status=400, detail="An append needs Upload-Offset.")
            self.refuse(call, upload, problem)
        return offset

    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        """Tell whether an append may begin at an offset."""
        return offset == upload.offset

    def check_offset(self, call: Call, upload: Upload, offset: int) -> None:
        """Refuse an append at a wrong offset."""
        if self.accepts_offset(upload, offset):
            return
        known = call.draft.has("problem-types")
        problem = Problem(
            status=409,
            detail="The offset of the request is not the offset of the upload.",
            type=ProblemType.OFFSET if known else ProblemType.BLANK,
            members=(("expected-offset", upload.offset), ("provided-offset", offset)),
        )
        self.refuse(call, upload, problem)

    def refuse_completed(self, call: Call, upload: Upload) -> NoReturn:
        """Refuse an append to a completed upload."""
        known = call.draft.has("completed-upload-problem")
        problem = Problem(
            status=400,
            detail="The upload is complete.",
            type=ProblemType.COMPLETED if known else ProblemType.BLANK,
        )
        self.refuse(call, upload, problem)

    # Lengths

    def length_problem(self, draft: Draft, detail: str) -> Problem:
        """Return the problem of contradicting lengths."""
        known = draft.has("inconsistent-length-problem")
        kind = ProblemType.LENGTH if known else ProblemType.BLANK
        return Problem(status=400, detail=detail, type=kind)

    def total_of_request(self, call: Call, base: int, *, complete: bool) -> int | None:
        """Return the length a completing request implies by its framing."""
        if not complete or call.request.length is None:
            return None
        if not call.draft.has("length-from-content-length"):
            return None
        return base + call.request.length

    def indicated_length(self, call: Call, upload: Upload | None, *, complete: bool) -> int | None:
        """Return the length of the representation after this request; None if still unknown.

        Raises:
            RefusalError: what the request tells contradicts itself or what is known.
        """
        base = 0 if upload is None else upload.offset
        told = self.read_length(call)
        total = self.total_of_request(call, base, complete=complete)
        known = [] if upload is None else [upload.length]
        lengths = {each for each in (told, total, *known) if each is not None}
        if len(lengths) > 1:
            detail = "The lengths of the representation contradict each other."
            self.refuse(call, upload, self.length_problem(call.draft, detail))
        length = next(iter(lengths), None)
        if length is not None and length < base:
            detail = "The length is less than what has been received."
            self.refuse(call, upload, self.length_problem(call.draft, detail))
        return length

    def overruns(self, length: int | None, end: int) -> bool:
        """Tell whether an upload that reaches ``end`` is longer than its length."""
        return length is not None and end > length

    def overrun_problem(self, draft: Draft) -> Problem:
        """Return the problem of content beyond the length."""
        return self.length_problem(draft, "There is content beyond the length of the upload.")

    def overrun_invalidates(self, draft: Draft) -> bool:
        """Tell whether content beyond the length ends the upload."""
        return draft.has("overlength-invalidates")

    # Limits

    def append_limits_apply(self, draft: Draft, *, creating: bool) -> bool:
        """Tell whether the limits of appends bind a request."""
        if creating:
            return draft.has("append-limits-on-creation")
        return draft.has("limits")

    def exceeds_size(self, end: int) -> bool:
        """Tell whether a representation of that size is too large."""
        return self.limits.max_size is not None and end > self.limits.max_size

    def exceeds_append(self, draft: Draft, size: int, *, creating: bool) -> bool:
        """Tell whether the content of one request is too large."""
        most = self.limits.max_append_size
        return (
            most is not None and size > most and self.append_limits_apply(draft, creating=creating)
        )

    def falls_short(self, draft: Draft, size: int, *, creating: bool, complete: bool) -> bool:
        """Tell whether the content of one request is too small; completing ones never are."""
        least = self.limits.min_append_size
        if least is None or complete or (creating and size == 0):
            return False
        return size < least and self.append_limits_apply(draft, creating=creating)

    def too_large(self, detail: str) -> Problem:
        """Return the problem of too much content."""
        return Problem(status=413, detail=detail)

    def check_limits(
        self, call: Call, upload: Upload | None, length: int | None, *, complete: bool
    ) -> None:
        """Refuse a request that is seen to violate limits before its content is read."""
        creating = upload is None
        told = self.limit(call.draft, upload)
        size = call.request.length
        end = (0 if upload is None else upload.offset) + (size or 0)
        if self.exceeds_size(max(end, length or 0)):
            self.refuse(call, upload, self.too_large("The representation is too large."), *told)
        if size is None:
            return
        if self.exceeds_append(call.draft, size, creating=creating):
            self.refuse(call, upload, self.too_large("The content is too large."), *told)
        if self.falls_short(call.draft, size, creating=creating, complete=complete):
            self.refuse(call, upload, self.too_small(), *told)

    def too_small(self) -> Problem:
        """Return the problem of too little content."""
        return Problem(status=400, detail="The content is too small for an append.")

    def below_minimum(self, draft: Draft, length: int | None) -> bool:
        """Tell whether a representation is too small to be worth resuming."""
        least = self.limits.min_size
        return draft.has("limits") and bool(least) and length is not None and length < (least or 0)
