"""Which faults happen to which exchanges: seeded, repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.faults.chosen import Chooser, path_of, resolve
from conformance.faults.fault import Fault, FaultPlan, FaultSelector
from conformance.model.node import Scalar
from conformance.model.scenario import Cut, Point
from conformance.model.transcript import CutHow
from conformance.syntax.values import read_size

if TYPE_CHECKING:
    from conformance.model.values import Size


def size(text: str) -> Size:
    return read_size(Scalar(text))


CUT = Cut(how=CutHow.RESET, after=size("1 KiB"))


def test_ordinals_count_what_fits_and_nothing_else() -> None:
    plan = FaultPlan(faults=(Fault(on=FaultSelector(method="PATCH", ordinal=2), cut=CUT),))
    chooser = Chooser(plan)
    seen = [chooser.choose(method, "/u/1?x") for method in ("PATCH", "POST", "PATCH", "PATCH")]
    assert [each.cut for each in seen] == [None, None, CUT, None]
    assert seen[2].faults == (1,)


def test_several_faults_meet_in_one_exchange() -> None:
    plan = FaultPlan(
        faults=(
            Fault(on=FaultSelector(), drop=(Point.INTERIM_100,)),
            Fault(on=FaultSelector(path="/u/*"), cut=CUT, drop=(Point.INTERIM_104,)),
            Fault(on=FaultSelector(), lose=True),
        )
    )
    chosen = Chooser(plan).choose("PUT", "http://a:1/u/1")
    assert chosen.cut is CUT
    assert chosen.drop == (Point.INTERIM_100, Point.INTERIM_104)
    assert chosen.lose
    assert chosen.faults == (1, 2, 3)


def chances(seed: str) -> list[tuple[bool, float]]:
    fault = Fault(on=FaultSelector(), cut=CUT, chance=30, jitter=size("1 KiB"))
    chooser = Chooser(FaultPlan(faults=(fault,), seed=seed))
    chosen = [chooser.choose("PUT", "/") for _ in range(200)]
    return [(each.cut is not None, each.extra) for each in chosen]


def test_the_seed_decides_what_is_left_to_chance() -> None:
    assert chances("1") == chances("1")
    assert chances("1") != chances("2")
    assert 30 <= sum(happens for happens, _ in chances("1")) <= 90


@pytest.mark.parametrize(
    ("text", "content", "octets"),
    [
        ("10 KiB", None, 10_240),
        ("50%", 9, 4),
        ("50%", None, None),
        ("-1 B", 10, 9),
        ("-1 B", None, None),
        ("end", 10, 10),
        ("end - 3 B", 10, 7),
        ("2 B - 5 B", 10, 0),
        ("$a.at", 10, None),
    ],
)
def test_sizes_are_resolved_against_the_content(
    text: str, content: int | None, octets: int | None
) -> None:
    assert resolve(size(text), content) == octets


@pytest.mark.parametrize(
    ("target", "path"),
    [("/a?b", "/a"), ("http://h:1/a/b?c", "/a/b"), ("http://h", "/"), ("*", "*")],
)
def test_the_path_is_what_patterns_are_about(target: str, path: str) -> None:
    assert path_of(target) == path
