"""100 carries END_STREAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_END_STREAM = 0x1
_FLAGS = 4  # where they are in the head of a frame


class _ContinueEndsTheStream(Session):
    def send_section(self, stream: int, section: Section, *, ended: bool) -> None:
        self._unsent += self._library.data_to_send()
        super().send_section(stream, section, ended=ended)
        if section[0] == (b":status", b"100"):
            frame = bytearray(self._library.data_to_send())
            frame[_FLAGS] |= _END_STREAM
            self._unsent += frame


DEFECT = Defect(
    name="continue-ends-the-stream",
    title="100 carries END_STREAM",
    requirements=("H2-INTERIM-OPEN",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContinueEndsTheStream,
    transport=Transport.H2,
)
