"""An upload shares its place with the one created just before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


class _TwoUploadsShareAPlace(Registry):
    def new_representation(self) -> Representation:
        latest = next(reversed(self._uploads.values()), None)
        representation = super().new_representation()
        if latest is not None and not latest.complete and latest.transfer is None:
            representation.blob = latest.blob
        return representation


DEFECT = Defect(
    name="two-uploads-share-a-place",
    title="An upload shares its place with the one created just before",
    requirements=("SUITE-INTEGRITY-CROSS-UPLOAD",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.STORAGE,
    override=_TwoUploadsShareAPlace,
)
