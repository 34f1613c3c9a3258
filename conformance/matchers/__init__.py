"""The conditions a check can state. Each module declares its keys; this is their table.

A key that begins with a capital letter is a field name and belongs to :data:`FIELD`; ask
:func:`matcher` for the declaration behind any key.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from conformance.matchers.complete import COMPLETE
from conformance.matchers.connection import CONNECTION
from conformance.matchers.content import CONTENT
from conformance.matchers.ending import ENDS, WAITS_FOR
from conformance.matchers.events import COUNT, EARLY, NONE, SOME
from conformance.matchers.field import FIELD, field_spec
from conformance.matchers.h2 import RESET
from conformance.matchers.identity import ENTROPY, SAME, UNIQUE
from conformance.matchers.limits import LIMITS
from conformance.matchers.lint import LINT
from conformance.matchers.problem import MEMBER
from conformance.matchers.status import STATUS
from conformance.matchers.stored import EQUALS, WRITTEN_BY
from conformance.matchers.timing import IN_TIME
from conformance.matchers.together import AT_MOST_ONE, EXACTLY_ONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.protocols import MatcherSpec

__all__ = ["FIELD", "MATCHERS", "field_spec", "matcher"]

_ALL = (
    STATUS,
    COMPLETE,
    NONE,
    SOME,
    COUNT,
    EARLY,
    ENDS,
    WAITS_FOR,
    IN_TIME,
    CONTENT,
    MEMBER,
    LIMITS,
    EQUALS,
    WRITTEN_BY,
    AT_MOST_ONE,
    EXACTLY_ONE,
    UNIQUE,
    ENTROPY,
    SAME,
    CONNECTION,
    RESET,
    LINT,
)

MATCHERS: Final[Mapping[str, MatcherSpec]] = MappingProxyType({spec.key: spec for spec in _ALL})
"""Declarations by key, in the order documents tell them."""


def matcher(key: str) -> MatcherSpec | None:
    """Return the declaration behind a key; None if there is no such matcher."""
    return field_spec(key) if key[:1].isupper() else MATCHERS.get(key)
