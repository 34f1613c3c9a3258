"""A fault and the exchanges it happens to, whoever makes it.

A client under our control makes its faults itself (``cut`` and ``hold`` of a step). Whoever stands
in the way of somebody else's exchanges picks them by method, path and ordinal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar

if TYPE_CHECKING:
    from conformance.model.scenario import Cut, Hold, Point, Trickle
    from conformance.model.values import Duration, Size

_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_KEYS = ("method", "path", "ordinal")
_PATTERN_BOUND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSelector:
    """Which exchanges are meant; what is not said fits all.

    Attributes:
        method: method token, compared with case; empty for any.
        path: pattern of the path with ``*`` and ``?``; empty for any.
        ordinal: only the n-th exchange that fits method and path, from 1; 0 for all.
    """

    method: str = ""
    path: str = ""
    ordinal: int = 0

    def fits(self, method: str, path: str) -> bool:
        """Tell whether an exchange is of the kind meant, whatever its ordinal."""
        if self.method and self.method != method:
            return False
        return not self.path or fnmatchcase(path, self.path)

    def selects(self, method: str, path: str, ordinal: int) -> bool:
        """Tell whether the ``ordinal``-th (from 1) of the fitting exchanges is meant."""
        return self.fits(method, path) and self.ordinal in (0, ordinal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Interim responses that arrive late; what follows them waits for them.

    Attributes:
        what: which of them.
        by: how much later.
    """

    what: tuple[Point, ...]
    by: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Field lines taken out of responses.

    Attributes:
        what: the responses: interim ones, or the final head.
        fields: names of the fields, compared without case.
    """

    what: tuple[Point, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An interruption attached to a selector.

    Attributes:
        on: the exchanges it happens to.
        cut: how they are cut off, if they are.
        hold: where they are held up, if they are.
        trickle: how slowly their content goes, if it is slowed down.
        drop: interim responses that get lost.
        duplicate: interim responses that arrive twice.
        delay: interim responses that arrive late.
        strip: field lines that get lost.
        lose: the final response gets lost, although the server has acted.
        chance: share of the fitting exchanges it happens to, percent; which, the seed decides.
        jitter: octets, from none to this, that the seed adds to ``after`` of the cut.
    """

    on: FaultSelector
    cut: Cut | None = None
    hold: Hold | None = None
    trickle: Trickle | None = None
    drop: tuple[Point, ...] = ()
    duplicate: tuple[Point, ...] = ()
    delay: Delay | None = None
    strip: Strip | None = None
    lose: bool = False
    chance: int = 100
    jitter: Size | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPlan:
    """Everything that happens on one path.

    Attributes:
        faults: each with its exchanges; several may happen to one exchange.
        seed: decides everything that is left to chance.
    """

    faults: tuple[Fault, ...] = ()
    seed: str = "0"


def parse_selector(node: Node) -> FaultSelector:
    """Read ``{method: PATCH, path: /uploads/*, ordinal: 2}``.

    Raises:
        ScenarioError: it is not a mapping of these keys to fitting values.
    """
    if not isinstance(node, Mapping):
        raise ScenarioError("a selector must be a mapping", node.mark, "method, path, ordinal")
    for name, _ in node.entries:
        if name.value not in _KEYS:
            raise ScenarioError(f"unknown key {name.value!r}", name.mark, "method, path, ordinal")
    return FaultSelector(
        method=_text(node, "method", _METHOD, "a method token, for example PATCH"),
        path=_text(node, "path", re.compile(r"[/*?].*"), "a path pattern, for example /files/*"),
        ordinal=_ordinal(node.get("ordinal")),
    )


def _text(mapping: Mapping, key: str, pattern: re.Pattern[str], remedy: str) -> str:
    node = mapping.get(key)
    if node is None:
        return ""
    value = node.value if isinstance(node, Scalar) else None
    if (
        not isinstance(value, str)
        or len(value) > _PATTERN_BOUND
        or pattern.fullmatch(value) is None
    ):
        raise ScenarioError(f"{key} does not fit", node.mark, remedy)
    return value


def _ordinal(node: Node | None) -> int:
    if node is None:
        return 0
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise ScenarioError("ordinal does not fit", node.mark, "a number from 1")
    return value
