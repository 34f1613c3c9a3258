"""What an append may do to an upload, and which answers to it no server may give."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.fuzz.lengths import (
    contradicts,
    ends_early,
    learn_length,
    may_be_ended,
    may_be_whole,
    take_unfit,
    unfit,
)
from conformance.fuzz.possible import GONE, NOT_KNOWN, Possible, active_at, complete_at
from conformance.fuzz.view import ELSEWHERE
from conformance.model.protocols import MALFORMED
from conformance.syntax import sf

if TYPE_CHECKING:
    from conformance.fuzz.upload import UploadState
    from conformance.fuzz.view import View, Violation
    from conformance.profiles.rufh.drafts import Draft

_NOT_2XX: Final = "{status: {not: 2xx}}"
_GONE: Final = frozenset({404, 410})


class Appends:
    """Judges appends in one draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def look(self, view: View, upload: UploadState) -> list[Violation]:
        """Take an append in."""
        upload.odd_length = False
        compared, upload.odd_refused = upload.odd_refused, False
        if view.status in _GONE and view.ordinary:
            return self._gone(view, upload)
        if not view.ordinary:
            return self._odd(view, upload, compared=compared)
        at = view.asked_offset
        assert isinstance(at, int)  # noqa: S101 - ordinary appends tell one
        if unfit(view, upload, at):
            return take_unfit(view, upload, at, self._draft)
        if upload.possible.only_complete:
            return self._completed(view, upload)
        learn_length(view, upload, self._draft)
        if view.success and view.whole:
            return self._accepted(view, upload, at)
        if 400 <= view.status < 500 and view.whole:
            return self._refused(view, upload, at)
        return self._unanswered(view, upload, at)

    def _gone(self, view: View, upload: UploadState) -> list[Violation]:
        """Look at 404 or 410: the upload is gone, or complete and takes no appends any more."""
        at = view.asked_offset
        if upload.possible.active is None:
            upload.possible = upload.possible.perhaps_gone()
        elif isinstance(at, int):
            self._refused(view, upload, at)
        return []

    def _completed(self, view: View, upload: UploadState) -> list[Violation]:
        """Look at an append to an upload that is complete: it must not change it."""
        done = upload.possible.complete
        if view.success and done is not None and view.asked_offset == done[1]:
            said = f"{view.status} to an append after completion"
            requirement = "RUFH-H-APPEND-COMPLETED-REJECT"
            return [view.violation(requirement, "accepted", said, _NOT_2XX, str(upload.possible))]
        upload.possible = upload.possible.perhaps_gone()
        return []

    def _accepted(self, view: View, upload: UploadState, at: int) -> list[Violation]:
        possible, end = upload.possible, at + view.request.handed
        if possible == GONE:
            upload.moved(NOT_KNOWN)  # it was gone and is back; that is no matter of this model
            return []
        replay = possible.complete is not None
        if not possible.may_be_active_at(at) and not replay:
            upload.moved(NOT_KNOWN)
            said = f"{view.status} to an append at {at}"
            requirement = "RUFH-APPEND-OFFSET-MISMATCH-409"
            return [view.violation(requirement, "accepted", said, "{status: 409}", str(possible))]
        ended = view.asked_complete is True or may_be_ended(view, upload, end, self._draft)
        after = complete_at(end) if ended else active_at(end)
        if view.asked_complete is True and view.complete is False:
            after = after.or_else(active_at(end))
        if isinstance(view.offset, int) and at <= view.offset < end:
            # the answer says itself that not so much was taken; what that violates is a rule's
            after = after.or_else(active_at(view.offset)).or_else(complete_at(view.offset))
        if ends_early(view, self._draft):
            after = after.or_else(complete_at(end))
        if replay:
            after = after.or_else(Possible(complete=possible.complete))
        upload.moved(after)
        if view.quiet and not replay:
            upload.restless = False  # it would have been refused had anything been counted since
        if isinstance(view.offset, int) and view.asked_complete is False and not replay:
            upload.told = end
        return []

    def _refused(self, view: View, upload: UploadState, at: int) -> list[Violation]:
        possible, told = upload.possible, upload.told
        exact = possible.exact
        found: list[Violation] = []
        if exact is not None and at != exact:
            found = self._conflict(view, upload, exact)
        elif exact is not None and told == at:
            found = self._announced_refused(view, upload)
        calm = exact is not None and (at != exact or view.status == 409)
        if calm:
            upload.possible, upload.cut = possible.perhaps_gone(), False
            upload.refused = view.name
            return found
        if possible == GONE:
            return found
        low, high = possible.active or (at, at)
        if possible.may_be_active_at(at):
            high = max(high, at + view.request.handed)
        upload.moved(Possible(active=(low, high), complete=possible.complete))
        return found

    def _conflict(self, view: View, upload: UploadState, exact: int) -> list[Violation]:
        """Look at the answer to an append at another offset than the upload's."""
        possible = str(upload.possible)
        if contradicts(view, upload.hints):
            return []  # two things are wrong with it, and either may be answered
        if view.status != 409:
            end = exact + (view.content_length or view.request.handed)
            too_long = upload.length is not None and end > upload.length
            if upload.restless or upload.limited or too_long or view.status in ELSEWHERE:
                return []
            said = f"{view.status} to an append at {view.asked_offset}"
            requirement = "RUFH-APPEND-OFFSET-MISMATCH-409"
            return [view.violation(requirement, "refused", said, "{status: 409}", possible)]
        if upload.restless:
            return []
        found = []
        if view.offset != exact:
            said = f"409 with {_shown(view, 'Upload-Offset')}"
            expect = f"{{on: 409, Upload-Offset: {exact} B}}"
            requirement = "RUFH-APPEND-409-UPLOAD-OFFSET"
            found.append(view.violation(requirement, "offset", said, expect, possible))
        if view.complete is not False:
            said = f"409 with {_shown(view, self._draft.completeness_field)}"
            requirement = "RUFH-APPEND-409-UPLOAD-COMPLETE-FALSE"
            expect = "{on: 409, complete: false}"
            found.append(view.violation(requirement, "complete", said, expect, possible))
        return found

    def _announced_refused(self, view: View, upload: UploadState) -> list[Violation]:
        """Look at the refusal of an append that is right where the target said."""
        if upload.restless and not upload.forgiven:
            upload.forgiven = True
            return []
        if contradicts(view, upload.hints):
            return []
        possible, at = str(upload.possible), view.asked_offset
        if view.status == 409:
            said = f"409 to an append at {at}, the offset told"
            requirement, expect = "SUITE-INTEGRITY-ANNOUNCED-REFUSED", "{status: {not: 409}}"
            return [view.violation(requirement, "refused", said, expect, possible)]
        if _exempt(view, upload):
            said = f"{view.status} to a short append that completes"
            requirement, expect = "RUFH-LIMIT-MIN-APPEND-EXEMPT", "{status: 2xx}"
            return [view.violation(requirement, "refused", said, expect, possible)]
        empty = view.asked_complete is True and not view.request.handed
        own = view.complete is True  # the answer of the target itself, whatever it thinks of it
        if not empty or view.status in ELSEWHERE or upload.restless or own:
            return []
        said = f"{view.status} to the empty append that completes"
        requirement, expect = "RUFH-APPEND-EMPTY-COMPLETES", "{status: 2xx}"
        return [view.violation(requirement, "refused", said, expect, possible)]

    def _unanswered(self, view: View, upload: UploadState, at: int) -> list[Violation]:
        """Widen the states by all that a request may have done of which we had no answer."""
        before, end = upload.possible, at + view.request.handed
        fits = before.may_be_active_at(at)
        after = before
        if fits and before.active is not None:
            low, high = before.active
            reached = max((_progress(view, end)), default=low)
            after = Possible(active=(max(low, min(reached, end)), max(high, end)))
            after = after.or_else(Possible(complete=before.complete))
            if may_be_whole(view, upload, end, self._draft):
                after = after.or_else(complete_at(end))
        upload.moved(after.perhaps_gone())
        upload.cut = fits and view.asked_complete is True and not view.request.complete
        upload.restless, upload.forgiven = True, False
        return []

    def _odd(self, view: View, upload: UploadState, *, compared: bool) -> list[Violation]:
        """Take an append in of which a field is malformed, missing, or of another kind.

        Whoever ignores a malformed offset appends at the end whatever the number in it, which no
        text forbids; ``compared`` tells that another number in the same place was refused.
        """
        possible = upload.possible
        found = _odd_accepted(view, upload, self._draft, compared=compared)
        refused = 400 <= view.status < 500 and view.whole
        malformed = view.asked_offset is MALFORMED and view.status not in ELSEWHERE
        upload.odd_refused = refused and malformed and not upload.restless
        media_type_only = view.asked_offset is not MALFORMED and view.status == 415
        if refused and media_type_only and possible.exact is not None:
            upload.possible, upload.cut = possible.perhaps_gone(), False
            upload.refused = view.name
            return found
        upload.moved(NOT_KNOWN)
        if _ignored(view, upload, self._draft) and possible.complete is None:
            upload.moved(Possible(active=NOT_KNOWN.active))
            upload.suspects = ("RUFH-COMPLETE-SF-IGNORE-SERVER",)
        return found

    def race(self, views: list[View], upload: UploadState) -> list[Violation]:
        """Take appends in that were made at the same place and moment."""
        at = views[0].asked_offset
        winners = [each for each in views if each.success]
        counted = [each for each in winners if each.request.handed and each.ordinary]
        before, found = upload.possible, []
        if len(counted) > 1 and before.exact is not None and before.exact == at:
            said = f"{len(counted)} appends at {at} were all answered with success"
            requirement = "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION"
            step, expect = views[0].happened.together, "{at-most-one: 2xx}"
            made = views[0].violation(requirement, "both", said, expect, str(before))
            found.append(_at_step(made, step))
        most = sum(each.request.handed for each in views)
        low, high = before.active or before.complete or (0, 0)
        after = Possible(active=(low, high + most), complete=before.complete)
        for each in views:
            end = (at if isinstance(at, int) else low) + each.request.handed
            if may_be_ended(each, upload, end, self._draft):
                after = after.or_else(complete_at(end))
        upload.moved(after)
        upload.restless, upload.forgiven = True, False
        return found


