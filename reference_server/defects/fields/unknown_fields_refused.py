"""A request with a field the server does not know is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.exchange import Exchange
from reference_server.core.problems import Problem
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.exchange import Actions
    from reference_server.core.messages import Request


class _UnknownFieldsRefused(Core):
    def _route(self, request: Request, actions: Actions) -> Exchange:
        for name in ("Upload-Future", "Upload-Unknown", "X-Unknown", "Upload-Metadata"):
            if name in request.fields:
                actions.final(self.policy.refusal(Problem(status=400, detail=f"What is {name}?")))
                return Exchange()
        return super()._route(request, actions)


DEFECT = Defect(
    name="unknown-fields-refused",
    title="A request with a field the server does not know is refused",
    requirements=("HTTP-UNKNOWN-FIELD-IGNORE",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_UnknownFieldsRefused,
)
