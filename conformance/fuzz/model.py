"""The model: what state a server may be in, narrowed by every answer.

It knows the protocol and nothing of any server. Where the text leaves something open the set of
states grows; an answer that fits none of them is a violation, of the requirement that would have
kept the states apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.fuzz.appends import Appends
from conformance.fuzz.lengths import ends_early, may_be_ended, may_be_whole, told_by_framing
from conformance.fuzz.odd_frames import framed_span
from conformance.fuzz.possible import GONE, NOT_KNOWN, Possible, active_at, complete_at
from conformance.fuzz.raw import falls_short, raw_span
from conformance.fuzz.upload import UploadState
from conformance.model.protocols import MALFORMED
from conformance.model.scenario import Verb
from conformance.model.transcript import End
from conformance.syntax import sf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.fuzz.view import View, Violation
    from conformance.profiles.rufh.drafts import Draft

_GONE = frozenset({404, 410})
_LIMITS = ("max-size", "min-size", "max-append-size", "min-append-size")


class Model:
    """Follows the uploads of one trial.

    Attributes:
        uploads: by the step that created them.
    """

    def __init__(self, draft: Draft, limits: Mapping[str, int] | None = None) -> None:
        self.uploads: dict[str, UploadState] = {}
        self._draft = draft
        self._limits = dict(limits or {})
        self._appends = Appends(draft)

    def of(self, view: View) -> UploadState:
        """Return the upload an exchange is about."""
        return self.uploads.setdefault(
            view.happened.of, UploadState(limits=self._limits, limited=any(self._limits.values()))
        )

    def look(self, view: View) -> list[Violation]:
        """Take one exchange in; returns what cannot be."""
        upload = self.of(view)
        self._learn_limits(view, upload)
        _learn_hints(view, upload)
        match view.verb:
            case Verb.CREATE:
                return self._create(view, upload)
            case Verb.APPEND:
                found = self._appends.look(view, upload)
            case Verb.RETRIEVE:
                found = self._retrieve(view, upload)
            case Verb.CANCEL:
                found = self._cancel(view, upload)
            case Verb.OCTETS if view.happened.of != view.name:
                found = self._raw(view, upload)
            case Verb.FRAMES:
                found = self._framed(view, upload)
            case Verb.REQUEST if view.happened.of != view.name:
                upload.moved(NOT_KNOWN)
                found = []
            case _:
                found = []
        if not view.quiet and view.verb is not Verb.RETRIEVE:
            upload.restless = True
        return found

    def race(self, views: list[View]) -> list[Violation]:
        """Take appends in that were made together."""
        upload = self.of(views[0])
        return self._appends.race(views, upload)

    def _learn_limits(self, view: View, upload: UploadState) -> None:
        for message in (*view.announcements, *((view.final,) if view.final is not None else ())):
            told = sf.parse_dictionary(message.values("Upload-Limit"))
            if isinstance(told, dict):
                upload.known |= told.keys()
                values = (told.get(key) for key in _LIMITS)
                real = any(isinstance(each, sf.Item) and each.value for each in values)
                upload.limited = upload.limited or real

    def _create(self, view: View, upload: UploadState) -> list[Violation]:
        request, sent = view.request, view.request.handed
        upload.restless = not view.quiet
        if not view.ordinary:
            return self._odd_creation(view, upload)
        if view.final is None or view.success:
            self._learn_length(view, upload)
        completing = view.asked_complete is True
        if view.success and view.whole:
            ended = completing or may_be_ended(view, upload, sent, self._draft)
            upload.moved(complete_at(sent) if ended else active_at(sent))
            if view.complete is False and completing:
                upload.possible = upload.possible.or_else(active_at(sent))
            if ends_early(view, self._draft):
                upload.possible = upload.possible.or_else(complete_at(sent))
            if not completing and isinstance(view.offset, int):
                upload.told = sent
            return []
        kept = Possible(active=(0, sent), gone=True)
        if may_be_whole(view, upload, sent, self._draft):
            kept = kept.or_else(complete_at(sent))
        upload.moved(kept)
        upload.cut = completing and not request.complete
        return []

    def _odd_creation(self, view: View, upload: UploadState) -> list[Violation]:
        upload.moved(NOT_KNOWN)
        upload.odd_length = (
            view.asked_length is MALFORMED
            and view.asked_complete is False
            and view.request.complete
        )
        return []

    def _learn_length(self, view: View, upload: UploadState) -> None:
        asked = view.asked_length
        if isinstance(asked, int) and self._draft.has("inconsistent-length-problem"):
            upload.length, upload.length_by = asked, "field"
        elif told_by_framing(view, self._draft):
            upload.length, upload.length_by = view.content_length, "creation"

    def _retrieve(self, view: View, upload: UploadState) -> list[Violation]:
        if not view.ordinary:
            return []
        if view.status in _GONE:
            upload.moved(GONE)
            return []
        if not view.success or not isinstance(view.offset, int):
            return []
        if upload.cancelled or upload.overrun:
            return self._should_be_gone(view, upload)
        complete = view.complete if isinstance(view.complete, bool) else None
        found = _wrong_framing(view, upload, view.offset)
        found = found or self._wrong_completeness(view, upload, view.offset)
        found = found or self._wrong_offset(view, upload, view.offset, complete)
        if found:
            upload.moved(NOT_KNOWN)
            return found
        if upload.possible == GONE:
            upload.moved(NOT_KNOWN)  # it was gone and is back; that is no matter of this model
        before = upload.possible
        upload.possible = before.seen_at(view.offset, complete)
        if before.only_complete and complete is False:
            # that only warns, and what follows is in order if it is taken at its word
            upload.possible = upload.possible.or_else(active_at(view.offset))
        if upload.restless and before.active is not None and upload.possible.active is not None:
            # what was still under way may be counted yet
            upload.possible = replace(
                upload.possible, active=(view.offset, before.active[1]), complete=before.complete
            )
        if upload.possible.active is None and upload.possible.complete is None:
            upload.possible = NOT_KNOWN
        upload.told = view.offset
        return []

    def _should_be_gone(self, view: View, upload: UploadState) -> list[Violation]:
        requirement = (
            "RUFH-CANCEL-DEACTIVATE" if upload.cancelled else "RUFH-APPEND-OVERLENGTH-INVALIDATE"
        )
        upload.cancelled = upload.overrun = False
        upload.moved(NOT_KNOWN)
        said = f"{view.status} to a retrieval"
        return [view.violation(requirement, "alive", said, "{status: {not: 2xx}}", str(GONE))]

    def _wrong_completeness(self, view: View, upload: UploadState, offset: int) -> list[Violation]:
        possible = upload.possible
        if view.complete is not True or possible.active is None:
            return []
        if possible.complete is not None and (
            self._draft.has("early-response")  # the target may have ended it by an answer
            or possible.may_be_complete_at(offset)
            or not possible.may_be_active_at(offset)
        ):
            return []
        said, expect = f"complete at offset {offset}", "{on: 2xx, complete: {not: true}}"
        if upload.suspects:
            blamed: tuple[str, ...] = upload.suspects
        elif upload.cut:
            blamed = ("SUITE-INTEGRITY-CUT-NOT-COMPLETE",)
        elif offset == upload.length or offset in upload.hints:
            blamed = ("RUFH-LENGTH-NOT-COMPLETION",)
        else:
            blamed = ("RUFH-RETRIEVE-COMPLETE-TOO-EARLY",)
        return [view.violation(each, "complete", said, expect, str(possible)) for each in blamed]

    def _wrong_offset(
        self, view: View, upload: UploadState, offset: int, complete: bool | None
    ) -> list[Violation]:
        possible = upload.possible
        if possible.may_be_active_at(offset) or possible.may_be_complete_at(offset):
            return []
        if possible == GONE:
            return []
        low, high = _extent(possible)
        span = f"{low} B" if low == high else f"{low} B..{high} B"
        expect = f"{{on: 2xx, Upload-Offset: {span}}}"
        said = f"Upload-Offset {offset}"
        if possible.only_complete and upload.told is not None:
            blamed = "SUITE-INTEGRITY-COMPLETED-UNCHANGED"
        elif upload.refused and possible.exact is not None:
            blamed = "SUITE-INTEGRITY-REFUSED-UNCHANGED"
        elif offset < low:
            blamed, expect = "SUITE-INTEGRITY-ACKNOWLEDGED-LOST", _at_least(low)
        else:
            blamed, expect = "SUITE-INTEGRITY-BEYOND-SENT", _at_most(high)
        return [view.violation(blamed, "offset", said, expect, str(possible))]

    def _cancel(self, view: View, upload: UploadState) -> list[Violation]:
        if view.ordinary and view.success and view.status != 202:
            upload.moved(GONE)
            upload.cancelled = True
        elif view.status in _GONE and view.ordinary:
            upload.moved(GONE)
        elif view.exchange.end is not End.FINAL or not view.ordinary:
            upload.moved(upload.possible.perhaps_gone())
        return []

    def _raw(self, view: View, upload: UploadState) -> list[Violation]:
        before = upload.possible
        upload.moved(NOT_KNOWN)
        span = raw_span(view.happened.step)
        if span is None or not falls_short(span, upload.hints):
            return []
        if view.label == "trailer" and before.complete is None:
            upload.moved(Possible(active=NOT_KNOWN.active))
            upload.suspects = ("HTTP-TRAILER-NOT-MERGED",)
        at = before.exact
        if view.label == "two-framings" and at is not None and not upload.restless:
            upload.either = (at, span[1]) if span[0] == at else None
        return []

    def _framed(self, view: View, upload: UploadState) -> list[Violation]:
        """Take an append in frames in: what is behind its end, or padding, is not content."""
        before, span = upload.possible.exact, framed_span(view.happened.step)
        upload.moved(NOT_KNOWN)
        if view.label == "malformed" or before is None or upload.restless:
            return []
        if span is not None and span[0] == before and falls_short(span, upload.hints):
            upload.moved(Possible(active=span, gone=True))
        return []


def _wrong_framing(view: View, upload: UploadState, offset: int) -> list[Violation]:
    """Look at what became of a request that told its length in two ways."""
    if upload.either is None or offset in upload.either:
        return []
    refused, accepted = upload.either
    said = f"Upload-Offset {offset}, by the wrong one of two framings"
    expect = f"{{on: 2xx, Upload-Offset: {{one-of: [{refused} B, {accepted} B]}}}}"
    return [view.violation("H1-TE-CL-CLOSE", "offset", said, expect)]


def _learn_hints(view: View, upload: UploadState) -> None:
    if isinstance(view.asked_length, int):
        upload.hints.add(view.asked_length)
    if view.asked_complete is True and view.content_length is not None:
        at = view.asked_offset if isinstance(view.asked_offset, int) else 0
        upload.hints.add(at + view.content_length)


def _extent(possible: Possible) -> tuple[int, int]:
    intervals = [each for each in (possible.active, possible.complete) if each is not None]
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _at_least(low: int) -> str:
    return f"{{on: 2xx, Upload-Offset: {{min: {low} B}}}}"


def _at_most(high: int) -> str:
    return f"{{on: 2xx, Upload-Offset: {{max: {high} B}}}}"
