"""The three roots of our exceptions, split by guilt.

A peer's fault is never an exception: it is an event of the transcript and then an outcome.
"""

from __future__ import annotations

from conformance.model.node import Mark


class SuiteError(Exception):
    """Base of everything this project raises on purpose; the message is for people."""

    exit_code = 2


class ScenarioError(SuiteError):
    """The author of a scenario, target or plan file made a mistake.

    Attributes:
        mark: where it is, or None when the file as a whole is meant.
        message: what is wrong.
        remedy: what to write instead; empty when the message says it.
    """

    def __init__(self, message: str, mark: Mark | None = None, remedy: str = "") -> None:
        self.message = message
        self.mark = mark
        self.remedy = remedy
        place = f"{mark.file}:{mark.line}:{mark.column}: " if mark is not None else ""
        super().__init__(f"{place}{message}" + (f" ({remedy})" if remedy else ""))


class TargetError(SuiteError):
    """The target cannot be run against: unreachable, no HTTP, wrong TLS, wrong settings."""


class InternalError(SuiteError):
    """We are at fault; please report it."""
