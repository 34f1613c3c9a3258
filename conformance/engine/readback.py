"""Fetches what a target stored, by the way in the user declared.

Servers may process an upload after they answered, so each way is asked again until what is there
has the expected length or the time is over. What was found last counts. Everything found is
bounded, and nothing a target names reaches a shell or leaves the declared folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from conformance.engine.storedfiles import search_folder
from conformance.engine.uploads import path_of
from conformance.model.transcript import CONTENT_KEPT, Exchange, Stored
from conformance.syntax import sf, uri

if TYPE_CHECKING:
    from conformance.engine.target import ReadBackWish
    from conformance.model.content import Content

#: GETs or HEADs a URL with extra field lines, bounded in seconds
Fetch = Callable[[str, str, tuple[tuple[str, str], ...], float], Awaitable[Exchange]]

_COMMAND_OUTPUT = 64 * 1024 * 1024
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4)
_REGEX_INPUT = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for.

    Attributes:
        upload: URL of the upload resource, if there is one.
        exchange: the exchange whose response should tell where the octets are.
        earlier: others whose responses may tell it if that one does not, the best first.
        creation: the exchange that created the upload; the first if there is no other.
        content: the representation data that was to be stored.
        marked: requests put marks on their octets, so that the digest is not known beforehand.
        began: wall clock of the run's begin; older files are not ours.
    """

    upload: str | None
    exchange: Exchange | None
    content: Content
    marked: bool
    began: float
    earlier: tuple[Exchange, ...] = ()
    creation: Exchange | None = None

    @property
    def asked(self) -> Exchange | None:
        """Return the exchange that is known to have asked for the upload."""
        return self.creation or self.exchange


