"""A line end is added to every representation that is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


class _NewlineAddedWhenStored(Registry):
    def publish(self, representation: Representation) -> None:
        representation.blob.append(b"\n")
        super().publish(representation)


DEFECT = Defect(
    name="newline-added-when-stored",
    title="A line end is added to every representation that is stored",
    requirements=("SUITE-INTEGRITY-STORED",),
    drafts=(9, 8, 6, 3),
    difficulty=Difficulty.STORAGE,
    override=_NewlineAddedWhenStored,
)
