"""A refused append is told the completeness it had asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _RefusalEchoesCompleteness(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        response = super().transfer_refusal(call, upload, problem, *fields)
        name = call.draft.completeness_field
        asked = call.request.fields.get(name)
        lines = response.fields if asked is None else changed(response.fields, name, asked)
        return replace(response, fields=lines)


DEFECT = Defect(
    name="refusal-echoes-completeness",
    title="A refused append is told the completeness it had asked for",
    requirements=("RUFH-APPEND-RESPONSE-UPLOAD-COMPLETE",),
    drafts=(7,),
    difficulty=Difficulty.WIRE,
    override=_RefusalEchoesCompleteness,
)
