"""Fields of an HTTP/1.1 connection are dropped instead of refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_DROPPED = (b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade")


class _ConnectionFieldsDropped(Session):
    @property
    def section(self) -> Section:
        return [line for line in super().section if line[0] not in _DROPPED]


DEFECT = Defect(
    name="connection-fields-dropped",
    title="Fields of an HTTP/1.1 connection are dropped instead of refused",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ConnectionFieldsDropped,
    transport=Transport.H2,
)
