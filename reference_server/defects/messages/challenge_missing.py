"""A request without credentials is refused without a challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem


class _ChallengeMissing(Policy):
    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        return super().refusal(problem, *without(fields, "WWW-Authenticate"))


DEFECT = Defect(
    name="challenge-missing",
    title="A request without credentials is refused without a challenge",
    requirements=("HTTP-401-CHALLENGE",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_ChallengeMissing,
)
