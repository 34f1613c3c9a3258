"""Which upload resource belongs to which step, and who may be sent the target's credentials.

Reads the protocol as far as a client must to go on: where the upload resource is (Location of the
first 104, else of the final response), which offset a response tells, how long an upload is said
to live. Judging is left to others.
"""

from __future__ import annotations

from dataclasses import dataclass
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


def created_url(exchange: Exchange, draft: Draft, *, completing: bool) -> str | None:
    """Return the upload resource a creation made, as far as its responses tell.

    From interop version 7 on, Location of the response to a completing request speaks of the
    target's own resource and not of the upload (drafts -06 on, upload creation).
    """
    for message in exchange.interims:
        if message.status == ANNOUNCEMENT:
            url = _location(exchange, message)
            if url is not None:
                return url
    final = exchange.final
    if final is None or not 200 <= final.status < 300:
        return None
    if not draft.has("location-always") and completing:
        complete = sf.parse_boolean(final.values(draft.completeness_field))
        if complete is not False:
            return None
    return _location(exchange, final)


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload resource.

    Attributes:
        url: absolute URL.
        gone: it was cancelled.
    """

    url: str
    gone: bool = False


class Uploads:
    """The upload resources of one run by the step that created them."""

    __slots__ = ("_by_step", "_others")

    def __init__(self) -> None:
        self._by_step: dict[str, Upload] = {}
        self._others: dict[str, None] = {}

    def learn(self, step: str, exchange: Exchange, draft: Draft, *, completing: bool) -> None:
        """Note what an exchange of a creating step tells; the first word counts.

        With ``times`` or races one step creates several; the others are kept for cleaning up.
        """
        url = created_url(exchange, draft, completing=completing)
        if url is None:
            return
        if step not in self._by_step:
            self._by_step[step] = Upload(url)
        elif self._by_step[step].url != url:
            self._others[url] = None

    def follow(self, step: str, exchange: Exchange) -> None:
        """Note whether an exchange with the upload of a step cancelled it."""
        upload, final = self._by_step.get(step), exchange.final
        if upload is None or final is None:
            return
        if exchange.request.method == "DELETE" and 200 <= final.status < 300:
            self._by_step[step] = Upload(upload.url, gone=True)

    def url(self, step: str) -> str | None:
        """Return the upload resource a step created, if known."""
        upload = self._by_step.get(step)
        return upload.url if upload is not None else None

    def urls(self) -> dict[str, str]:
        """Return all known upload resources by step."""
        return {step: upload.url for step, upload in self._by_step.items()}

    def remaining(self) -> tuple[str, ...]:
        """Return the URLs of all uploads that may still be there."""
        known = {upload.url: None for upload in self._by_step.values() if not upload.gone}
        return tuple(known | self._others)


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
