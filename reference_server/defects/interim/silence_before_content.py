"""A request with Expect gets neither 100 nor 104 before its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.messages import FieldLine, Request


class _SilenceBeforeContent(Core):
    def begin(self, request: Request, actions: Actions) -> Exchange:
        if "Expect" in request.fields:
            actions = _Silent(actions)
        return super().begin(request, actions)


class _Silent:
    """Actions of an exchange that says nothing before its end."""

    def __init__(self, actions: Actions) -> None:
        self.final = actions.final
        self.abort = actions.abort
        self.drain = actions.drain
        self.wake_after = actions.wake_after

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send nothing."""


DEFECT = Defect(
    name="silence-before-content",
    title="A request with Expect gets neither 100 nor 104 before its content",
    requirements=("HTTP-EXPECT-SERVER-ANSWER", "HTTP-EXPECT-SERVER-NO-WAIT"),
    drafts=(9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_SilenceBeforeContent,
)
