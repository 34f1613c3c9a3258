"""The state table, exhaustively."""

from __future__ import annotations

import itertools

import pytest

from reference_server.core.states import TRANSITIONS, Input, NotAllowedError, State, after

#: Written down a second time, by what may happen in each state.
ALLOWED = {
    State.OPEN: {"transfer", "retrieve", "invalidate", "cancel", "expire"},
    State.RECEIVING: {"pause", "complete", "invalidate"},
    State.COMPLETE: {"retrieve", "cancel", "expire"},
    State.INVALID: {"expire"},
    State.GONE: set[str](),
}


@pytest.mark.parametrize(("state", "happened"), [*itertools.product(State, Input)])
def test_exactly_the_allowed_inputs_are_possible(state: State, happened: Input) -> None:
    if happened.value in ALLOWED[state]:
        assert after(state, happened) is TRANSITIONS[state, happened]
    else:
        with pytest.raises(NotAllowedError, match=happened.value):
            after(state, happened)


def test_octets_are_only_taken_while_receiving() -> None:
    assert [key for key, target in TRANSITIONS.items() if target is State.RECEIVING] == [
        (State.OPEN, Input.TRANSFER)
    ]


def test_completion_is_final() -> None:
    targets = {target for (state, _), target in TRANSITIONS.items() if state is State.COMPLETE}
    assert targets == {State.COMPLETE, State.GONE}
