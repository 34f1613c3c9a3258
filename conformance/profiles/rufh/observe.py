"""From what happened on the wire to what it means for each upload.

An upload is known by the absolute URL of its upload resource: the Location of a 104 or of a
successful final response to its creation. Everything here follows from the transcript and the
draft alone, so that standing rules, scores and searches see the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.protocols import MALFORMED, Malformed
from conformance.model.transcript import End, Framing
from conformance.profiles.rufh.drafts import VERSION_FIELD
from conformance.profiles.rufh.observations import (
    Acknowledged,
    Announced,
    Cancelled,
    Completed,
    Created,
    Lost,
    Observations,
    OffsetSeen,
)
from conformance.syntax import sf, uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.model.transcript import Exchange, Message, Transcript
    from conformance.profiles.rufh.drafts import Draft
    from conformance.profiles.rufh.observations import Observation


def completeness(message: Message, draft: Draft) -> bool | Malformed | None:
    """Read the completeness field in the draft's name and sense; None if absent."""
    return _complete(message.values(draft.completeness_field), draft)


def request_completeness(exchange: Exchange, draft: Draft) -> bool | Malformed | None:
    """Read the completeness field of a request; None if absent."""
    return _complete(exchange.request.values(draft.completeness_field), draft)


def _complete(values: tuple[bytes, ...], draft: Draft) -> bool | Malformed | None:
    value = sf.parse_boolean(values)
    if value is None or value is MALFORMED:
        return value
    return value is not draft.completeness_inverted


def observe(transcript: Transcript, draft: Draft) -> Observations:
    """Turn a transcript into observations."""
    uploads, creations = _uploads(transcript, draft)
    found: list[Observation] = []
    for exchange in transcript.exchanges:
        upload = uploads.get(exchange.id)
        if upload is not None:
            found += _of_exchange(exchange, upload, exchange.id in creations, draft)
            found += _successes(exchange, upload, transcript, uploads, draft)
    found.sort(key=lambda each: each.moment)
    return Observations(all=tuple(found), uploads=uploads, creations=creations)


def _uploads(transcript: Transcript, draft: Draft) -> tuple[dict[int, str], frozenset[int]]:
    known: set[str] = set()
    uploads: dict[int, str] = {}
    creations: set[int] = set()
    for exchange in transcript.exchanges:
        if exchange.request.values(draft.completeness_field) or _interim_location(exchange):
            created = _location(exchange)
            own = uri.resolve(exchange.request.url, "")
            if created is not None and own not in known:
                known.add(created)
                uploads[exchange.id] = created
                creations.add(exchange.id)
    for exchange in transcript.exchanges:
        own = uri.resolve(exchange.request.url, "")
        if exchange.id not in uploads and own is not None and own in known:
            uploads[exchange.id] = own
    return uploads, frozenset(creations)


def _interim_location(exchange: Exchange) -> bool:
    return any(each.status == 104 and each.values("Location") for each in exchange.interims)


def _location(exchange: Exchange) -> str | None:
    candidates = [each for each in exchange.interims if each.status == 104]
    if exchange.final is not None and 200 <= exchange.final.status < 300:
        candidates.append(exchange.final)
    for message in candidates:
        values = message.values("Location")
        if len(values) == 1:
            return uri.resolve(exchange.request.url, values[0])
    return None


def _of_exchange(
    exchange: Exchange, upload: str, creation: bool, draft: Draft
) -> Iterator[Observation]:
    asked = exchange.request.head_at
    if asked is None:
        return
    if creation:
        first = next(iter(_messages(exchange)))
        yield Created(upload=upload, exchange=exchange.id, moment=first.at)
    for message in _messages(exchange):
        if message.status == 104 and message.values("Location"):
            yield Announced(upload=upload, exchange=exchange.id, moment=message.at)
        value = _offset(message)
        if value is not None:
            yield OffsetSeen(
                upload=upload,
                exchange=exchange.id,
                moment=message.at,
                value=value,
                status=message.status,
                asked=asked,
                sent_before=message.sent_before,
            )
            yield Acknowledged(
                upload=upload, exchange=exchange.id, moment=message.at, offset=value, by="offset"
            )
    yield from _outcome(exchange, upload, draft)


def _messages(exchange: Exchange) -> tuple[Message, ...]:
    return (*exchange.interims, *((exchange.final,) if exchange.final is not None else ()))


