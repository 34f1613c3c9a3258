"""Removes secrets from everything that is written out.

A secret is looked for in the spellings in which it can come back: as it is, percent-encoded, in
base64 (also inside a longer value, at any alignment), and as this project escapes octets. Values
of credential fields are removed by the field's name, whether known or not.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, quote_plus

from conformance.engine.escape import escape
from conformance.model.result import CheckResult, ExchangeText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T", CheckResult, ExchangeText)

#: what stands in a secret's place
PLACEHOLDER = "[secret]"
#: shorter values are not looked for: they would be found everywhere
SHORTEST = 4

_FIELD = re.compile(
    r"^(?P<name>(?:proxy-)?authorization|cookie|set-cookie)(?P<colon>[ \t]*:)[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


class Redactor:
    """Takes secrets out of text and records."""

    __slots__ = ("_pattern",)

    def __init__(self, secrets: Iterable[str]) -> None:
        """Remember secrets.

        Args:
            secrets: whole values: of credential fields, of cookies, of the environment. Of values
                such as ``Bearer abc`` and ``sid=abc; Path=/`` the parts count as well.
        """
        spellings: set[str] = set()
        for secret in secrets:
            for part in _parts(secret):
                spellings.update(_spellings(part))
        ordered = sorted(spellings, key=lambda each: (-len(each), each))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        found = text
        if ":" in text:  # most texts of a run have none
            found = _FIELD.sub(rf"\g<name>\g<colon> {PLACEHOLDER}", text)
        return self._pattern.sub(PLACEHOLDER, found) if self._pattern is not None else found

    def exchange(self, exchange: ExchangeText) -> ExchangeText:
        """Return a rendered exchange without secrets."""
        return self._record(exchange, ("sent", "received", "note"))

    def check(self, check: CheckResult) -> CheckResult:
        """Return a check's result without secrets."""
        return self._record(check, ("expected", "observed", "cause", "variant"))

    def _record(self, record: T, names: tuple[str, ...]) -> T:
        changes: dict[str, Any] = {}
        for name in names:
            told = getattr(record, name)
            cleaned = self.text(told)
            if cleaned != told:
                changes[name] = cleaned
        return dataclasses.replace(record, **changes) if changes else record


def _parts(secret: str) -> Iterator[str]:
    """Yield a value and the parts of it that are secret by themselves."""
    whole = secret.strip()
    if len(whole) >= SHORTEST:
        yield whole
    _, space, token = whole.partition(" ")
    if space and "=" not in whole.partition(";")[0].partition(" ")[0] and len(token) >= SHORTEST:
        yield token.strip()
        yield from _basic(token.strip())
    for pair in whole.split(";"):
        _, equals, value = pair.strip().partition("=")
        if equals and len(value.strip('"')) >= 2 * SHORTEST:
            yield value.strip('"')


def _basic(token: str) -> Iterator[str]:
    """Yield name and password of Basic credentials (RFC 7617)."""
    try:
        decoded = base64.b64decode(token, validate=True).decode("utf-8")
    except ValueError:
        return
    _, colon, password = decoded.partition(":")
    if colon:
        yield decoded
        if len(password) >= SHORTEST:
            yield password


def _spellings(secret: str) -> Iterator[str]:
    octets = secret.encode("utf-8")
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield quote(secret, safe="").replace("%", "%25")
    yield escape(octets)
    yield json.dumps(secret)[1:-1]
    for shift, start in ((0, 0), (1, 2), (2, 3)):
        padded = b"\0" * shift + octets
        usable = len(padded) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inner = encode(padded)[start:usable].decode("ascii")
            if len(inner) >= 2 * SHORTEST:
                yield inner
    yield base64.b64encode(octets).decode("ascii").rstrip("=")
