"""Frames that bring nothing, counted so that a peer cannot keep us busy with them for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from h2.errors import ErrorCodes

from conformance.codec import h2_frames as frames
from conformance.codec.h2_frames import PeerError

if TYPE_CHECKING:
    from conformance.codec.h2_frames import RawFrame

#: frames that carry neither content nor a response; WINDOW_UPDATE is counted against what we sent
IDLE_BOUND: Final = 10_000
_UPDATES_PER_FRAME: Final = 4


class FloodCount:
    """The count for one connection."""

    __slots__ = ("_idle", "_updates")

    def __init__(self) -> None:
        self._idle = 0
        self._updates = 0

    def take(self, frame: RawFrame, sent: int) -> None:
        """Count a frame of the peer.

        Args:
            frame: as it came.
            sent: frames of ours so far, which it may have widened windows for.

        Raises:
            PeerError: there are too many of its kind.
        """
        kind = frame.type
        if kind == frames.WINDOW_UPDATE:
            self._updates += 1
        elif kind not in (frames.DATA, frames.HEADERS, frames.CONTINUATION) or not frame.length:
            self._idle += 1
        if self._idle > IDLE_BOUND or self._updates > IDLE_BOUND + _UPDATES_PER_FRAME * sent:
            detail = f"a flood of frames without content, the last a {frame.type_name}"
            raise PeerError(detail, ErrorCodes.ENHANCE_YOUR_CALM, flood=True)

    def ignored(self) -> None:
        """Count a frame that turned out to be of no interest; the next one may be too many."""
        self._idle += 1
