"""Reading ``target.yaml``: every mistake with its place and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.engine.select import parse_drafts
from conformance.engine.target import (
    Target,
    checked_url,
    secrets_of,
)
from conformance.engine.target_parts import read_body, read_limits, read_read_back, read_tls
from conformance.engine.target_values import (
    choice,
    command,
    field_lines,
    filled,
    flag,
    mapping_of,
    number,
    texts,
)
from conformance.engine.transports import parse_transports
from conformance.model.errors import ScenarioError, SuiteError, TargetError
from conformance.model.node import Node, Sequence
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.yaml_nodes import parse
from conformance.syntax.values import scalar_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MAX_FILE = 1_048_576


def load_target(path: Path, environ: Mapping[str, str], url: str = "") -> Target:
    """Read a target file.

    Args:
        path: the file.
        environ: where ``${env:NAME}`` is looked up.
        url: creation URL given elsewhere, which wins; empty if the file must have it.

    Raises:
        ScenarioError: a mistake in the file, with its place.
        TargetError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise TargetError(f"target file {path}: {error.strerror or error}") from None
    return decode_target(parse(octets, str(path)), path.parent, environ, url)


def decode_target(node: Node, folder: Path, environ: Mapping[str, str], url: str = "") -> Target:
    """Make a target from a document; relative paths are looked up in ``folder``.

    Raises:
        ScenarioError: a mistake, with its place.
    """
    reader = _Reader(folder, environ)
    values: dict[str, Any] = {}
    for key, value in mapping_of(node, "a target", reader.keys):
        values.update(reader.keys[key](value))
    if url:
        values["url"] = url
    elif "url" not in values:
        raise ScenarioError(
            "a target needs its url, here or on the command line",
            node.mark,
            "url: http://127.0.0.1:8080/files",
        )
    if values.get("media_type_of_form"):
        values["media_type"] = values["media_type_of_form"]
    values.pop("media_type_of_form", None)
    fields = values.get("fields", ()) + values.get("other_fields", ())
    values["secrets"] = frozenset(reader.secrets) | secrets_of(fields)
    return Target(**values)


class _Reader:
    """One function per key; each returns what it contributes to the target."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.environ = environ
        self.secrets: set[str] = set()
        self.keys: dict[str, Callable[[Node], dict[str, Any]]] = {
            "url": self._url,
            "method": lambda node: {"method": _method(node)},
            "media-type": lambda node: {"media_type": _media_type(node)},
            "fields": lambda node: {"fields": self._fields(node, "fields")},
            "body": self._body,
            "cookies": lambda node: {
                "cookies": choice(node, "cookies", ("keep", "drop")) == "keep"
            },
            "redirects": self._redirects,
            "address-family": lambda node: {
                "family": choice(node, "address-family", ("any", "ipv4", "ipv6"))
            },
            "tls": lambda node: {"tls": read_tls(node, folder)},
            "http": lambda node: {"transports": _transports(node)},
            "drafts": lambda node: {"drafts": _drafts(node)},
            "limits": lambda node: {"limits": read_limits(node)},
            "read-back": lambda node: {"read_back": read_read_back(node, folder)},
            "restart": lambda node: {"restart": command(node, "restart")},
            "cleanup": lambda node: {"cleanup": command(node, "cleanup")},
            "users": self._users,
            "trusted-origins": lambda node: {"trusted_origins": _origins(node)},
            "parallel": lambda node: {"parallel": int(number(node, "parallel", 1, 1024))},
            "scale": lambda node: {"scale": number(node, "scale", 0.1, 100)},
            "without": lambda node: {"lacks": _capabilities(node, "without")},
            "with": lambda node: {"offers": _capabilities(node, "with")},
        }

    def _url(self, node: Node) -> dict[str, Any]:
        text = filled(node, "url", self.environ, self.secrets)
        try:
            return {"url": checked_url(text)}
        except TargetError as error:
            raise ScenarioError(str(error), node.mark) from None

    def _fields(self, node: Node, what: str) -> tuple[tuple[str, str], ...]:
        lines, secrets = field_lines(node, what, self.environ)
        self.secrets |= secrets
        return lines

    def _body(self, node: Node) -> dict[str, Any]:
        prefix, suffix, media_type = read_body(node, self.folder)
        return {"prefix": prefix, "suffix": suffix, "media_type_of_form": media_type}

    def _redirects(self, node: Node) -> dict[str, Any]:
        return {"follow_redirects": flag(node, "redirects")}

    def _users(self, node: Node) -> dict[str, Any]:
        second = mapping_of(node, "users", ("second",)).get("second")
        if second is None:
            raise ScenarioError("users needs second", node.mark, "users: {second: {fields: ...}}")
        fields = mapping_of(second, "second", ("fields",)).get("fields")
        if fields is None:
            raise ScenarioError("second needs fields", second.mark)
        return {"other_fields": self._fields(fields, "fields")}


def _method(node: Node) -> str:
    text = scalar_text(node, "method")
    if not text.isascii() or not text.isalpha() or not text.isupper():
        raise ScenarioError(
            f"method cannot be {text[:20]!r}", node.mark, "write POST, PUT or PATCH"
        )
    return text


def _media_type(node: Node) -> str:
    text = scalar_text(node, "media-type")
    if text and ("/" not in text or any(ord(c) < 0x20 or ord(c) > 0x7E for c in text)):
        raise ScenarioError(
            f"media-type cannot be {text[:40]!r}", node.mark, "write for example video/mp4"
        )
    return text


def _drafts(node: Node) -> tuple[int, ...]:
    try:
        return parse_drafts(texts(node, "drafts"), tuple(DRAFTS))
    except ScenarioError:
        raise
    except SuiteError as error:
        raise ScenarioError(str(error), node.mark) from None


def _transports(node: Node) -> tuple[str, ...]:
    try:
        return parse_transports(texts(node, "http"))
    except ScenarioError:
        raise
    except SuiteError as error:
        raise ScenarioError(str(error), node.mark) from None


def _origins(node: Node) -> tuple[str, ...]:
    origins = []
    for text in texts(node, "trusted-origins"):
        try:
            url = checked_url(text)
        except TargetError as error:
            raise ScenarioError(str(error), node.mark) from None
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        if slash and path:
            raise ScenarioError(f"{text!r} is more than an origin", node.mark, f"{scheme}://{host}")
        origins.append(f"{scheme}://{host}")
    return tuple(origins)


def _capabilities(node: Node, what: str) -> frozenset[str]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return frozenset(choice(item, what, sorted(TARGET_CAPABILITIES)) for item in items)
