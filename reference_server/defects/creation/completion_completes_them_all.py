"""The completion of an upload completes all other uploads of its user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.states import State
from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


class _CompletionCompletesThemAll(Registry):
    def publish(self, representation: Representation) -> None:
        super().publish(representation)
        for other in self._uploads.values():
            if other.state is State.OPEN and other.representation.owner == representation.owner:
                other.state = State.COMPLETE


DEFECT = Defect(
    name="completion-completes-them-all",
    title="The completion of an upload completes all other uploads of its user",
    requirements=("SUITE-INTEGRITY-CROSS-UPLOAD",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_CompletionCompletesThemAll,
)
