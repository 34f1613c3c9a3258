"""Rules about single answers: which field and status belongs to which request.

Only orderly requests are looked at, and only what the text demands in the draft; whether a
demand counts there is the registry's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz.lengths import contradicts, ends_early, may_be_ended
from conformance.fuzz.view import ELSEWHERE
from conformance.model.protocols import MALFORMED
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.transcript import End
from conformance.syntax import sf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.fuzz.upload import UploadState
    from conformance.fuzz.view import View, Violation

#: what clients follow without preserving the method; 303 is named where it only warns
_REDIRECTS: Final = frozenset({301, 302})
_NOT_REDIRECTED: Final = "{status: {not: [301, 302]}}"
#: refusals of an upload nobody made that need not know that it never was
_NEVER: Final = ELSEWHERE | {400, 405}


def creation(view: View, upload: UploadState) -> Iterator[Violation]:
    """What the answer to a creation carries."""
    if view.verb is not Verb.CREATE or not view.ordinary:
        return
    first = next(iter(view.announcements), None)
    if first is not None and not first.values("Location"):
        expect = "{on: first interim 104, Location: {is: uri-reference}}"
        yield view.violation("RUFH-104-LOCATION", "announcement", "104 without Location", expect)
    if first is not None and upload.limited and not first.values("Upload-Limit"):
        expect = "{on: first interim 104, Upload-Limit: {is: sf-dictionary}}"
        yield view.violation("RUFH-104-UPLOAD-LIMIT", "announcement", "104 without limits", expect)
    if view.asked_complete is True:
        yield from _whole_creation(view)
        return
    if not view.success or not view.whole:
        yield from _empty_refused(view, upload)
        return
    if view.upgraded:  # else it was served like any other request, as small ones may be
        yield from _begun(view, upload)


def _begun(view: View, upload: UploadState) -> Iterator[Violation]:
    """What is told of an upload that has only begun."""
    draft, sent = view.draft, view.request.handed
    if may_be_ended(view, upload, sent, draft):
        return  # the target answers for itself
    if not view.values("Location"):
        expect = "{on: 2xx, Location: {is: uri-reference}}"
        said = f"{view.status} without Location"
        yield view.violation("RUFH-CREATE-INCOMPLETE-LOCATION", "answer", said, expect)
    if view.status != 201:
        yield view.violation(
            "RUFH-CREATE-INCOMPLETE-201", "answer", f"{view.status}", "{status: 201}"
        )
    if draft.has("created-201") and view.complete is not False:
        said, expect = "not said to be incomplete", "{on: 2xx, complete: false}"
        yield view.violation("RUFH-CREATE-RESPONSE-UPLOAD-COMPLETE", "answer", said, expect)
    elif view.complete is True and view.asked_length == sent:
        said, expect = "complete at its length", "{on: 2xx, complete: {not: true}}"
        yield view.violation("RUFH-LENGTH-NOT-COMPLETION", "creation", said, expect)
    if view.offset != sent:
        said, expect = f"Upload-Offset {view.offset}", f"{{on: 2xx, Upload-Offset: {sent} B}}"
        yield view.violation("RUFH-H-CREATE-UPLOAD-OFFSET", "answer", said, expect)
    if upload.limited and not view.values("Upload-Limit"):
        said, expect = "no Upload-Limit", "{on: 2xx, Upload-Limit: {is: sf-dictionary}}"
        yield view.violation("RUFH-CREATE-INCOMPLETE-UPLOAD-LIMIT", "answer", said, expect)


def _empty_refused(view: View, upload: UploadState) -> Iterator[Violation]:
    """An empty creation is not too small for an append."""
    least = upload.limits.get("min-append-size", 0)
    too_small = upload.limits.get("min-size", 0)
    if view.request.handed or not view.whole or not least or too_small:
        return
    if view.status in (400, 413, 422):
        said, expect = f"{view.status} to an empty creation", "{status: 2xx}"
        yield view.violation("RUFH-LIMIT-MIN-APPEND-EXEMPT-CREATION", "empty", said, expect)


def _whole_creation(view: View) -> Iterator[Violation]:
    if view.status == 303 and view.whole and view.upgraded:
        yield view.violation(
            "RUFH-H-CREATE-COMPLETE-2XX", "answer", f"{view.status}", "{status: 2xx}"
        )
    if not view.success or not view.whole:
        return
    if view.draft.has("created-201") and view.complete is False:
        said, expect = "said to be incomplete", "{on: final, complete: {not: false}}"
        yield view.violation("RUFH-CREATE-RESPONSE-UPLOAD-COMPLETE", "whole", said, expect)
    sent = view.request.handed
    if view.offset not in (None, sent):  # an upload that is over need not tell one
        told = f"any-of: [{{Upload-Offset: {sent} B}}, {{Upload-Offset: null}}]"
        said, expect = f"Upload-Offset {view.offset}", f"{{on: 2xx, {told}}}"
        yield view.violation("RUFH-H-CREATE-UPLOAD-OFFSET", "whole", said, expect)


def early_success(view: View, upload: UploadState) -> Iterator[Violation]:
    """No request that would complete an upload succeeds before its end."""
    if view.verb not in (Verb.CREATE, Verb.APPEND) or not view.ordinary:
        return
    if view.verb is Verb.APPEND and upload.possible.complete is not None:
        return  # it may have been complete before, so that nothing more was needed
    if view.verb is Verb.CREATE and not view.upgraded:
        return  # an ordinary answer, which may come whenever the target likes
    if view.complete is False:
        return
    if view.asked_complete is True and 200 <= view.status < 300 and not view.request.complete:
        said, expect = f"{view.status} before the end", "{ends: {not: 2xx}}"
        yield view.violation("RUFH-COMPLETE-EARLY-2XX", "early", said, expect)
        if view.request.framing.value == "content-length" and view.request.cut is not None:
            yield view.violation("H1-CL-SHORT-INCOMPLETE", "early", said, expect)


def append(view: View, upload: UploadState) -> Iterator[Violation]:
    """What the answer to an append carries, unless it may be the answer of an earlier one again."""
    if view.verb is not Verb.APPEND or not view.ordinary or not view.whole:
        return
    if upload.possible.complete is not None or upload.possible.active is None:
        return
    if contradicts(view, upload.hints):
        return  # what was taken of it, and of which length, is told elsewhere
    at, sent = view.asked_offset, view.request.handed
    completing = view.asked_complete is True
    if view.status == 303 and completing:
        yield view.violation(
            "RUFH-H-APPEND-COMPLETE-2XX", "answer", f"{view.status}", "{status: 2xx}"
        )
    if not view.success or not isinstance(at, int):
        return
    if completing:
        if view.complete is not True:
            said, expect = "not said to be complete", "{on: final, complete: true}"
            yield view.violation("RUFH-APPEND-COMPLETE-TRUE", "answer", said, expect)
        if view.complete is False:
            said, expect = "said to be incomplete", "{on: 2xx, complete: {not: false}}"
            yield view.violation("RUFH-H-APPEND-COMPLETE-2XX", "incomplete", said, expect)
    elif not may_be_ended(view, upload, at + sent, view.draft):
        yield from _continued(view, at + sent)


def _continued(view: View, end: int) -> Iterator[Violation]:
    """What is told of an upload that goes on after an append."""
    if view.complete is not False:
        said, expect = "not said to be incomplete", "{on: 2xx, complete: false}"
        yield view.violation("RUFH-APPEND-RESPONSE-UPLOAD-COMPLETE", "answer", said, expect)
    early = ends_early(view, view.draft)
    told = view.complete is True and view.draft.has("completeness-on-append-responses")
    if told and not early:
        said, expect = "complete, though more was announced", "{on: 2xx, complete: {not: true}}"
        yield view.violation("RUFH-LENGTH-NOT-COMPLETION", "append", said, expect)
    if view.offset != end:
        said, expect = f"Upload-Offset {view.offset}", f"{{on: 2xx, Upload-Offset: {end} B}}"
        yield view.violation("RUFH-H-APPEND-UPLOAD-OFFSET", "answer", said, expect)


def retrieval(view: View, upload: UploadState) -> Iterator[Violation]:
    """What the answer to an offset retrieval carries."""
    if view.verb is not Verb.RETRIEVE or not view.ordinary:
        return
    if view.status in _REDIRECTS:
        yield view.violation("RUFH-RETRIEVE-NO-30123", "answer", f"{view.status}", _NOT_REDIRECTED)
    if not view.success:
        return
    if upload.possible.complete is not None and view.offset is None and view.complete is None:
        return  # from its completion on the URL may name what was uploaded
    if not isinstance(view.offset, int):
        said, expect = "no usable Upload-Offset", "{on: 2xx, Upload-Offset: {is: sf-integer}}"
        yield view.violation("RUFH-RETRIEVE-UPLOAD-OFFSET", "answer", said, expect)
    if view.complete is None:
        said, expect = "completeness is not told", "{on: 2xx, complete: {is: present}}"
        yield view.violation("RUFH-RETRIEVE-UPLOAD-COMPLETE", "answer", said, expect)
    only = view.draft.has("retrieval-204-only")
    allowed = (204,) if only else (200, 204)
    if view.draft.has("retrieval-204-or-200") and view.status not in allowed:
        expect = "{on: 2xx, status: 204}" if only else "{on: 2xx, status: [200, 204]}"
        yield view.violation("RUFH-H-HEAD-204", "answer", f"{view.status}", expect)
    yield from _told_length(view, upload)
    if upload.known and view.complete is not True and not view.values("Upload-Limit"):
        said, expect = "no Upload-Limit", "{on: 2xx, Upload-Limit: {is: sf-dictionary}}"
        yield view.violation("RUFH-RETRIEVE-LIMIT-KNOWN", "answer", said, expect)


def _told_length(view: View, upload: UploadState) -> Iterator[Violation]:
    length = upload.length
    if upload.odd_length and view.length is not None:
        said = f"Upload-Length {view.length}, though what was sent is malformed"
        expect = "{on: 2xx, Upload-Length: null}"
        yield view.violation("RUFH-LENGTH-SF-IGNORE-SERVER", "answer", said, expect)
    if length is None or view.length == length or upload.restless:
        return
    said, expect = f"Upload-Length {view.length}", f"{{on: 2xx, Upload-Length: {length} B}}"
    if upload.length_by == "field":
        yield view.violation("RUFH-RETRIEVE-UPLOAD-LENGTH", "answer", said, expect)
    elif upload.length_by == "creation":
        yield view.violation("RUFH-RETRIEVE-LENGTH-OF-CONTENT", "answer", said, expect)


def laden(view: View, _: UploadState) -> Iterator[Violation]:
    """Retrievals and cancellations with fields that some drafts forbid; uploads nobody made."""
    if view.final is None:
        return
    # made smaller, a step may have lost what its name speaks of
    burdened = view.asked_offset is not None or view.asked_complete is not None
    if view.label == "laden" and burdened and (view.success or 400 < view.status < 500):
        cancels = view.verb is Verb.CANCEL
        blamed = "RUFH-H-CANCEL-REJECT-FIELDS" if cancels else "RUFH-H-HEAD-REJECT-FIELDS"
        if view.status not in ELSEWHERE | {405}:
            yield view.violation(blamed, "answer", f"{view.status}", "{status: 400}")
    if view.label == "never" and view.verb is Verb.RETRIEVE:
        told = view.success and view.offset is not None
        if told:
            said, expect = f"{view.status} for an unknown upload", "{status: {not: 2xx}}"
            yield view.violation("RUFH-GONE-NOT-SUCCESS", "never", said, expect)
        if told or (400 <= view.status < 500 and view.status not in _NEVER):
            expect = "{status: 404}"
            yield view.violation("RUFH-H-INACTIVE-404", "never", f"{view.status}", expect)


def cancelled(view: View, upload: UploadState) -> Iterator[Violation]:
    """Answers to cancellations, and to questions for what was cancelled."""
    if view.verb is Verb.CANCEL and view.ordinary:
        if view.status in _REDIRECTS:
            said = f"{view.status}"
            yield view.violation("RUFH-CANCEL-NO-30123", "answer", said, _NOT_REDIRECTED)
        if view.success and view.status not in (202, 204):
            expect = "{on: 2xx, status: 204}"
            yield view.violation("RUFH-H-CANCEL-204", "answer", f"{view.status}", expect)
        if view.status == 501 or (view.status == 400 and upload.possible.complete is None):
            expect = "{on: non-2xx, status: 405}"
            yield view.violation("RUFH-H-CANCEL-405", "answer", f"{view.status}", expect)
    inactive = upload.cancelled and view.verb in (Verb.RETRIEVE, Verb.APPEND) and view.ordinary
    if inactive and 400 <= view.status < 500 and view.status not in ELSEWHERE - {410}:
        expect = "{status: 404}"
        yield view.violation("RUFH-H-INACTIVE-404", "cancelled", f"{view.status}", expect)
    if inactive and view.verb is Verb.APPEND and view.success:
        said, expect = f"{view.status} to an append", "{status: {not: 2xx}}"
        yield view.violation("RUFH-CANCEL-DEACTIVATE", "append", said, expect)


def discovery(view: View, _: UploadState) -> Iterator[Violation]:
    """What OPTIONS tells."""
    if view.verb is not Verb.DISCOVER or not view.success or not view.ordinary:
        return
    told = sf.parse_dictionary(view.values("Upload-Limit"))
    expect = "{on: 2xx, Upload-Limit: {is: sf-dictionary}}"
    if told is None:
        yield view.violation("RUFH-OPTIONS-UPLOAD-LIMIT", "answer", "no Upload-Limit", expect)
    elif told is MALFORMED or not told:
        said = "Upload-Limit is empty or malformed"
        yield view.violation("RUFH-OPTIONS-MIN-SIZE-0", "answer", said, expect)


def continuing(view: View, _: UploadState) -> Iterator[Violation]:
    """What a client is told that waits for 100 (Continue)."""
    if view.label != "waiting" or view.final is None or view.exchange.end is not End.FINAL:
        return
    step = view.happened.step
    held = isinstance(step, ExchangeStep) and step.hold is not None
    if not held or not view.request.values("Expect"):
        return
    begun = view.request.content_at
    early = [each for each in view.exchange.interims if begun is not None and each.at < begun]
    answered = begun is None or view.final.at < begun or any(e.status == 100 for e in early)
    if answered:
        return
    if any(each.status == 104 for each in early):
        said, expect = "104, but no 100", "{early: [interim 100, final]}"
        yield view.violation("RUFH-104-KEEP-100", "early", said, expect)
    elif not any(100 <= each.status < 200 for each in early):
        said, expect = "nothing before the content", "{early: [interim 100, interim 104, final]}"
        yield view.violation("HTTP-EXPECT-SERVER-ANSWER", "early", said, expect)


RULES: Final[tuple[Callable[[View, UploadState], Iterator[Violation]], ...]] = (
    creation,
    early_success,
    append,
    retrieval,
    laden,
    cancelled,
    discovery,
    continuing,
)
