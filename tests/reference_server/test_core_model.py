"""Any order of appends, cuts, retrievals and take-overs leaves exactly the octets sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Callable

PIECES = st.lists(st.binary(max_size=8), max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["append", "cut", "hang", "in-flight"]), PIECES),
        st.tuples(st.sampled_from(["wrong", "retrieve", "late"]), st.just([])),
    ),
    max_size=12,
)


class Model:
    """The octets an upload must have, beside a core that is told the same story."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.path = bench.path(b"")
        self.stored = b""
        self.hanging: Any = None

    def step(self, what: str, pieces: list[bytes]) -> None:
        """Do one step on both sides."""
        if what == "wrong":
            self.count_in_flight()
            sent = self.bench.append(self.path, len(self.stored) + 1, b"x")
            assert sent.status == 409
            assert sent.fields.get("Upload-Offset") == str(len(self.stored))
        elif what == "retrieve":
            self.count_in_flight()
            assert self.bench.offset(self.path) == len(self.stored)
        elif what == "late":
            if self.hanging is not None and self.hanging.aborted:
                self.hanging.exchange.content(b"late")
                self.hanging.exchange.end()
        else:
            self.transfer(what, pieces)

    def count_in_flight(self) -> None:
        """Account for octets that had arrived at a transfer about to be overtaken."""
        if self.hanging is not None and not self.hanging.aborted:
            self.stored += b"".join(self.hanging.in_flight)

    def transfer(self, what: str, pieces: list[bytes]) -> None:
        """Append in one of four ways."""
        self.count_in_flight()
        fields = self.bench.append_fields(len(self.stored), complete=False)
        sent = self.bench.begin("PATCH", self.path, *fields, length=None)
        data = b"".join(pieces)
        if what == "in-flight":
            sent.in_flight = pieces
            self.hanging = sent
            return
        for piece in pieces:
            sent.exchange.content(piece)
        self.stored += data
        if what == "append":
            sent.exchange.end()
            assert self.bench.completeness_of(sent.fields) is False
        elif what == "cut":
            sent.exchange.interrupted()
        if what == "hang":
            self.hanging = sent
        else:
            self.hanging = None


@settings(max_examples=100, deadline=None)
@given(number=st.sampled_from(sorted(DRAFTS)), steps=STEPS)
def test_exactly_the_octets_sent_are_stored(
    make_bench_always: Callable[..., Any], number: int, steps: list[tuple[str, list[bytes]]]
) -> None:
    model = Model(make_bench_always(number))
    for what, pieces in steps:
        model.step(what, pieces)
    model.count_in_flight()
    final = model.bench.append(model.path, len(model.stored), b"end", complete=True)
    assert final.status == 201
    assert model.bench.stored(model.path) == model.stored + b"end"