def _exempt(view: View, upload: UploadState) -> bool:
    """Tell whether a completing append was refused that only the minimum could speak against."""
    most = upload.limits.get("max-append-size", view.request.handed)
    return (
        view.asked_complete is True
        and view.request.handed < min(upload.limits.get("min-append-size", 0), most + 1)
        and view.status not in ELSEWHERE - {413}
        and view.complete is not True
        and not upload.restless
    )


def _ignored(view: View, upload: UploadState, draft: Draft) -> bool:
    """Tell whether completeness is malformed and must not count, nor the length have ended it."""
    if view.asked_complete is not MALFORMED or not draft.has("malformed-ignored"):
        return False
    at = view.asked_offset if isinstance(view.asked_offset, int) else 0
    return not may_be_ended(view, upload, at + view.request.handed, draft)


def _odd_accepted(
    view: View, upload: UploadState, draft: Draft, *, compared: bool
) -> list[Violation]:
    """Return what is wrong with a success: a malformed offset or completeness was obeyed."""
    if not view.success:
        return []
    found = []
    lines = view.request.values("Upload-Offset")
    said = f"{view.status} to Upload-Offset {b', '.join(lines).decode('latin-1')!r}"
    if compared and view.asked_offset is MALFORMED and len(lines) == 1:
        unparsable = not isinstance(sf.parse_item(lines), sf.Item)
        blamed = "SF-FAIL-IGNORE-OR-MALFORMED" if unparsable else "RUFH-OFFSET-SF-IGNORE-SERVER"
        found.append(view.violation(blamed, "offset", said, _NOT_2XX))
    if view.complete is True and _ignored(view, upload, draft):
        expect = "{on: 2xx, complete: {not: true}}"
        said = "complete, because of a malformed field"
        requirement = "RUFH-COMPLETE-SF-IGNORE-SERVER"
        found.append(view.violation(requirement, "append", said, expect))
    return found


def _at_step(violation: Violation, step: str) -> Violation:
    return replace(violation, step=step)


def _progress(view: View, most: int) -> list[int]:
    told = (sf.parse_integer(each.values("Upload-Offset")) for each in view.announcements)
    return [each for each in told if isinstance(each, int) and each <= most]


def _shown(view: View, field: str) -> str:
    values = view.values(field)
    return f"{field} {b', '.join(values).decode('latin-1')}" if values else f"no {field}"
