"""Which upload resource belongs to which step, and who may be sent the target's credentials.

Reads the protocol as far as a client must to go on: where the upload resource is (Location of the
first 104, else of the final response), which offset a response tells, how long an upload is said
to live. Judging is left to others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.syntax import sf, uri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.transcript import Exchange, Message
    from conformance.profiles.rufh.drafts import Draft

ANNOUNCEMENT = 104
_REDIRECTS = frozenset({307, 308})
_SEE_OTHER = 303


@lru_cache(maxsize=256)
def origin_of(url: str) -> str:
    """Return scheme and authority of an absolute URL, without the default port."""
    parts = urlsplit(uri.resolve(url, "") or url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def path_of(url: str) -> str:
    """Return path and query of an absolute URL, as they go into a request line."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def offset_told(message: Message | None) -> int | None:
    """Return the Upload-Offset of a response if it is a usable one."""
    offset = sf.parse_integer(message.values("Upload-Offset")) if message is not None else None
    return offset if isinstance(offset, int) and offset >= 0 else None


def redirection(exchange: Exchange) -> str | None:
    """Return where a 307 or 308 points to; None if the answer is no usable redirect."""
    final = exchange.final
    if final is None or final.status not in _REDIRECTS:
        return None
    return _location(exchange, final)


def lifetime_told(exchanges: tuple[Exchange, ...], draft: Draft) -> tuple[int, float] | None:
    """Return the last announced lifetime in seconds and the moment it was announced."""
    key = draft.age_key
    if key is None:
        return None
    found: tuple[int, float] | None = None
    for exchange in exchanges:
        for message in _responses(exchange):
            limits = sf.parse_dictionary(message.values("Upload-Limit"))
            member = limits.get(key) if isinstance(limits, dict) else None
            value = member.value if isinstance(member, sf.Item) else None
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                found = (value, message.at.at)
    return found


def _responses(exchange: Exchange) -> Iterator[Message]:
    yield from exchange.interims
    if exchange.final is not None:
        yield exchange.final


def _location(exchange: Exchange, message: Message) -> str | None:
    values = message.values("Location")
    return uri.resolve(exchange.request.url, values[0]) if len(values) == 1 else None


def succeeded(final: Message) -> bool:
    """Tell whether a final response says that the request did what it was meant to.

    That is a 2xx, or a 303 that tells complete: the target's own answer to an upload may point to
    what became of it (RFC 9110, 15.4.4; drafts -06 on, upload creation and append).
    """
    if final.status == _SEE_OTHER:
        return sf.parse_boolean(final.values("Upload-Complete")) is True
    return 200 <= final.status < 300


def complete_told(message: Message, draft: Draft) -> bool | None:
    """Return whether a response tells its upload complete, in the draft's words; None: no word."""
    value = sf.parse_boolean(message.values(draft.completeness_field))
    return value is not draft.completeness_inverted if isinstance(value, bool) else None


def speaks_as_upload(message: Message, draft: Draft) -> bool:
    """Tell whether a response bears what only an upload resource's state is told by."""
    return offset_told(message) is not None or complete_told(message, draft) is not None


def created_url(exchange: Exchange, draft: Draft, *, completing: bool) -> str | None:
    """Return the upload resource a creation made, as far as its responses tell.

    From interop version 7 on, Location of the response to a completing request speaks of the
    target's own resource and not of the upload (drafts -06 on, upload creation).
    """
    announced = _announced_url(exchange)
    if announced is not None:
        return announced
    final = exchange.final
    if final is None or not 200 <= final.status < 300:
        return None
    if not draft.has("location-always") and completing:
        complete = sf.parse_boolean(final.values(draft.completeness_field))
        if complete is not False:
            return None
    return _location(exchange, final)


def _announced_url(exchange: Exchange) -> str | None:
    announcements = (each for each in exchange.interims if each.status == ANNOUNCEMENT)
    told = (_location(exchange, each) for each in announcements)
    return next((url for url in told if url is not None), None)


