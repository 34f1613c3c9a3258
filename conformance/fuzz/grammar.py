"""The grammar: which lists of steps there are, and how often each kind of step is drawn.

Drawn step by step with a belief of where each upload should be, so that most requests are correct
ones and what is wrong with the others is one thing at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.fuzz import interruptions, odd, odd_creations, odd_frames, orderly, raw, slowly
from conformance.fuzz.belief import Sketch
from conformance.fuzz.trial import Trial
from conformance.model.scenario import ContentKind, ContentSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.fuzz.choices import Choices
    from conformance.profiles.rufh.drafts import Draft

#: bounds of one trial
MOST_STEPS: Final = 12
LARGEST: Final = 65_536

#: up to this, appends are drawn that heed a target's minimum
_LARGEST_MINIMUM: Final = 8_192
_SIZES: Final = ((34, 64), (30, 300), (24, 2_000), (8, 20_000), (4, LARGEST))


def _for_h1(draw_step: Callable[[Sketch], None]) -> Callable[[Sketch], None]:
    """Return what draws a step that only HTTP/1.1 has, and frames of its own over HTTP/2."""

    def drawn(sketch: Sketch) -> None:
        (odd_frames.append if sketch.transport == "h2" else draw_step)(sketch)

    return drawn


#: how often each kind of step is drawn once there is an upload, and what draws it
_KINDS: Final[tuple[tuple[int, Callable[[Sketch], None]], ...]] = (
    (26, orderly.append),
    (14, orderly.retrieve),
    (12, odd.wrong_offset),
    (9, orderly.finish),
    (6, interruptions.cut_append),
    (5, odd.odd_append),
    (4, orderly.cancel),
    (4, odd.wrong_length),
    (3, orderly.create),
    (3, interruptions.lost_answer),
    (3, odd.after_the_end),
    (3, odd.odd_retrieval),
    (2, orderly.discover),
    (2, interruptions.race),
    (2, interruptions.expect_continue),
    (2, _for_h1(raw.raw_append)),
    (1, odd.odd_method),
    (2, _for_h1(interruptions.pipelined)),
)
_FIRST: Final[tuple[tuple[int, Callable[[Sketch], None]], ...]] = (
    (60, orderly.create),
    (12, interruptions.cut_create),
    (5, odd_creations.odd_create),
    (6, raw.raw_create),
    (3, orderly.create_coded),
    (1, slowly.begin),
    (3, orderly.discover),
    (3, odd_creations.plain_request),
)


def draw(
    choices: Choices,
    draft: Draft,
    *,
    seed: str,
    transport: str = "h1",
    read_back: bool = False,
    limits: Mapping[str, int] | None = None,
    origin: str = "",
) -> Trial:
    """Draw a trial.

    Args:
        choices: decides.
        draft: the draft spoken.
        seed: decides generated content.
        transport: ``h1`` or ``h2``; what the other one lacks is not drawn.
        read_back: what is stored can be read back.
        limits: limits the target told, by key.
        origin: see :class:`Trial`.
    """
    told = dict(limits or {})
    size = choices.integer(2, min(choices.weighted(_SIZES), told.get("max-size", LARGEST)))
    least = told.get("min-append-size", 0)
    if 0 < least <= _LARGEST_MINIMUM:
        size = choices.integer(2 * least, 8 * least)
    sketch = Sketch(
        choices=choices,
        draft=draft,
        transport=transport,
        size=size,
        read_back=read_back,
        limits=told,
    )
    wanted = choices.integer(1, MOST_STEPS)
    choices.weighted(_FIRST)(sketch)
    while len(sketch.steps) < wanted:
        if sketch.uploads:
            choices.weighted(_KINDS)(sketch)
        else:
            choices.weighted(_FIRST)(sketch)
    orderly.look_again(sketch)
    coded = any(step.name.startswith("coded") for step in sketch.steps)
    kind = ContentKind.GZIP if coded else ContentKind.GENERATED
    return Trial(
        draft=draft.number,
        content=ContentSpec(kind=kind, size=sketch.size, fixed=True),
        seed=seed,
        steps=tuple(sketch.steps),
        origin=origin,
    )
