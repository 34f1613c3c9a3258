"""A method that is not allowed is refused without naming those that are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem


class _RefusedMethodWithoutAllow(Policy):
    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        return super().refusal(problem, *without(fields, "Allow"))


DEFECT = Defect(
    name="refused-method-without-allow",
    title="A method that is not allowed is refused without naming those that are",
    requirements=("HTTP-405-ALLOW",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_RefusedMethodWithoutAllow,
)
