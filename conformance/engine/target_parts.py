"""Reading the larger parts of ``target.yaml``: body, read-back, limits, TLS."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.engine.target import ReadBackWish, TlsWish
from conformance.engine.target_values import (
    command,
    flag,
    mapping_of,
    octets,
    seconds,
)
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping as MappingNode
from conformance.model.node import Node, Scalar
from conformance.syntax.values import describe, scalar_text

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_WRAPPING = 1_048_576
_BOUNDARY = "resumable-conformance-part-boundary"
_SIZES = ("max-size", "min-size", "max-append-size", "min-append-size")
_AGES = ("max-age", "expires")
_WAYS = ("url", "folder", "command", "want-repr-digest")
_FROM = ("location", "content-location", "put-path")
_FROM_KEYS = {"field", "content"}


def read_limits(node: Node) -> dict[str, int]:
    """Return limits by key: octets for sizes, whole seconds for ages."""
    limits: dict[str, int] = {}
    for name, value in mapping_of(node, "limits", (*_SIZES, *_AGES)):
        limits[name] = octets(value, name) if name in _SIZES else int(seconds(value, name))
    return limits


def read_tls(node: Node, folder: Path) -> TlsWish:
    """Return how to trust the target; a relative ``ca`` is looked up beside the file."""
    parts = mapping_of(node, "tls", ("ca", "insecure", "server-name"))
    ca = parts.get("ca")
    insecure = parts.get("insecure")
    name = parts.get("server-name")
    path = ""
    if ca is not None:
        path = str(folder / scalar_text(ca, "ca"))
        if not Path(path).is_file():
            raise ScenarioError(f"ca: there is no file {path}", ca.mark)
    return TlsWish(
        ca=path,
        insecure=flag(insecure, "insecure") if insecure is not None else False,
        server_name=scalar_text(name, "server-name") if name is not None else "",
    )


def read_body(node: Node, folder: Path) -> tuple[bytes, bytes, str]:
    """Return (prefix, suffix, media type) put around generated content; the type may be empty."""
    parts = mapping_of(node, "body", ("prefix", "prefix-file", "suffix", "form"))
    form = parts.get("form")
    if form is not None:
        if len(parts.entries) > 1:
            raise ScenarioError("body: form goes with no other key", parts.key("form").mark)
        return _form(form)
    prefix = _literal(parts.get("prefix"), "prefix")
    file = parts.get("prefix-file")
    if file is not None:
        prefix += _from_file(file, folder)
    return prefix, _literal(parts.get("suffix"), "suffix"), ""


def _literal(node: Node | None, what: str) -> bytes:
    return scalar_text(node, what).encode() if node is not None else b""


def _from_file(node: Node, folder: Path) -> bytes:
    path = folder / scalar_text(node, "prefix-file")
    try:
        with path.open("rb") as file:
            found = file.read(_MAX_WRAPPING + 1)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}", node.mark) from None
    if len(found) > _MAX_WRAPPING:
        raise ScenarioError(f"{path} is larger than 1 MiB", node.mark, "a header is enough")
    return found


def _form(node: Node) -> tuple[bytes, bytes, str]:
    """Wrap content as the last part of multipart/form-data (RFC 7578)."""
    parts = mapping_of(node, "form", ("part", "filename", "media-type", "values"))
    lines: list[str] = []
    values = parts.get("values")
    if values is not None:
        if not isinstance(values, MappingNode):
            raise ScenarioError(f"values must be a mapping, not {describe(values)}", values.mark)
        for name, value in values:
            lines += [f"--{_BOUNDARY}", f'Content-Disposition: form-data; name="{name}"', ""]
            lines.append(_plain(value, name))
    part = _text(parts, "part", "file")
    filename = _text(parts, "filename", "content.bin")
    lines += [
        f"--{_BOUNDARY}",
        f'Content-Disposition: form-data; name="{part}"; filename="{filename}"',
        f"Content-Type: {_text(parts, 'media-type', 'application/octet-stream')}",
        "",
        "",
    ]
    prefix = "\r\n".join(lines).encode()
    suffix = f"\r\n--{_BOUNDARY}--\r\n".encode()
    return prefix, suffix, f'multipart/form-data; boundary="{_BOUNDARY}"'


def _text(parts: MappingNode, key: str, default: str) -> str:
    node = parts.get(key)
    return _plain(node, key) if node is not None else default


def _plain(node: Node, what: str) -> str:
    text = scalar_text(node, what)
    if any(character in '"\r\n\\\0' for character in text):
        raise ScenarioError(f"{what} holds a quote, a backslash or a line end", node.mark)
    return text


def read_read_back(node: Node, folder: Path) -> ReadBackWish:
    """Return the way in to what was stored.

    Raises:
        ScenarioError: not exactly one way, or a bad identifier rule.
    """
    parts = mapping_of(node, "read-back", (*_WAYS, "id-from", "within"))
    ways = [name for name, _ in parts if name in _WAYS]
    if len(ways) != 1:
        raise ScenarioError(
            "read-back needs exactly one way in", parts.mark, f"one of {', '.join(_WAYS)}"
        )
    within_node = parts.get("within")
    within = seconds(within_node, "within") if within_node is not None else 5.0
    id_from, name, pattern = _read_id(parts.get("id-from"))
    value = parts.get(ways[0])
    if value is None:
        raise ScenarioError(f"{ways[0]} is empty", parts.mark)
    readers: dict[str, Callable[[], ReadBackWish]] = {
        "url": lambda: ReadBackWish(
            url=_url_template(value), id_from=id_from, field=name, pattern=pattern, within=within
        ),
        "folder": lambda: ReadBackWish(folder=_folder(value, folder), within=within),
        "command": lambda: ReadBackWish(
            command=command(value, "command"),
            id_from=id_from,
            field=name,
            pattern=pattern,
            within=within,
        ),
        "want-repr-digest": lambda: ReadBackWish(digest=_digest(value), within=within),
    }
    return readers[ways[0]]()


def _digest(node: Node) -> bool:
    if not flag(node, "want-repr-digest"):
        raise ScenarioError(
            "want-repr-digest is a way in only if true", node.mark, "leave read-back out"
        )
    return True


def _folder(node: Node, beside: Path) -> str:
    path = beside / Path(scalar_text(node, "folder")).expanduser()
    if not path.is_dir():
        raise ScenarioError(f"folder: there is no folder {path}", node.mark)
    return str(path)


def _url_template(node: Node) -> str:
    text = scalar_text(node, "url")
    if not any(place in text for place in ("{id}", "{url}", "{path}")):
        raise ScenarioError(
            f"url {text[:60]!r} does not say where the identifier goes",
            node.mark,
            "put {id}, {path} or {url} into it",
        )
    return text


def _read_id(node: Node | None) -> tuple[str, str, str]:
    """Return (id_from, field name, pattern)."""
    if node is None:
        return "location", "", ""
    if isinstance(node, Scalar):
        text = scalar_text(node, "id-from")
        if text not in _FROM:
            raise ScenarioError(
                f"id-from cannot be {text[:40]!r}",
                node.mark,
                f"one of {', '.join(_FROM)}, {{field: NAME}}, {{content: REGEX}}",
            )
        return text, "", ""
    parts = mapping_of(node, "id-from", {*_FROM_KEYS, "pattern"})
    field, content = parts.get("field"), parts.get("content")
    if (field is None) == (content is None):
        raise ScenarioError("id-from needs either field or content", parts.mark)
    if content is not None:
        return "content", "", _pattern(content)
    pattern = parts.get("pattern")
    name = scalar_text(parts.get("field") or parts, "field")
    return "field", name, _pattern(pattern) if pattern is not None else ""


def _pattern(node: Node) -> str:
    text = scalar_text(node, "the pattern")
    try:
        re.compile(text)
    except re.error as error:
        raise ScenarioError(f"no regular expression: {error}", node.mark) from None
    return text