async def read_back(
    wish: ReadBackWish, sought: Sought, fetch: Fetch, *, within: float, patience: float = 10.0
) -> Stored:
    """Return what is stored, asking again until it has the expected length or time is over.

    Args:
        wish: the way in.
        sought: what is looked for.
        fetch: makes an exchange that is not part of the transcript.
        within: seconds to keep looking, already scaled.
        patience: seconds one look may take, however little time is left.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + within
    attempt = 0
    while True:
        stored = await _look(wish, sought, fetch, max(patience, end - clock()))
        settled = stored.found and stored.length == sought.content.size
        pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
        if settled or clock() + pause >= end:
            return stored
        attempt += 1
        await asyncio.sleep(pause)


async def _look(wish: ReadBackWish, sought: Sought, fetch: Fetch, left: float) -> Stored:
    if wish.folder:
        return await search_folder(
            wish.folder,
            sought.content,
            marked=sought.marked,
            identifier=identifier(wish, sought),
            began=sought.began,
        )
    if wish.command:
        return await _run_command(wish, sought, left)
    url = stored_url(wish, sought)
    if url is None:
        where = wish.field or wish.id_from
        untold = f"no success about the upload told the identifier ({where})"
        return Stored(way=wish.words, found=False, detail=untold)
    if wish.digest and not wish.url:
        return await _ask_digest(url, sought, fetch, left)
    return _stored_by(url, await fetch("GET", url, (), left))


def _stored_by(url: str, exchange: Exchange) -> Stored:
    final = exchange.final
    way = f"GET {url}"
    if final is None:
        return Stored(way=way, found=False, detail=f"no answer: {exchange.detail or exchange.end}")
    if final.status != 200 or final.content is None:
        return Stored(way=way, found=False, detail=f"answered {final.status}")
    if not final.content.complete:
        return Stored(
            way=way, found=False, detail=f"the answer broke off: {exchange.detail or exchange.end}"
        )
    content = final.content
    return Stored(
        way=way,
        found=True,
        octets=content.octets,
        length=content.length,
        sha256=content.sha256 or hashlib.sha256(content.octets).digest(),
    )


async def _ask_digest(url: str, sought: Sought, fetch: Fetch, left: float) -> Stored:
    exchange = await fetch("HEAD", url, (("Want-Repr-Digest", "sha-256=10"),), left)
    final = exchange.final
    way = f"Repr-Digest of HEAD {url}"
    told = sf.parse_dictionary(final.values("Repr-Digest")) if final is not None else None
    member = told.get("sha-256") if isinstance(told, dict) else None
    digest = member.value if isinstance(member, sf.Item) else None
    if not isinstance(digest, bytes):
        answer = f"{final.status} " if final is not None else ""
        return Stored(way=way, found=False, detail=f"the answer {answer}has no sha-256 digest")
    same = digest == sought.content.sha256()
    return Stored(
        way=way,
        found=True,
        length=sought.content.size if same else 0,
        sha256=digest,
        detail="" if same else "only the digest is known",
    )


def stored_url(wish: ReadBackWish, sought: Sought) -> str | None:
    """Return the URL of the stored representation; None if its identifier is not known."""
    if not wish.url:
        return sought.upload
    found = identifier(wish, sought)
    if found is None and ("{id}" in wish.url):
        return None
    upload = sought.upload or (sought.asked.request.url if sought.asked else "")
    if "{url}" in wish.url and not upload:
        return None
    text = (
        wish.url.replace("{id}", quote(found or "", safe="-._~"))
        .replace("{url}", upload)
        .replace("{path}", path_of(upload) if upload else "")
    )
    base = sought.asked.request.url if sought.asked is not None else upload
    return uri.resolve(base, text) if base else text


def identifier(wish: ReadBackWish, sought: Sought) -> str | None:
    """Return the identifier of what is stored, from where the user says it is told."""
    match wish.id_from:
        case "location" if sought.upload:
            return _read(wish, sought.upload)
        case "put-path":
            return _read(wish, sought.asked.request.url) if sought.asked is not None else None
        case _:
            tellers = (*((sought.exchange,) if sought.exchange else ()), *sought.earlier)
            told = (_told(wish, each) for each in tellers)
            return next((found for found in told if found is not None), None)


def _told(wish: ReadBackWish, exchange: Exchange) -> str | None:
    """Return the identifier that one response tells."""
    match wish.id_from:
        case "location":
            value = _field(exchange, "Location") or _field(exchange, "Content-Location")
        case "content-location":
            value = _field(exchange, "Content-Location")
        case "field":
            value = _field(exchange, wish.field)
        case _:
            final = exchange.final
            octets = final.content.octets if final is not None and final.content else b""
            return _matched(wish.pattern, octets[:_REGEX_INPUT].decode("utf-8", "replace"))
    return _read(wish, value) if value is not None else None


def _read(wish: ReadBackWish, value: str) -> str | None:
    """Return the identifier that a value holds."""
    if wish.pattern:
        return _matched(wish.pattern, value)
    if wish.id_from == "field" and "/" not in value:
        return value
    return unquote(urlsplit(value).path.rstrip("/").rpartition("/")[2]) or None


def _field(exchange: Exchange | None, name: str) -> str | None:
    final = exchange.final if exchange is not None else None
    value = final.value(name) if final is not None else None
    return value.decode("latin-1")[:4096] if value else None


def _matched(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    if found is None:
        return None
    return found.group(1) if found.re.groups else found.group()


async def _run_command(wish: ReadBackWish, sought: Sought, left: float) -> Stored:
    found = identifier(wish, sought)
    upload = sought.upload or ""
    values = {"{id}": found or "", "{url}": upload, "{path}": path_of(upload) if upload else ""}
    argv = [_filled(argument, values) for argument in wish.command]
    way = f"command {argv[0]}"
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        return Stored(way=way, found=False, detail=f"cannot be started: {error.strerror}")
    try:
        async with asyncio.timeout(left):
            octets, status = await _output(process)
    except TimeoutError:
        return Stored(way=way, found=False, detail=f"not finished within {left:.1f} s")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if octets is None:
        return Stored(way=way, found=False, detail=f"more than {_COMMAND_OUTPUT} octets of output")
    if status:
        return Stored(way=way, found=False, detail=f"ended with exit status {status}")
    return Stored(
        way=way,
        found=True,
        octets=octets[:CONTENT_KEPT],
        length=len(octets),
        sha256=hashlib.sha256(octets).digest(),
    )


def _filled(argument: str, values: dict[str, str]) -> str:
    """Replace the placeholders of one argument in one go, so that no value is replaced again."""
    return re.sub(r"\{(?:id|url|path)\}", lambda found: values[found.group()], argument)


async def _output(process: asyncio.subprocess.Process) -> tuple[bytes | None, int]:
    parts: list[bytes] = []
    total = 0
    assert process.stdout is not None  # noqa: S101 - we asked for the pipe
    while piece := await process.stdout.read(262144):
        total += len(piece)
        if total > _COMMAND_OUTPUT:
            return None, 0
        parts.append(piece)
    return b"".join(parts), await process.wait()
