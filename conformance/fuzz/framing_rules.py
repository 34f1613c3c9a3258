"""Rules about HTTP/1.1 itself: requests written wrong, connections used again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.model.scenario import ExchangeStep
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
        if view.status in (429, 503):
            return
        said, expect = f"{view.status}", f"{{status: {refusal.status[0]}}}"
        yield view.violation(refusal.requirement, view.label, said, expect)
    coding = view.request.values("Transfer-Encoding")
    wrong = (b"chunked, identity",), (b"chunked, gzip",)
    if coding in wrong and view.final is not None and 200 <= view.status < 300:
        said, expect = f"{view.status}", "{status: [400, 501]}"
        yield view.violation("H1-TE-NOT-CHUNKED-400", "coding", said, expect)


def obeyed(view: View, _: UploadState) -> Iterator[Violation]:
    """Correct requests that say something more, which must not matter."""
    if view.label == "extension" and view.final is not None and 400 <= view.status < 500:
        if view.status == 400:
            said, expect = f"{view.status}", "{status: 2xx}"
            yield view.violation("H1-CHUNK-EXTENSION-IGNORED", "answer", said, expect)
    if view.label == "trailer" and 200 <= view.status < 300 and view.complete is True:
        said, expect = "complete, by a trailer field", "{on: 2xx, complete: {not: true}}"
        yield view.violation("HTTP-TRAILER-NOT-MERGED", "answer", said, expect)


def reused(played: Played, views: list[View]) -> Iterator[Violation]:
    """Connections that were used again although something was wrong with them.

    A refused request of which a part had not been read must end the connection, or the rest has
    to be read: else the next request is answered for what is left.
    """
    by_name = {view.name: view for view in views}
    for view in views:
        step = view.happened.step
        before = by_name.get(step.over or "") if isinstance(step, ExchangeStep) else None
        if before is None or before.exchange.connection != view.exchange.connection:
            continue
        if before.exchange.end is End.FINAL and before.exchange.stray:
            said = "octets that belong to no response"
            expect = "{ends: [2xx, 3xx, 4xx]}"
            yield view.violation("H1-READ-OR-CLOSE", "stray", said, expect)


RULES: Final = (written_wrong, obeyed)
