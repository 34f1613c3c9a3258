"""What schemathesis is taught of the protocol; it loads this file into its own process.

Its HTTP client takes a 104 for the final response, and it has no serializer for the media type of
appends, so that without these few lines it would send none at all.
"""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import schemathesis  # type: ignore[import-not-found]  # it lives in an environment of its own

_VERSION = "Upload-Draft-Interop-Version"
_READ = "_read_status"
_read_status = getattr(http.client.HTTPResponse, _READ)


def _final_status(response: http.client.HTTPResponse) -> Any:
    """Read on until a final response begins; http.client itself passes over 100 only."""
    while True:
        version, status, reason = _read_status(response)
        if not 101 < status < 200:
            return version, status, reason
        http.client.parse_headers(response.fp)


setattr(http.client.HTTPResponse, _READ, _final_status)


@schemathesis.serializer("application/partial-upload")
def partial_upload(_ctx: Any, value: Any) -> Any:
    """Send content as it is."""
    if isinstance(value, bytes):
        return value
    return getattr(value, "data", None) or str(value).encode("utf-8", "surrogateescape")


def _asked_for_more(case: Any) -> bool:
    """Tell whether a request says, in order, that more will follow."""
    headers = {name.lower(): value for name, value in (case.headers or {}).items()}
    told = headers.get("upload-complete") == "?0" or headers.get("upload-incomplete") == "?1"
    return told and str(headers.get(_VERSION.lower(), "")).isdecimal()


@schemathesis.check
def creation_tells_location(_ctx: Any, response: Any, case: Any) -> None:
    """An upload that more is to follow for has a place to go on at."""
    begun = case.method.upper() == "POST" and 200 <= response.status_code < 300
    if begun and _asked_for_more(case) and not response.headers.get("location"):
        raise AssertionError("a creation that more is to follow for tells no Location")


@schemathesis.check
def conflict_tells_offset(_ctx: Any, response: Any, case: Any) -> None:
    """A 409 about an offset tells the right one."""
    text = b"inconsistent-upload-length"
    if case.method.upper() != "PATCH" or response.status_code != 409 or text in response.content:
        return
    if not response.headers.get("upload-offset"):
        raise AssertionError("409 to an append tells no Upload-Offset")


@schemathesis.check
class OffsetLedger:
    """The offset told is where the last append ended, and an append elsewhere is refused."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def after_response(self, _ctx: Any, response: Any, case: Any) -> None:
        """Look at one answer; what cannot be known afterwards is forgotten."""
        path, good = response.request.path_url, 200 <= response.status_code < 300
        known = self._known.pop(path, None)
        match case.method.upper():
            case "HEAD" if good:
                told = _number(response.headers.get("upload-offset"))
                if told is not None:
                    self._known[path] = told
                if None not in (told, known) and told != known:
                    raise AssertionError(f"Upload-Offset {told}, and it was at {known}")
            case "PATCH" if known is not None:
                asked = _number([(case.headers or {}).get("Upload-Offset", "")])
                if response.status_code == 409:
                    self._known[path] = known
                elif good and asked is not None and asked != known:
                    raise AssertionError(f"an append at {asked} was accepted at {known}")
                elif good and asked is not None and _asked_for_more(case):
                    self._known[path] = known + len(response.request.body or b"")


@schemathesis.check
class CompletionLedger:
    """No upload is complete of which every request said that more will follow."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def after_response(self, _ctx: Any, response: Any, case: Any) -> None:
        """Look at one answer."""
        path, headers = response.request.path_url, response.headers
        match case.method.upper():
            case "POST" if response.status_code == 201 and _asked_for_more(case):
                self._open.update(urlsplit(place).path for place in headers.get("location") or ())
            case "PATCH" if not _asked_for_more(case):
                self._open.discard(path)
            case "HEAD" if path in self._open and 200 <= response.status_code < 300:
                told = headers.get("upload-complete"), headers.get("upload-incomplete")
                if told in ((["?1"], None), (None, ["?0"])):
                    raise AssertionError("complete, though nobody said that it is")


def _number(values: Any) -> int | None:
    """Return the integer a field holds, if it holds one."""
    text = str(values[0]) if values else ""
    return int(text) if text.isascii() and text.isdecimal() else None


@schemathesis.check
def more_is_not_complete(_ctx: Any, response: Any, case: Any) -> None:
    """A request that more is to follow for does not complete an upload."""
    if case.method.upper() not in {"POST", "PATCH"} or not 200 <= response.status_code < 300:
        return
    if _asked_for_more(case):
        done = response.headers.get("upload-complete") == ["?1"]
        done = done or response.headers.get("upload-incomplete") == ["?0"]
        if done:
            raise AssertionError("complete, though more was announced")
