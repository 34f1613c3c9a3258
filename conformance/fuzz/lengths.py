"""Lengths: what announces them, and appends that contradict them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz.possible import NOT_KNOWN, Possible, complete_at
from conformance.fuzz.view import ELSEWHERE

if TYPE_CHECKING:
    from conformance.fuzz.upload import UploadState
    from conformance.fuzz.view import View, Violation
    from conformance.profiles.rufh.drafts import Draft

_NOT_2XX: Final = "{status: {not: 2xx}}"


def told_by_framing(view: View, draft: Draft) -> bool:
    """Tell whether the Content-Length of a request announces where the upload ends."""
    completing = view.asked_complete is True and view.content_length is not None
    return completing and draft.has("length-from-content-length")


def may_be_whole(view: View, upload: UploadState, end: int, draft: Draft) -> bool:
    """Tell whether a target may take an upload for whole by a request it did not acknowledge.

    The request completes and came in whole; or all octets of a length that was told had come,
    whatever else had not, and the draft lets a target complete an upload by an answer.
    """
    if view.asked_complete is not True:
        return may_be_ended(view, upload, end, draft)
    return view.request.complete or _counts(view, upload, end, draft)


def may_be_ended(view: View, upload: UploadState, end: int, draft: Draft) -> bool:
    """Tell whether the answer to a request that does not complete may have completed the upload.

    All octets of a length that was told have come, and the answer says that the upload is
    complete, or was lost. An answer that says nothing of it, or no, completes nothing.
    """
    said = view.final is None or view.complete is True
    return said and _counts(view, upload, end, draft)


def ends_early(view: View, draft: Draft) -> bool:
    """Tell whether an answer completes the upload that its request does not.

    Where a draft lets the target answer for itself it may do so before all octets are there.
    """
    told = view.complete is True and view.asked_complete is False
    return told and view.success and draft.has("early-response")


def _counts(view: View, upload: UploadState, end: int, draft: Draft) -> bool:
    """Tell whether a target may complete an upload by an answer, now that it is so long."""
    return draft.has("early-response") and end in {view.asked_length, upload.length, *upload.hints}


def unfit(view: View, upload: UploadState, at: int) -> bool:
    """Tell whether the request contradicts a length, its own or one told before."""
    end = at + (view.content_length or view.request.handed)
    own = view.asked_length if isinstance(view.asked_length, int) else None
    for length in (own, upload.length):
        if length is not None and (end > length or (view.asked_complete and end != length)):
            return True
    return own is not None and upload.length is not None and own != upload.length


def take_unfit(view: View, upload: UploadState, at: int, draft: Draft) -> list[Violation]:
    """Take an append in that contradicts a length."""
    possible = upload.possible
    end = at + view.request.handed
    own = view.asked_length if isinstance(view.asked_length, int) else None
    lengths = [each for each in (own, upload.length) if each is not None]
    said = f"{view.status} to an append that ends at {end} of {min(lengths)}"
    found: list[Violation] = []
    sure = draft.has("inconsistent-length-problem") or own is None
    sure = sure and not _ignored(view, upload, at, end)
    if view.success and view.whole and sure and possible.may_be_active_at(at):
        found = _accepted(view, end, min(lengths), said)
    bound = max(end, (possible.active or (0, 0))[1])
    active = (min((possible.active or (at, at))[0], at), bound)
    upload.moved(Possible(active=active, complete=possible.complete))
    if found:
        upload.moved(NOT_KNOWN)
    elif view.success:
        upload.possible = upload.possible.or_else(complete_at(end))
    elif draft.has("overlength-invalidates") and _overran(view, end, lengths, possible, at):
        upload.overrun = True
    elif view.asked_complete is True and end < min(lengths) and view.request.complete:
        upload.suspects = ("RUFH-CREATE-RECORD-LENGTH",) if upload.length_by == "field" else ()
    return found


def _ignored(view: View, upload: UploadState, at: int, end: int) -> bool:
    """Tell whether a length that cannot be was told, and nobody believes it.

    That loses nothing: a second, different length while the first one stands, and one below what
    is stored already.
    """
    if view.asked_complete is True or view.complete is True:
        return False
    if upload.length is not None:
        return end <= upload.length
    return isinstance(view.asked_length, int) and view.asked_length < at


def _accepted(view: View, end: int, length: int, said: str) -> list[Violation]:
    if end > length:
        blamed = "RUFH-APPEND-OVERLENGTH-REJECT"
    elif view.content_length is None and view.asked_complete is True:
        blamed = "RUFH-LENGTH-MISMATCH-CHUNKED"
    else:
        blamed = "RUFH-LENGTH-MISMATCH-REJECT"
    return [view.violation(blamed, "accepted", said, _NOT_2XX)]


def _overran(view: View, end: int, lengths: list[int], possible: Possible, at: int) -> bool:
    """Tell whether octets beyond the length were certainly read by the target.

    A request refused for its fields need not have been read; one whose framing does not tell
    its size, and whose offset was right, must have been.
    """
    return (
        400 <= view.status < 500
        and view.status not in ELSEWHERE | {409}
        and view.content_length is None
        and view.asked_length is None
        and end > min(lengths)
        and possible.exact == at
        and view.whole
    )


def learn_length(view: View, upload: UploadState, draft: Draft) -> None:
    """Note the length an append tells, if it was answered with success.

    Whether one that was not answered has been read nobody knows.
    """
    asked = view.asked_length
    if not view.success or upload.length is not None:
        return
    at = view.asked_offset
    if not isinstance(at, int) or not upload.possible.may_be_active_at(at):
        return
    if isinstance(asked, int) and draft.has("inconsistent-length-problem"):
        upload.length, upload.length_by = asked, "field"
    elif told_by_framing(view, draft):
        upload.length, upload.length_by = at + (view.content_length or 0), "append"


def contradicts(view: View, hints: set[int]) -> bool:
    """Tell whether an append does not fit a length that a server may have kept."""
    at = view.asked_offset if isinstance(view.asked_offset, int) else 0
    end = at + (view.content_length or view.request.handed)
    return any(end > hint or (view.asked_complete and end != hint) for hint in hints)
