"""One exchange on its way along the path, and what its faults have to say about every octet.

Octets of content are passed on as far as :meth:`Passage.allowance` admits; events that holds and
cuts wait for are those of :mod:`conformance.faults.points`, seen from where the proxy stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.faults.chosen import resolve
from conformance.faults.points import first_reached, reached
from conformance.model.scenario import Point
from conformance.model.transcript import CutMade, End, Moment

if TYPE_CHECKING:
    from conformance.faults.chosen import Chosen
    from conformance.model.scenario import Cut
    from conformance.proxy.side import Clock, Side

_BEFORE_CONTENT = frozenset({Point.INTERIM_100, Point.INTERIM_104, Point.ANY_INTERIM})


@dataclass(slots=True, kw_only=True)
class _Wait:
    """Content is withheld from an octet on, until an event or a time."""

    at: int
    until: tuple[Point, ...]
    at_most: float
    stops: bool = False
    since: float | None = None
    over: bool = False


class Passage:
    """An exchange on the path.

    Attributes:
        chosen: what happens to it.
        client, server: its two sides.
        forwarded: octets of content handed on to the server.
        first_interims, final_at, final_ended, head_at, ended_at: see
            :class:`conformance.faults.points.Facts`; of responses, when they arrived here.
        problem: why its cut cannot be made; empty if it can.
        cut_made: its cut has been asked for.
        reported: somebody was told that it can no longer be interrupted.
    """

    __slots__ = (
        "_clock", "_next_piece", "_piece", "_stop", "_waits", "chosen",
        "client", "cut_made", "ended_at", "final_at", "final_ended", "first_interims", "forwarded",
        "head_at", "problem", "reported", "server",
    )  # fmt: skip

    def __init__(self, chosen: Chosen, sides: tuple[Side, Side], clock: Clock) -> None:
        self.chosen = chosen
        self.client, self.server = sides
        self.forwarded = 0
        self.first_interims: dict[int, Moment] = {}
        self.final_at: Moment | None = None
        self.final_ended: Moment | None = None
        self.head_at: Moment | None = None
        self.ended_at: Moment | None = None
        self.problem = ""
        self.cut_made = False
        self.reported = False
        self._clock = clock
        declared = self.client.asked.declared
        self._stop = self._cut_after(declared)
        self._waits = self._make_waits(declared)
        trickle = chosen.trickle
        self._piece = max(1, resolve(trickle.piece, declared) or 1) if trickle else 0
        self._next_piece = 0.0

    def _cut_after(self, declared: int | None) -> int | None:
        cut = self.chosen.cut
        if cut is None or cut.after is None:
            return None
        after = resolve(cut.after, declared)
        if after is None:
            self.problem = "the request does not declare the length the cut is a share of"
            return None
        jitter = self.chosen.jitter
        span = (resolve(jitter, declared) or 0) if jitter is not None else 0
        return after + int(self.chosen.extra * (span + 1))

    def _make_waits(self, declared: int | None) -> list[_Wait]:
        waits, cut, hold = [], self.chosen.cut, self.chosen.hold
        if cut is not None:
            until = _awaited(cut)
            if until is not None:
                points = (until, Point.FINAL_HEAD)
                waits.append(_Wait(at=0, until=points, at_most=cut.at_most.seconds))
        if hold is not None:
            at = 0 if hold.at is None else resolve(hold.at, declared) or 0
            stops = hold.then == "stop"
            waits.append(
                _Wait(
                    at=at,
                    until=(*hold.until, Point.FINAL_HEAD),
                    at_most=hold.at_most.seconds,
                    stops=stops,
                )
            )
        return waits

    # Content on its way to the server

    def allowance(self) -> int | None:
        """Return how many octets of content may go on now; None for all there are."""
        bounds = [wait.at - self.forwarded for wait in self._waits if not self._wait_over(wait)]
        if self._stop is not None:
            bounds.append(self._stop - self.forwarded)
        if self._piece:
            ready = self._clock.now() >= self._next_piece
            bounds.append(self._piece if ready else 0)
        return max(0, min(bounds)) if bounds else None

    def passed(self, octets: bytes, moment: Moment) -> None:
        """Note content handed on."""
        self.forwarded += len(octets)
        self.server.content(octets, moment)
        if self._piece and self.chosen.trickle is not None:
            self._next_piece = self._clock.now() + self.chosen.trickle.every.seconds

    def sleeps(self) -> float | None:
        """Return in how many seconds something may be allowed that is not now; None if never."""
        now = self._clock.now()
        until = [
            wait.since + wait.at_most
            for wait in self._waits
            if not wait.over and wait.since is not None
        ]
        if self._piece:
            until.append(self._next_piece)
        later = [moment - now for moment in until if moment > now]
        return min(later, default=None)

    @property
    def stopped(self) -> bool:
        """Tell whether content is withheld for good."""
        return any(wait.over and wait.stops and self.forwarded >= wait.at for wait in self._waits)

    def _wait_over(self, wait: _Wait) -> bool:
        if wait.over:
            return not wait.stops
        if self.head_at is None or self.forwarded < wait.at:
            return False
        now = self._clock.now()
        wait.since = now if wait.since is None else wait.since
        come = first_reached(wait.until, self) is not None
        wait.over = come or now >= wait.since + wait.at_most
        return wait.over and not wait.stops

    # The cut

    def order(self, cut: Cut, token: int) -> None:
        """Take an interruption that was ordered while the exchange was under way."""
        self.chosen = replace(self.chosen, cut=cut, jitter=None, faults=(token,))
        self.cut_made, self.problem = False, ""
        self._stop = self._cut_after(self.client.asked.declared)

    def cut_due(self) -> Cut | None:
        """Return the cut if its time has come; it is told once."""
        cut = self.chosen.cut
        if cut is None or self.cut_made or self.head_at is None or not self._reached(cut):
            return None
        self.cut_made = True
        return cut

    def _reached(self, cut: Cut) -> bool:
        if cut.once is not None:
            return self._once_reached(cut.once)
        if self._stop is None or self.forwarded < self._stop:
            return False
        return all(wait.at < self._stop or self._wait_over(wait) for wait in self._waits)

    def _once_reached(self, once: Point) -> bool:
        if reached(once, self) is None:
            return False
        if once is Point.FINAL_HEAD:
            return self.chosen.lose or self.client.final_told
        return once is not Point.FINAL or self.chosen.lose or self.client.final_whole

    def note_cut(self, made: CutMade) -> None:
        """Note the interruption that was made."""
        self.server.cut = made
        for side in (self.client, self.server):
            side.finish(End.CUT, made.at, f"cut off on the path ({made.how})")

    def concluded(self) -> str:
        """Return why a cut that was wanted was never made; empty if none was, or it was made."""
        if self.chosen.cut is None or self.cut_made:
            return ""
        return self.problem or "the exchange ended before"


def _awaited(cut: Cut) -> Point | None:
    """Return the event a cut gives the server the time for before any content goes on."""
    if cut.once is None:
        return cut.wait_for
    return cut.once if cut.once in _BEFORE_CONTENT else None


def fits(points: tuple[Point, ...], status: int) -> bool:
    """Tell whether an interim response is among those named."""
    names = {100: Point.INTERIM_100, 104: Point.INTERIM_104}
    return Point.ANY_INTERIM in points or names.get(status) in points