def shows_upload(exchange: Exchange, url: str, draft: Draft) -> bool:
    """Tell whether a creation's responses prove that a URL they tell is an upload resource.

    A 104 does, and so does a final response with the state of an upload. Otherwise the target may
    have taken the request for an ordinary upload, and Location leads to what it stored. Where a
    draft leaves Location of a completed upload to the target, it proves nothing in any case.
    """
    if _announced_url(exchange) == url:
        return True
    final = exchange.final
    if final is None or _location(exchange, final) != url:
        return False
    results = complete_told(final, draft) is True and not draft.has("location-always")
    return speaks_as_upload(final, draft) and not results


@dataclass(frozen=True, slots=True)
class Upload:
    """What a creation told to be an upload resource.

    Attributes:
        url: absolute URL.
        gone: it was cancelled.
        shown: responses proved that it is an upload resource and not what a target made of an
            ordinary upload.
    """

    url: str
    gone: bool = False
    shown: bool = False


class Uploads:
    """The upload resources of one run by the step that created them."""

    __slots__ = ("_asked", "_by_step", "_others")

    def __init__(self) -> None:
        self._asked: set[str] = set()  # where uploads were created: never an upload to remove
        self._by_step: dict[str, Upload] = {}
        self._others: dict[str, Upload] = {}

    def learn(self, step: str, exchange: Exchange, draft: Draft, *, completing: bool) -> None:
        """Note what an exchange of a creating step tells; the first word counts.

        With ``times`` or races one step creates several; the others are kept for cleaning up.
        """
        url = created_url(exchange, draft, completing=completing)
        if url is None:
            return
        self._asked.add(exchange.request.url)
        shown = shows_upload(exchange, url, draft)
        known = self._by_step.get(step)
        if known is None or known.url == url:
            known = known or Upload(url)
            self._by_step[step] = replace(known, shown=known.shown or shown)
        else:
            before = self._others.get(url, Upload(url))
            self._others[url] = replace(before, shown=before.shown or shown)

    def follow(self, step: str, exchange: Exchange, draft: Draft) -> None:
        """Note whether an exchange with the upload of a step cancelled it, or shows what it is."""
        upload, final = self._by_step.get(step), exchange.final
        if upload is None or final is None:
            return
        itself = exchange.request.url == upload.url
        cancelled = exchange.request.method == "DELETE" and 200 <= final.status < 300
        self._by_step[step] = replace(
            upload,
            gone=upload.gone or cancelled,
            shown=upload.shown or (itself and speaks_as_upload(final, draft)),
        )

    def url(self, step: str) -> str | None:
        """Return the upload resource a step created, if known."""
        upload = self._by_step.get(step)
        return upload.url if upload is not None else None

    def urls(self) -> dict[str, str]:
        """Return all known upload resources by step."""
        return {step: upload.url for step, upload in self._by_step.items()}

    def remaining(self) -> tuple[Upload, ...]:
        """Return all that may still be there and may be an upload resource."""
        found: dict[str, Upload] = {}
        for upload in (*self._by_step.values(), *self._others.values()):
            if upload.url not in self._asked and not upload.gone:
                shown = upload.shown or (upload.url in found and found[upload.url].shown)
                found[upload.url] = replace(upload, shown=shown)
        return tuple(found.values())


class Trust:
    """Keeps credentials and the target's own fields away from origins nobody listed."""

    __slots__ = ("_names", "_origins")

    def __init__(self, origin: str, fields: tuple[tuple[str, str], ...], listed: tuple[str, ...]):
        self._origins = frozenset({origin_of(origin), *(origin_of(each) for each in listed)})
        self._names = frozenset({"authorization", "cookie", *(name.lower() for name, _ in fields)})

    def trusts(self, url: str) -> bool:
        """Tell whether a URL may be sent credentials."""
        return origin_of(url) in self._origins

    def allowed(self, name: str, url: str) -> bool:
        """Tell whether a field may be sent to a URL."""
        return name.lower() not in self._names or self.trusts(url)
