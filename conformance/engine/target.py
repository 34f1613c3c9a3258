"""What the user says about the target: where it is, how it wants to be asked, what it lacks.

A target comes from a file (``target.yaml``), from flags, or from both; flags win. Values taken
from the environment, credentials and cookies are secrets: they are sent to the target's own
origin only and are removed from everything that is written out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.model.errors import TargetError

RestartHook = Callable[[], Awaitable[None]]

#: fields whose values are secrets wherever they come from
SECRET_FIELDS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsWish:
    """How to trust the target.

    Attributes:
        ca: file with certificates to trust besides the system's; empty for none.
        insecure: accept any certificate.
        server_name: name to ask for and to verify instead of the URL's host.
    """

    ca: str = ""
    insecure: bool = False
    server_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackWish:
    """A way in to what the target stored; exactly one of the ways is set.

    Attributes:
        url: URL template with ``{id}`` (or ``{url}``, ``{path}``), GET of which returns the octets.
        id_from: where the identifier is: ``location``, ``content-location``, ``field``,
            ``content`` or ``put-path``.
        field: name of the response field, for ``field``.
        pattern: regular expression whose first group (or whole match) is the identifier: within
            the content for ``content``; otherwise applied to the value, where empty takes the last
            segment of its path.
        folder: folder searched for the stored octets.
        command: argument list; ``{id}``, ``{url}`` and ``{path}`` are replaced, stdout is the
            octets.
        digest: the target answers ``Want-Repr-Digest``; only digests are compared.
        within: seconds to keep looking, before scaling, as targets may process later.
    """

    url: str = ""
    id_from: str = "location"
    field: str = ""
    pattern: str = ""
    folder: str = ""
    command: tuple[str, ...] = ()
    digest: bool = False
    within: float = 5.0

    @property
    def words(self) -> str:
        """Say in a few words how stored octets are fetched."""
        if self.url:
            return f"GET {self.url}, identifier from {self.field or self.id_from}"
        if self.folder:
            return f"files in {self.folder}"
        if self.command:
            return f"command {self.command[0]}"
        return "Repr-Digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The system under test, as declared.

    Attributes:
        url: creation URL; ``{unique}`` becomes a fresh word in every case.
        name: label for people; the embedded server has several configurations.
        method: creation method.
        media_type: media type of what is uploaded; empty for none.
        fields: field lines added to every request.
        other_fields: field lines of a second user instead of the first one's.
        secrets: values that must never be written out.
        prefix, suffix: literal octets around generated content.
        cookies: keep cookies within a scenario.
        follow_redirects: follow one 307 or 308 of a creation and stay there.
        family: ``any``, ``ipv4`` or ``ipv6``.
        tls: how to trust it.
        drafts: drafts declared; empty if the target shall tell.
        transports: transports declared; empty for those it turns out to speak.
        limits: limits declared, by key (octets, or seconds).
        read_back: way in; None if there is none.
        restart: command that kills it without warning and starts it again.
        restart_hook: the same for a process that is ours.
        cleanup: command run once after everything.
        trusted_origins: other origins that may be sent the credentials.
        parallel: scenarios at once; None for the default.
        scale: factor on every waiting; None for the default.
        lacks: capabilities declared absent.
        offers: capabilities declared present.
    """

    url: str
    name: str = ""
    method: str = "POST"
    media_type: str = "application/octet-stream"
    fields: tuple[tuple[str, str], ...] = ()
    other_fields: tuple[tuple[str, str], ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    prefix: bytes = b""
    suffix: bytes = b""
    cookies: bool = False
    follow_redirects: bool = True
    family: str = "any"
    tls: TlsWish = TlsWish()
    drafts: tuple[int, ...] = ()
    transports: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    read_back: ReadBackWish | None = None
    restart: tuple[str, ...] = ()
    restart_hook: RestartHook | None = field(default=None, compare=False, repr=False)
    cleanup: tuple[str, ...] = ()
    trusted_origins: tuple[str, ...] = ()
    parallel: int | None = None
    scale: float | None = None
    lacks: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()

    def url_with(self, word: str) -> str:
        """Return the creation URL with ``{unique}`` replaced."""
        return self.url.replace("{unique}", word)

    @property
    def loopback(self) -> bool:
        """Tell whether the target is certainly on this machine."""
        host = (urlsplit(self.url).hostname or "").rstrip(".")
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def declared(self) -> frozenset[str]:
        """Return the capabilities that follow from what the user provided."""
        # Without a way in read-back is not declared away: what needs it cannot be judged, and says
        # so. Only ``without: [read-back]`` takes it out.
        given = {
            "read-back": True,
            "restart": bool(self.restart) or self.restart_hook is not None,
            "authorisation": bool(self.other_fields),
        }
        ways = {name for name, present in given.items() if present}
        return (self.offers | ways) - self.lacks


def checked_url(text: str) -> str:
    """Return a target URL if it can be asked at all.

    Raises:
        TargetError: it is no absolute http or https URL, with what to write instead.
    """
    example = "write for example http://127.0.0.1:8080/files"
    if not text or any(ord(character) <= 0x20 or ord(character) > 0x7E for character in text):
        raise TargetError(f"{text[:80]!r} is no URL: only visible ASCII characters; {example}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise TargetError(f"{text[:80]!r} has no valid host and port; {example}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TargetError(f"{text[:80]!r} is no http or https URL; {example}")
    if port == 0:
        raise TargetError(f"{text[:80]!r}: port 0 cannot be connected to; {example}")
    if parts.username is not None:
        raise TargetError(
            "the URL carries a user name or password; give them as a field, "
            "for example --field 'Authorization: Basic ...'"
        )
    if parts.fragment:
        raise TargetError(f"{text[:80]!r}: a fragment is never sent; leave out #{parts.fragment}")
    return text


def checked_field(line: str) -> tuple[str, str]:
    """Split ``Name: value``.

    Raises:
        TargetError: the name is no token or the value cannot be sent.
    """
    name, colon, value = line.partition(":")
    value = value.strip(" \t")
    if not colon or _TOKEN.fullmatch(name) is None:
        raise TargetError(f"{name[:40]!r} is no field; write 'Name: value'")
    if any(ord(character) > 0xFF or character in "\r\n\0" for character in value):
        raise TargetError(f"the value of {name} holds characters no field can carry")
    return name, value


def secrets_of(fields: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Return the secret parts of credentials and cookies among fields."""
    found: set[str] = set()
    for name, value in fields:
        if name.lower() not in SECRET_FIELDS or not value:
            continue
        found.add(value)
        scheme, space, credentials = value.partition(" ")
        if space and credentials and scheme.isalpha():
            found.add(credentials.strip())
    return frozenset(found)
