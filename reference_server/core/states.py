"""The states of an upload resource.

Two rules: what the table does not list is refused, and an upload that has left OPEN and
RECEIVING never takes another octet. A transfer that ends without completing the upload (by
acknowledgement, refusal, interruption or being overtaken) leaves it OPEN.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an upload resource stands."""

    OPEN = "open"  # incomplete, no transfer under way
    RECEIVING = "receiving"  # a creation or append is under way
    COMPLETE = "complete"  # the target has answered
    INVALID = "invalid"  # overrun or failed, no further interaction
    GONE = "gone"  # cancelled, expired or cleaned up


class Input(StrEnum):
    """What may happen to an upload resource."""

    TRANSFER = "transfer"
    PAUSE = "pause"
    COMPLETE = "complete"
    RETRIEVE = "retrieve"
    INVALIDATE = "invalidate"
    CANCEL = "cancel"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Input], State] = {
    (State.OPEN, Input.TRANSFER): State.RECEIVING,
    (State.OPEN, Input.RETRIEVE): State.OPEN,
    (State.OPEN, Input.INVALIDATE): State.INVALID,
    (State.OPEN, Input.CANCEL): State.GONE,
    (State.OPEN, Input.EXPIRE): State.GONE,
    (State.RECEIVING, Input.PAUSE): State.OPEN,
    (State.RECEIVING, Input.COMPLETE): State.COMPLETE,
    (State.RECEIVING, Input.INVALIDATE): State.INVALID,
    (State.COMPLETE, Input.RETRIEVE): State.COMPLETE,
    (State.COMPLETE, Input.CANCEL): State.GONE,
    (State.COMPLETE, Input.EXPIRE): State.GONE,
    (State.INVALID, Input.EXPIRE): State.GONE,
}


class NotAllowedError(Exception):
    """The input is not possible in this state."""


def after(state: State, happened: Input) -> State:
    """Return the state that follows.

    Raises:
        NotAllowedError: the table has no such transition.
    """
    try:
        return TRANSITIONS[state, happened]
    except KeyError:
        raise NotAllowedError(f"{happened} in state {state}") from None
