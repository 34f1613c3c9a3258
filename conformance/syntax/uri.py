"""URI references of received messages, resolved by RFC 3986 section 5.

Only what a client may follow comes out: an absolute ``http`` or ``https`` URI with a host. The
standard library's resolver is not used because it drops control characters in silence.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ALLOWED = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_PARTS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):)?"
    r"(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?"
)
_AUTHORITY = re.compile(
    r"(?:(?P<user>[^@\[\]]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@:\[\]]+)(?::(?P<port>\d{0,5}))?"
)
_SHORT = 512
_DEFAULT_PORT = {"http": 80, "https": 443}


def resolve(base: str, reference: str | bytes) -> str | None:
    """Resolve a URI reference against an absolute URL.

    Scheme and host come out in lower case, the default port and the fragment are dropped and an
    empty path is ``/``, so that two spellings of one resource compare equal.

    Returns:
        The absolute URL; None if the reference is no URI reference (RFC 3986 section 4.1), has a
        scheme other than http and https, or no usable host.
    """
    text = reference.decode("latin-1") if isinstance(reference, bytes) else reference
    # A run asks the same again and again; long ones would only fill the memory.
    known = len(base) + len(text) <= _SHORT
    return _known(base, text) if known else _resolve(base, text)


def unknown_path(target: str) -> str:
    """Return a request target like another one's that nobody has announced.

    Which part of it a server knows its resources by only the server knows: so the last segment of
    the path and every parameter of the query end in ``-never-was``.
    """
    path, query, parameters = target.partition("?")
    named = path.rstrip("/")
    changed = f"{named}-never-was{path[len(named) :]}" if named else "/never-was"
    if not query:
        return changed
    return changed + "?" + "&".join(f"{each}-never-was" for each in parameters.split("&"))


def _resolve(base: str, text: str) -> str | None:
    if _ALLOWED.fullmatch(text) is None:
        return None
    ref, origin = _split(text), _split(base)
    scheme, authority, path, query = ref
    if scheme is None:
        scheme = origin[0]
        if authority is None:
            authority = origin[1]
            if path == "":
                path = origin[2]
                query = origin[3] if query is None else query
            elif not path.startswith("/"):
                path = f"{origin[2].rpartition('/')[0]}/{path}"
    return _compose(scheme, authority, path, query)


_known = lru_cache(maxsize=2048)(_resolve)


def _split(text: str) -> tuple[str | None, str | None, str, str | None]:
    found = _PARTS.fullmatch(text)
    if found is None:  # a line break, which only a base can hold
        return None, None, "", None
    return found["scheme"], found["authority"], found["path"], found["query"]


def _compose(scheme: str | None, authority: str | None, path: str, query: str | None) -> str | None:
    scheme = (scheme or "").lower()
    found = _AUTHORITY.fullmatch(authority or "")
    if scheme not in _DEFAULT_PORT or found is None:
        return None
    port = int(found["port"] or _DEFAULT_PORT[scheme])
    if not 0 < port < 65536:
        return None
    user = f"{found['user']}@" if found["user"] is not None else ""
    shown = "" if port == _DEFAULT_PORT[scheme] else f":{port}"
    tail = "" if query is None else f"?{query}"
    return f"{scheme}://{user}{found['host'].lower()}{shown}{_without_dots(path)}{tail}"


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986 section 5.2.4)."""
    segments = path.removeprefix("/").split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
