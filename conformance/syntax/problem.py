"""Problem details in JSON (RFC 9457), read from received content without ever raising."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.transcript import Message

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem details object.

    Attributes:
        type: the ``type`` member; ``about:blank`` if it is absent or no string.
        members: all members as JSON gave them.
        media_type: media type of the content, lower case, without parameters.
    """

    type: str
    members: Mapping[str, object] = field(default_factory=dict)
    media_type: str = ""

    @property
    def name(self) -> str:
        """Return the last part of the type URI, by which scenarios call it."""
        return self.type.rstrip("/").replace("#", "/").rpartition("/")[2]


def media_type(message: Message) -> str:
    """Return a message's media type in lower case without parameters; empty if absent."""
    value = message.value("Content-Type") or b""
    return value.split(b";", 1)[0].strip().lower().decode("latin-1")


def read_problem(message: Message) -> Problem | None:
    """Read the content of a message as a problem details object.

    The media type is not a condition, so that a problem sent under a wrong one is still seen; but
    JSON under another media type counts only if it has a ``type`` member that is a URI.

    Returns:
        None if the content is not one JSON object of that form, or was not received completely.
    """
    content = message.content
    if content is None or not content.length or content.shortened or not content.complete:
        return None
    kind = media_type(message)
    try:
        members = json.loads(content.octets.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict):
        return None
    declared = members.get("type")
    named = declared if isinstance(declared, str) else ""
    if kind != MEDIA_TYPE and ":" not in named:
        return None
    return Problem(type=named or "about:blank", members=members, media_type=kind)
