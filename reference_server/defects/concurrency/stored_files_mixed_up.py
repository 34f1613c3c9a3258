"""Of two uploads that are completed in the same second each is stored as the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Representation


_SECOND = 1.0


class _StoredFilesMixedUp(Registry):
    _latest: tuple[float, Representation] | None = None

    def publish(self, representation: Representation) -> None:
        if self._latest is not None and self.now() - self._latest[0] < _SECOND:
            other = self._latest[1]
            other.blob, representation.blob = representation.blob, other.blob
        self._latest = self.now(), representation
        super().publish(representation)


DEFECT = Defect(
    name="stored-files-mixed-up",
    title="Of two uploads that are completed in the same second each is stored as the other",
    requirements=("SUITE-INTEGRITY-CROSS-UPLOAD",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_StoredFilesMixedUp,
)
