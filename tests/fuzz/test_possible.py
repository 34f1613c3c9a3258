"""The set of states an upload may be in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.fuzz.possible import (
    GONE,
    NOT_KNOWN,
    Possible,
    active_at,
    complete_at,
)


def test_a_lost_answer_leaves_both_states() -> None:
    either = active_at(10).or_else(complete_at(20))
    assert either.may_be_active_at(10)
    assert either.may_be_complete_at(20)
    assert not either.may_be_active_at(20)
    assert either.exact is None


def test_an_observation_narrows_to_what_fits_it() -> None:
    either = active_at(10, 20).or_else(complete_at(20))
    assert either.seen_at(15, None) == active_at(15)
    assert either.seen_at(20, complete=True) == complete_at(20)
    both = either.seen_at(20, None)
    assert both.may_be_active_at(20)
    assert both.may_be_complete_at(20)


def test_an_observation_outside_the_set_leaves_nothing() -> None:
    left = active_at(10, 20).seen_at(21, None)
    assert left == Possible(gone=False)
    assert str(left) == "none"


def test_exact_needs_one_offset_and_one_kind_of_state() -> None:
    assert active_at(7).exact == 7
    assert active_at(7).perhaps_gone().exact == 7
    assert active_at(7, 8).exact is None
    assert complete_at(7).exact is None
    assert NOT_KNOWN.exact is None


def test_words_name_every_state() -> None:
    assert str(active_at(3)) == "active at offset 3"
    assert str(active_at(3, 9).or_else(complete_at(9)).or_else(GONE)) == (
        "active at an offset from 3 to 9, or complete at offset 9, or gone"
    )


offsets = st.integers(0, 50)


@given(one=offsets, two=offsets, seen=offsets)
def test_either_of_two_sets_holds_whatever_one_of_them_holds(one: int, two: int, seen: int) -> None:
    first, second = active_at(one), active_at(two)
    either = first.or_else(second)
    assert either.may_be_active_at(one)
    assert either.may_be_active_at(two)
    inside = min(one, two) <= seen <= max(one, two)
    assert either.may_be_active_at(seen) == inside
