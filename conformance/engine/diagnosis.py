"""One clear cause, with a remedy, for a target that cannot be run against at all.

Read off ordinary exchanges before the run, so that a wrong port or a missing token is one
sentence and not hundreds of failures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.model.transcript import End, Exchange, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

_TLS_RECORD = (b"\x15\x03", b"\x16\x03")  # alert, handshake
_PLAIN_TO_TLS = (b"plain http request", b"http request to an https", b"https port")
_TLS_WORDS = ("tls", "ssl", "certificate", "handshake")


def broken_transport(exchange: Exchange) -> str:
    """Say why nothing at all can be learnt from the target; empty if it answered in HTTP.

    Args:
        exchange: an ordinary upload.
    """
    parts = urlsplit(exchange.request.url)
    place = parts.netloc.rpartition("@")[2]
    if exchange.final is not None and exchange.end in {End.FINAL, End.OPEN, End.CUT}:
        return ""
    if _speaks_tls(exchange) and parts.scheme == "http":
        return f"{place} speaks TLS, the URL says http; write https://{place}{parts.path}"
    if parts.scheme == "https" and any(w in exchange.detail.lower() for w in _TLS_WORDS):
        return _tls_cause(place, parts.path, exchange.detail)
    detail = f" ({exchange.detail})" if exchange.detail else ""
    match exchange.end:
        case End.REFUSED:
            return f"{place} cannot be reached{detail}; start the server, or correct host and port"
        case End.MALFORMED:
            return (
                f"{place} does not speak {exchange.request.version}: its answer begins with "
                f"{_shown(_received(exchange))}{detail}; check the port"
            )
        case End.CLOSED | End.RESET:
            how = "closes" if exchange.end is End.CLOSED else "resets"
            if parts.scheme == "https":
                hint = "check the port and that it speaks TLS"
            else:
                hint = "check the port; if it speaks TLS write https://"
            return f"{place} {how} the connection without a complete answer{detail}; {hint}"
        case End.BOUND:
            return f"{place} sends more than the suite accepts{detail}; check the port"
        case End.DEADLINE:
            return (
                f"{place} takes the connection but gives no complete answer to an ordinary "
                f"request{detail}; is it the right port? A slow target needs --scale"
            )
        case _:
            return ""


def _tls_cause(place: str, path: str, detail: str) -> str:
    lowered = detail.lower()
    if "certificate" in lowered and ("verify" in lowered or "hostname" in lowered):
        remedy = "pass --ca FILE to trust its issuer, or --insecure to trust anything"
    elif any(word in lowered for word in ("wrong_version", "wrong version", "record layer")):
        remedy = f"it seems to speak cleartext: write http://{place}{path}"
    else:
        remedy = f"if it speaks cleartext, write http://{place}{path}"
    return f"no TLS with {place}: {detail}; {remedy}"


def _received(exchange: Exchange) -> bytes:
    head = exchange.final.head if exchange.final is not None else b""
    lints = b"".join(lint.octets for lint in exchange.final.lints) if exchange.final else b""
    return exchange.stray or head or lints


def _speaks_tls(exchange: Exchange) -> bool:
    if _received(exchange).startswith(_TLS_RECORD):
        return True
    return any(repr(start)[2:-1] in exchange.detail for start in _TLS_RECORD)


def _shown(octets: bytes) -> str:
    return repr(octets[:40])[1:] if octets else "nothing readable"


def refused_everything(exchanges: Sequence[Exchange]) -> str:
    """Say why a target that answers takes no upload at all; empty if one was taken.

    Args:
        exchanges: an ordinary upload first, then creations of resumable uploads.
    """
    finals = [exchange.final for exchange in exchanges if exchange.final is not None]
    if not finals or any(_taken(final) for final in finals):
        return ""
    first = finals[0]
    url = exchanges[0].request.url
    also = "" if len(finals) == 1 else ", and creations of resumable uploads no better"
    told = f"the target answers {first.status} to an ordinary {exchanges[0].request.method}{also}"
    return f"{told}; {_remedy(first, url)}"


def _taken(final: Message) -> bool:
    return 200 <= final.status < 300


def _remedy(final: Message, url: str) -> str:
    status = final.status
    if status == 400 and _plain_to_tls(final):
        return f"it expects TLS: write https://{url.partition('://')[2]}"
    if status in {301, 302, 303, 307, 308}:
        place = (final.value("Location") or b"").decode("latin-1")[:200]
        return f"it redirects to {place or 'nowhere'}: give the URL it ends at"
    if status == 405:
        allow = (final.value("Allow") or b"").decode("latin-1")[:100]
        return f"choose another --method{f' (it allows {allow})' if allow else ''} or path"
    remedies = {
        401: "pass credentials: --field 'Authorization: Bearer ...'",
        403: "pass credentials that may upload: --field 'Authorization: Bearer ...'",
        404: "correct the path of the URL",
        407: "the connection goes through a proxy that asks for credentials",
        410: "correct the path of the URL",
        411: "the target wants something else in front of it; see its documentation",
        413: "declare its limits in a target file (limits: {max-size: ...})",
        415: "pass the --media-type it wants",
        421: "correct host and port of the URL",
        422: "it wants another content; wrap it in a target file (body: ...)",
        429: "it asks to slow down; try again later with a smaller --parallel",
        501: "choose another --method",
        503: "it is not available now; try again later",
    }
    if status in remedies:
        return remedies[status]
    return "it must take uploads before resuming them can be judged; see its log"


def _plain_to_tls(final: Message) -> bool:
    content = final.content.octets[:4096].lower() if final.content is not None else b""
    return any(words in content for words in _PLAIN_TO_TLS)
