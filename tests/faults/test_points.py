"""When the events that interruptions wait for have been reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from conformance.faults.points import first_reached, reached
from conformance.model.scenario import Point
from conformance.model.transcript import Moment


@dataclass
class Known:
    """What is known of an exchange."""

    first_interims: dict[int, Moment] = field(default_factory=dict)
    final_at: Moment | None = None
    final_ended: Moment | None = None
    head_at: Moment | None = None
    ended_at: Moment | None = None


NOTHING = Known()
ALL = Known(
    first_interims={104: Moment(3, 0.3), 100: Moment(2, 0.2), 103: Moment(1, 0.1)},
    final_at=Moment(5, 0.5),
    final_ended=Moment(6, 0.6),
    head_at=Moment(7, 0.7),
    ended_at=Moment(8, 0.8),
)


@pytest.mark.parametrize("point", list(Point))
def test_nothing_is_reached_before_it_happens(point: Point) -> None:
    assert reached(point, NOTHING) is None


@pytest.mark.parametrize(
    ("point", "seq"),
    [
        (Point.ANY_INTERIM, 1),
        (Point.INTERIM_100, 2),
        (Point.INTERIM_104, 3),
        (Point.FINAL_HEAD, 5),
        (Point.FINAL, 6),
        (Point.HEADER_END, 7),
        (Point.CONTENT_END, 8),
    ],
)
def test_each_point_has_its_moment(point: Point, seq: int) -> None:
    moment = reached(point, ALL)
    assert moment is not None
    assert moment.seq == seq


def test_the_first_of_several_points_counts() -> None:
    wanted = [Point.FINAL, Point.INTERIM_104, Point.HEADER_END]
    assert first_reached(wanted, ALL) is Point.INTERIM_104
    assert first_reached(wanted, NOTHING) is None
    assert first_reached([], ALL) is None
