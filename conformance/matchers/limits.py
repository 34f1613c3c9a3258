"""``limits``: Upload-Limit compared with what an earlier answer told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Node, Scalar
from conformance.model.protocols import MALFORMED, Look, Match, MatchContext, MatcherSpec
from conformance.syntax import sf
from conformance.syntax.nodes import (
    mapping_node,
    read_choice,
    read_mapping,
    read_words,
    words_node,
)
from conformance.syntax.schemas import STEP, choice, mapping
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import no_final

if TYPE_CHECKING:
    from conformance.model.transcript import Message

_KEYS = ("max-size", "min-size", "max-append-size", "min-append-size")


@dataclass(frozen=True, slots=True)
class NotTighter:
    """Limits are at most as strict as those another step was told.

    Attributes:
        step: the step that was told the earlier limits.
        keys: limits to compare.
        ignore_untold: a limit the earlier answer did not tell is not compared; else it was none.
    """

    step: str
    keys: tuple[str, ...] = _KEYS
    ignore_untold: bool = False


def _limits(message: Message) -> dict[str, int] | None:
    parsed = sf.parse_dictionary(message.values("Upload-Limit"))
    if parsed is None or parsed is MALFORMED:
        return None
    return {
        key: item.value
        for key, item in parsed.items()
        if isinstance(item, sf.Item)
        and isinstance(item.value, int)
        and not isinstance(item.value, bool)
    }


def _match(test: NotTighter, look: Look, context: MatchContext) -> Match:
    expected = f"limits no tighter than step {test.step} was told"
    other = context.exchange(test.step)
    if other is None or other.final is None:
        told = no_final(other) if other is not None else "was not made"
        return Match(holds=None, expected=expected, observed=f"step {test.step}: {told}")
    message = look.message
    if message is None:
        message = look.exchange.final if look.exchange is not None else None
    before = _limits(other.final)
    now = _limits(message) if message is not None else None
    if before is None or now is None:
        return Match(holds=True, expected=expected, observed="no Upload-Limit to compare")
    tighter = [
        f"{key}={now[key]} after {before.get(key, 'no such limit')}"
        for key in test.keys
        if key in now
        and (key in before or not test.ignore_untold)
        and _tighter(key, now[key], before.get(key))
    ]
    observed = "; ".join(tighter) or "none of them is tighter"
    return Match(holds=not tighter, expected=expected, observed=observed)


def _tighter(key: str, now: int, before: int | None) -> bool:
    if key.startswith("min-"):
        return now > (before or 0)
    return before is None or now < before


def _decode(node: Node) -> NotTighter:
    entries = read_mapping(node, "limits", ("not-tighter-than", "keys", "untold"))
    if "not-tighter-than" not in entries:
        raise ScenarioError("limits needs not-tighter-than: with a step", node.mark)
    step = scalar_text(entries["not-tighter-than"], "not-tighter-than")
    ignore_untold = "untold" in entries
    if ignore_untold:
        read_choice(entries["untold"], "untold", ("ignored",))
    if "keys" not in entries:
        return NotTighter(step, ignore_untold=ignore_untold)
    keys = read_words(entries["keys"], "keys")
    unknown = next((key for key in keys if key not in _KEYS), None)
    if unknown is not None:
        raise ScenarioError(
            f"{unknown!r} is no limit to compare", entries["keys"].mark, ", ".join(_KEYS)
        )
    return NotTighter(step, keys, ignore_untold=ignore_untold)


def _encode(test: NotTighter) -> Node:
    entries: list[tuple[str, Node]] = [("not-tighter-than", Scalar(test.step))]
    if test.keys != _KEYS:
        entries.append(("keys", words_node(test.keys)))
    if test.ignore_untold:
        entries.append(("untold", Scalar("ignored")))
    return mapping_node(entries)


LIMITS = MatcherSpec(
    key="limits",
    summary=(
        "Upload-Limit is not tighter than what another step was told; with untold: ignored, limits "
        "it was not told do not count."
    ),
    example="limits: {not-tighter-than: options}",
    schema=mapping(
        {
            "not-tighter-than": STEP,
            "keys": {"type": ["string", "array"]},
            "untold": choice("ignored"),
        }
    ),
    decode=_decode,
    encode=_encode,
    match=_match,
)
