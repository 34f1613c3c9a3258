"""A second, naive judge that reads nothing but the bare history of observations.

It shares no reasoning with the model: offsets never go back, an offset that was told is accepted if
nothing intervened, nothing changes after completion or cancellation, and what is stored is what
was sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.fuzz.view import Violation
from conformance.model.scenario import ExchangeStep, ReadBackStep, TogetherStep, Verb
from conformance.model.transcript import End
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.observations import Acknowledged, Cancelled, Completed, OffsetSeen
from conformance.profiles.rufh.observe import completeness, request_completeness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.fuzz.drive import Happened, Played
    from conformance.fuzz.view import View
    from conformance.profiles.rufh.observations import Observations


def judge_history(played: Played, views: list[View], seen: Observations) -> Iterator[Violation]:
    """Judge what was observed of every upload."""
    by_exchange = {view.exchange.id: view for view in views}
    for upload in dict.fromkeys(seen.uploads.values()):
        events = [each for each in seen.all if each.upload == upload]
        yield from _backwards(events, by_exchange)
        yield from _after_the_end(events, by_exchange)
    yield from _stored(played)


def _backwards(events: Sequence[object], views: dict[int, View]) -> Iterator[Violation]:
    """An offset told later is not smaller than what was promised before it was asked for."""
    promised = [each for each in events if isinstance(each, Acknowledged)]
    for later in events:
        if not isinstance(later, OffsetSeen) or later.exchange not in views:
            continue
        before = [each.offset for each in promised if each.moment < later.asked]
        if before and later.value < max(before):
            yield views[later.exchange].violation(
                "SUITE-INTEGRITY-ACKNOWLEDGED-LOST",
                "offset",
                f"Upload-Offset {later.value} after {max(before)} had been acknowledged",
                f"{{on: [2xx, 409], Upload-Offset: {{min: {max(before)} B}}}}",
            )
            return


def _after_the_end(events: Sequence[object], views: dict[int, View]) -> Iterator[Violation]:
    """Nothing is appended to an upload that an answer called complete; none comes back."""
    done: Completed | Cancelled | None = None
    before: View | None = None
    for event in events:
        view = views.get(event.exchange) if isinstance(event, OffsetSeen | Completed) else None
        if isinstance(event, Completed | Cancelled) and done is None:
            done = event
        if not isinstance(event, OffsetSeen) or done is None or view is None:
            continue
        orderly = view.verb is Verb.RETRIEVE and view.ordinary and view.success
        if not orderly or event.exchange == done.exchange or event.asked < done.moment:
            continue
        if isinstance(done, Cancelled):
            said, expect = f"{event.status} after the cancellation", "{status: {not: 2xx}}"
            yield view.violation("RUFH-CANCEL-DEACTIVATE", "alive", said, expect)
            return
        if event.status != view.status or done.exchange not in views:
            continue
        if before is not None and view.offset != before.offset:
            yield _changed(view, before, views[done.exchange])
            return
        before = view


def _changed(view: View, before: View, done: View) -> Violation:
    """Return what an offset shows that is another one than before.

    Neither number nor completeness is a matter of course: a correct server need not have called
    the upload complete. So the check refers to the earlier offset and rests on the answer.
    """
    said = f"Upload-Offset {view.offset}, and {before.offset} before, of a complete upload"
    expect = f"{{on: 2xx, Upload-Offset: ${before.name}.Upload-Offset}}"
    found = view.violation("SUITE-INTEGRITY-COMPLETED-UNCHANGED", "offset", said, expect)
    return replace(found, rests_on=done.name)


def _stored(played: Played) -> Iterator[Violation]:
    """What was stored of a completed upload is what was sent."""
    for number, each in enumerate(played.happened):
        if each.stored is None or not each.stored.found or not isinstance(each.step, ReadBackStep):
            continue
        before = played.happened[:number]
        if not _plainly_made(each, before) or _done_before(each, before, played):
            continue
        sent = _sent(each, before)
        if sent != played.content.size:
            continue
        if each.stored.length != sent or each.stored.octets != played.content.slice(0, sent):
            yield Violation(
                requirement="SUITE-INTEGRITY-STORED",
                step=each.step.name,
                label="octets",
                said=f"{each.stored.length} octets stored, {sent} sent, or others than were sent",
                expect="{equals: content}",
            )


def _plainly_made(stored: Happened, before: tuple[Happened, ...]) -> bool:
    """Tell whether every request about the upload says unmistakably what is to be stored.

    Octets are a function of their position only, so it does not matter which request brought them.
    """
    for each in before:
        if each.of != stored.of or each.exchange is None:
            continue
        step = each.step
        if isinstance(step, TogetherStep) or not isinstance(step, ExchangeStep):
            return False
        literal = step.verb in (Verb.OCTETS, Verb.FRAMES, Verb.REQUEST)
        if (literal and not step.name.startswith("padded-")) or _odd_fields(step):
            return False
        asked = each.exchange.request.values("Upload-Offset")
        ranges = each.exchange.request.ranges
        if asked and ranges and asked[0] != str(ranges[0].start).encode():
            return False
    return True


def _done_before(stored: Happened, before: tuple[Happened, ...], played: Played) -> bool:
    """Tell whether the upload was complete before the request that is said to have completed it.

    What comes after completion adds nothing, even where it is answered with success.
    """
    assert isinstance(stored.step, ReadBackStep)  # noqa: S101 - the caller looked
    draft = DRAFTS[played.plan.draft]
    for each in before:
        if each.step.name in stored.step.given:
            return False
        exchange = each.exchange
        if each.of != stored.of or exchange is None or exchange.final is None:
            continue
        if not 200 <= exchange.final.status < 300:
            continue
        asked = request_completeness(exchange, draft) is True
        if asked or completeness(exchange.final, draft) is True:
            return True
    return False


def _odd_fields(step: ExchangeStep) -> bool:
    return any(not name.startswith(("X-", "Want-", "Expect")) for name, _ in step.fields)


def _sent(stored: Happened, before: tuple[Happened, ...]) -> int | None:
    """Return where the completing request ended."""
    step = stored.step
    given = step.given[-1] if isinstance(step, ReadBackStep) and step.given else ""
    for each in before:
        exchange = each.exchange
        if each.step.name != given or exchange is None or exchange.end is not End.FINAL:
            continue
        if exchange.final is None or not 200 <= exchange.final.status < 300:
            return None
        return exchange.request.at_offset + exchange.request.handed
    return None
