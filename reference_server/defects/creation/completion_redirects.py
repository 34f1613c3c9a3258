"""A completed upload is answered with 303, which the target itself does not say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.messages import Request, Response


class _CompletionRedirects(Core):
    def begin(self, request: Request, actions: Actions) -> Exchange:
        if "Upload-Draft-Interop-Version" in request.fields:
            actions = _Redirecting(actions)
        return super().begin(request, actions)


class _Redirecting:
    """Actions of an exchange that answers 303 where the target has answered."""

    def __init__(self, actions: Actions) -> None:
        self._final = actions.final
        self.interim = actions.interim
        self.abort = actions.abort
        self.drain = actions.drain
        self.wake_after = actions.wake_after

    def final(self, response: Response) -> None:
        """Send the final response."""
        if response.status == 201 and response.content:
            elsewhere = (*without(response.fields, "Location"), ("Location", "/"))
            response = replace(response, status=303, fields=elsewhere)
        self._final(response)


DEFECT = Defect(
    name="completion-redirects",
    title="A completed upload is answered with 303, which the target itself does not say",
    requirements=("RUFH-H-CREATE-COMPLETE-2XX", "RUFH-H-APPEND-COMPLETE-2XX"),
    drafts=(4, 3, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_CompletionRedirects,
)
