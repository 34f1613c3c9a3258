"""A target that died is noticed; one that merely is silent now and then is not given up."""

from __future__ import annotations

from conformance.engine.liveness import SILENT_RUNS, Liveness
from conformance.model.transcript import End, Transcript
from tests.engine.exchanges import exchange, message


def run(end: End, *, answered: bool = False, detail: str = "") -> Transcript:
    final = message(500) if answered else None
    return Transcript(exchanges=(exchange(end, final, detail=detail),))


def test_many_silent_runs_in_a_row_are_a_dead_target() -> None:
    liveness = Liveness()

    told = [liveness.saw(run(End.REFUSED, detail="refused")) for _ in range(SILENT_RUNS)]

    assert set(told[:-1]) == {""}
    assert told[-1] == "the target no longer answers (refused)"


def test_any_answer_shows_that_it_lives() -> None:
    liveness = Liveness()

    for _ in range(3):
        for _ in range(SILENT_RUNS - 1):
            assert liveness.saw(run(End.DEADLINE)) == ""
        assert liveness.saw(run(End.FINAL, answered=True)) == ""


def test_runs_that_we_interrupt_ourselves_show_nothing() -> None:
    liveness = Liveness()

    told = {liveness.saw(run(End.CUT)) for _ in range(2 * SILENT_RUNS)}

    assert told == {""}