def _offset(message: Message) -> int | None:
    """Return the offset a response tells of an active upload."""
    if message.status not in (104, 409) and not 200 <= message.status < 300:
        return None
    value = sf.parse_integer(message.values("Upload-Offset"))
    return value if isinstance(value, int) and value >= 0 else None


def _outcome(exchange: Exchange, upload: str, draft: Draft) -> Iterator[Observation]:
    final, method = exchange.final, exchange.request.method
    if final is None:
        return
    success = 200 <= final.status < 300
    retrieval = method in ("HEAD", "GET")
    believed = success if retrieval else _completes(exchange, draft)
    if completeness(final, draft) is True and believed:
        by = "retrieval" if retrieval else "answer"
        yield Completed(upload=upload, exchange=exchange.id, moment=final.at, by=by)
    if method == "DELETE" and success:
        yield Cancelled(upload=upload, exchange=exchange.id, moment=final.at)
    if final.status in (404, 410):
        yield Lost(upload=upload, exchange=exchange.id, moment=final.at)


def _completes(exchange: Exchange, draft: Draft) -> bool:
    """Tell whether an answer that says complete means it.

    The texts of 4 to 6 ask for that value on the answer to an append that goes on, by mistake; from
    9 on a target may complete an upload by its answer. A request in another version may be answered
    by the text of that one.
    """
    if request_completeness(exchange, draft) is True:
        return True
    versions = exchange.request.values(VERSION_FIELD)
    return draft.has("early-response") and versions == (str(draft.number).encode(),)


def _successes(
    exchange: Exchange,
    upload: str,
    transcript: Transcript,
    uploads: Mapping[int, str],
    draft: Draft,
) -> Iterator[Acknowledged]:
    """Yield the acknowledgement that lies in a success, if no other request could interfere."""
    final, request = exchange.final, exchange.request
    if final is None or not 200 <= final.status < 300 or not request.complete:
        return
    if not request.handed or exchange.end is not End.FINAL or not position_known(exchange):
        return
    if final.sent_before < request.handed:
        return  # an answer before the end of the content acknowledges nothing after it
    if _offset(final) is not None:
        return  # the offset it tells is what it acknowledges
    others = (
        other
        for other in transcript.exchanges
        if other.id != exchange.id and uploads.get(other.id) == upload and other.request.handed
    )
    if any(_overlap(exchange, other) for other in others):
        return
    if _completed_before(exchange, upload, transcript, uploads, draft):
        return  # the answer to the upload given once more: nothing was taken in
    yield Acknowledged(
        upload=upload,
        exchange=exchange.id,
        moment=final.at,
        offset=request.at_offset + request.handed,
        by="success",
    )


def _completed_before(
    exchange: Exchange,
    upload: str,
    transcript: Transcript,
    uploads: Mapping[int, str],
    draft: Draft,
) -> bool:
    """Tell whether an upload had been completed with success before a request began."""
    begun = exchange.request.head_at
    if begun is None:
        return False
    return any(
        other.final is not None
        and other.final.at < begun
        and 200 <= other.final.status < 400
        and other.request.complete
        and request_completeness(other, draft) is True
        for other in transcript.exchanges
        if other.id != exchange.id and uploads.get(other.id) == upload
    )


def plainly_framed(exchange: Exchange) -> bool:
    """Tell whether a request's framing fields agree with each other and with what was sent."""
    request = exchange.request
    lengths = request.values("Content-Length")
    if request.values("Transfer-Encoding"):
        return not lengths and request.framing is Framing.CHUNKED
    if request.framing is Framing.CONTENT_LENGTH:
        return len(lengths) == 1 and lengths[0] == str(request.declared).encode("ascii")
    return not lengths or request.framing is Framing.NONE


def position_known(exchange: Exchange) -> bool:
    """Tell whether a request said unmistakably where its content belongs."""
    request = exchange.request
    if request.framing is Framing.RAW or not request.method or not plainly_framed(exchange):
        return False
    values = request.values("Upload-Offset")
    if not values:
        return request.method != "PATCH"
    return sf.parse_integer(values) == request.at_offset


def _overlap(one: Exchange, other: Exchange) -> bool:
    """Tell whether two exchanges were under way at the same time."""
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Exchange, other: Exchange) -> bool:
    begun, ended = one.request.head_at, other.ended
    return begun is not None and (ended is None or begun < ended)
