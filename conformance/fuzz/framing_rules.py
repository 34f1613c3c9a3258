"""Rules about HTTP itself: requests written wrong, connections used again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.fuzz.raw import falls_short, raw_span
from conformance.model.transcript import End

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fuzz.drive import Played
    from conformance.fuzz.upload import UploadState
    from conformance.fuzz.view import View, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """A request that must be answered 400 (or one of a few other codes)."""

    requirement: str
    status: tuple[int, ...] = (400,)


#: refusals by somebody who looked at something else first: rights, the host, sizes, load
_OTHERS: Final = frozenset({401, 403, 407, 414, 421, 429, 431, 503})
_REFUSED: Final = {
    "hostless": _Refusal(requirement="H1-HOST-400"),
    "two-hosts": _Refusal(requirement="H1-HOST-400"),
    "spaced": _Refusal(requirement="H1-SPACE-BEFORE-COLON-400"),
    "length-letters": _Refusal(requirement="H1-CL-INVALID-400"),
    "length-plus": _Refusal(requirement="H1-CL-INVALID-400"),
    "length-negative": _Refusal(requirement="H1-CL-INVALID-400"),
    "length-differs": _Refusal(requirement="H1-CL-INVALID-400"),
}


def written_wrong(view: View, _: UploadState) -> Iterator[Violation]:
    """Requests no server may take."""
    refusal = _REFUSED.get(view.label)
    if refusal is not None and view.final is not None and view.status not in refusal.status:
        if view.status in _OTHERS:
            return
        said, expect = f"{view.status}", f"{{status: {refusal.status[0]}}}"
        yield view.violation(refusal.requirement, view.label, said, expect)
    coding = view.request.values("Transfer-Encoding")
    wrong = (b"chunked, identity",), (b"chunked, gzip",)
    if coding in wrong and view.final is not None and 200 <= view.status < 300:
        said, expect = f"{view.status}", "{status: [400, 501]}"
        yield view.violation("H1-TE-NOT-CHUNKED-400", "coding", said, expect)


_HIDDEN: Final = {
    "folded": "H1-OBS-FOLD-REQUEST",
    "bare-cr": "H1-BARE-CR-REQUEST",
    "nul": "HTTP-FIELD-VALUE-CONTROL",
}


def misread(view: View, _: UploadState) -> Iterator[Violation]:
    """A version that is none must not count; a 104 tells that it did."""
    blamed = _HIDDEN.get(view.label)
    if blamed is not None and view.announcements:
        said, expect = "104, because of a field that is none", "{none: interim 104}"
        yield view.violation(blamed, "hidden", said, expect)


def malformed(view: View, _: UploadState) -> Iterator[Violation]:
    """A malformed HTTP/2 request must not be served, whatever is done instead."""
    if view.label == "malformed" and view.success:
        said, expect = f"{view.status}", "{ends: {not: 2xx}}"
        yield view.violation("H2-MALFORMED-REFUSED", "malformed", said, expect)


def _fits(view: View, upload: UploadState) -> bool:
    """Tell whether an append in raw octets would be in order without what it says more."""
    span = raw_span(view.happened.step)
    if span is None or upload.limited or upload.restless or upload.told != span[0]:
        return False
    return upload.possible.exact == span[0] and all(span[1] <= hint for hint in upload.hints)


def obeyed(view: View, upload: UploadState) -> Iterator[Violation]:
    """Correct requests that say something more, which must not matter."""
    if view.label == "extension" and view.status == 400 and _fits(view, upload):
        said, expect = f"{view.status}", "{status: 2xx}"
        yield view.violation("H1-CHUNK-EXTENSION-IGNORED", "answer", said, expect)
    told = view.success and view.complete is True
    told = told and view.draft.has("completeness-on-append-responses")
    if view.label == "trailer" and told and falls_short(raw_span(view.happened.step), upload.hints):
        said, expect = "complete, by a trailer field", "{on: 2xx, complete: {not: true}}"
        yield view.violation("HTTP-TRAILER-NOT-MERGED", "answer", said, expect)


def connections(played: Played, views: list[View]) -> Iterator[Violation]:
    """What becomes of connections: closed where they must be, and clean where they live on."""
    answered: set[int] = set()
    for view in reversed(views):
        number = view.exchange.connection
        alive = played.transcript.connection(number).closed_by != "peer"
        if view.exchange.end is not End.FINAL:
            continue
        if view.exchange.stray and view.request.method and view.label != "closing":
            said, expect = "octets that belong to no response", "{ends: [2xx, 3xx, 4xx]}"
            yield view.violation("H1-READ-OR-CLOSE", "stray", said, expect)
        if view.label == "two-framings" and alive:
            said, expect = "the connection lives on", "{connection: closed}"
            yield view.violation("H1-TE-CL-CLOSE", "connection", said, expect)
        closing = b"close" in view.request.values("Connection")
        if view.label == "closing" and closing and number in answered:
            said, expect = "another request was answered", "{connection: closed}"
            yield view.violation("H1-CLOSE-HONOURED", "connection", said, expect)
        answered.add(number)


RULES: Final = (written_wrong, misread, malformed, obeyed)
