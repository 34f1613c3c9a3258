"""Upload resources are numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


class _SequentialIdentifiers(Registry):
    def new_representation(self) -> Representation:
        representation = super().new_representation()
        number = len(self._uploads) + len(self._representations) + 1
        while (
            self.find(f"{number:08d}") is not None
            or self.representation(f"{number:08d}") is not None
        ):
            number += 1
        representation.identifier = f"{number:08d}"
        return representation


DEFECT = Defect(
    name="sequential-identifiers",
    title="Upload resources are numbered",
    requirements=("RUFH-SEC-UNGUESSABLE",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_SequentialIdentifiers,
)
