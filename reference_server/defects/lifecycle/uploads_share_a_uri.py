"""An upload takes over the URI of the one created just before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


class _UploadsShareAUri(Registry):
    def new_representation(self) -> Representation:
        latest = next(reversed(self._uploads.values()), None)
        representation = super().new_representation()
        if latest is not None and not latest.complete and latest.transfer is None:
            representation.identifier = latest.identifier
        return representation


DEFECT = Defect(
    name="uploads-share-a-uri",
    title="An upload takes over the URI of the one created just before",
    requirements=("RUFH-RESOURCE-UNIQUE-URI",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_UploadsShareAUri,
)
