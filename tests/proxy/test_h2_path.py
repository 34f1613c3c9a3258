"""What a path does to HTTP/2 exchanges; no sockets, h2 at both ends."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection

from conformance.codec.h2_relay import write_frame
from conformance.model.transcript import CutHow, End
from conformance.proxy.actions import EndToClient, EndToServer, MakeCut, WakeAfter
from conformance.proxy.h2_path import H2Path

INTERIM = [(":status", "104"), ("location", "/u/1"), ("x", "y")]


class Ends:
    """A client and a server with a path between them."""

    def __init__(self, rig: Any, plan: str = "") -> None:
        self.desk = rig.Desk(H2Path, plan)
        self.client = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self.server = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self.cuts: list[MakeCut] = []
        self.wakes: list[float] = []
        self.at_client: list[Any] = []
        self.at_server: list[Any] = []
        self._rig = rig
        self.client.initiate_connection()
        self.server.initiate_connection()
        self.pump()

    def pump(self) -> None:
        """Exchange what there is until nothing moves any more."""
        for _ in range(20):
            up, down = self.client.data_to_send(), self.server.data_to_send()
            if not up and not down:
                return
            self.act(self.desk.path.client_says(up) if up else [])
            self.act(self.desk.path.server_says(down) if down else [])

    def act(self, actions: list[Any]) -> None:
        up, down = self._rig.to_server(actions), self._rig.to_client(actions)
        self.cuts += [each for each in actions if isinstance(each, MakeCut)]
        self.wakes += [each.seconds for each in actions if isinstance(each, WakeAfter)]
        for cut in self.cuts:
            up += cut.to_server or b""
            down += cut.to_client or b""
        if up:
            self.at_server += self.server.receive_data(up)
        if down:
            self.at_client += self.client.receive_data(down)

    def ask(self, content: bytes = b"", stream: int = 1) -> None:
        head = [(":method", "POST"), (":path", "/u"), (":scheme", "http"), (":authority", "a")]
        head.append(("content-length", str(len(content))))
        self.client.send_headers(stream, head, end_stream=not content)
        self.pump()
        for low in range(0, len(content), 10_000):
            if any(each.stream_id == stream for each in self.seen(h2.events.StreamReset)):
                return
            part = content[low : low + 10_000]
            self.client.send_data(stream, part, end_stream=low + 10_000 >= len(content))
        self.pump()

    def content(self, stream: int = 1) -> bytes:
        return b"".join(
            each.data
            for each in self.at_server
            if isinstance(each, h2.events.DataReceived) and each.stream_id == stream
        )

    def seen(self, kind: type[Any], *, client: bool = True) -> list[Any]:
        return [each for each in (self.at_client if client else self.at_server)
                if isinstance(each, kind)]  # fmt: skip

    def announce(self) -> None:
        self.server.send_headers(1, INTERIM)
        self.pump()

    def answer(self, content: bytes = b"ok") -> None:
        self.server.send_headers(1, [(":status", "201")])
        self.server.send_data(1, content, end_stream=True)
        self.pump()


CONTENT = bytes(range(256)) * 100


def test_without_faults_everything_goes_on(rig: Any) -> None:
    ends = Ends(rig)
    ends.ask(CONTENT)
    ends.announce()
    ends.answer()
    assert ends.content() == CONTENT
    assert len(ends.seen(h2.events.InformationalResponseReceived)) == 1
    assert ends.seen(h2.events.DataReceived)[0].data == b"ok"
    assert len(ends.desk.done) == 1
    client, server = ends.desk.journal.transcripts()
    assert client.exchange(0).end is server.exchange(0).end is End.FINAL
    assert client.exchange(0).interims[0].status == 104


@pytest.mark.parametrize("after", [0, 1, 9_999, 10_000, 10_001, len(CONTENT) - 1, len(CONTENT)])
def test_a_cut_comes_right_behind_its_octet(rig: Any, after: int) -> None:
    ends = Ends(rig, f"faults: [{{on: {{}}, cut: {{how: reset, after: {after}, wait-for: null}}}}]")
    ends.ask(CONTENT)
    assert ends.content() == CONTENT[:after]
    assert [(cut.how, cut.passage.forwarded) for cut in ends.cuts] == [(CutHow.RESET, after)]
    assert len(ends.seen(h2.events.StreamReset)) == 1
    assert len(ends.seen(h2.events.StreamReset, client=False)) == 1


def test_other_streams_live_on_and_the_window_is_given_back(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {ordinal: 1}, cut: {how: reset, after: 5, wait-for: null}}]")
    before = ends.client.outbound_flow_control_window
    ends.ask(CONTENT)
    ends.server.increment_flow_control_window(5)
    ends.pump()
    assert ends.client.outbound_flow_control_window == before
    ends.ask(CONTENT, stream=3)
    assert ends.content(3) == CONTENT


def test_late_frames_of_a_stream_that_was_cut_go_nowhere(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {}, cut: {how: reset, after: 5, wait-for: null}}]")
    ends.ask(CONTENT)
    before = len(ends.at_server)
    late = write_frame(0, 0, 1, b"late")
    actions = ends.desk.path.client_says(late)
    assert rig.to_server(actions) == b""
    assert rig.to_client(actions) == write_frame(8, 0, 0, (4).to_bytes(4, "big"))
    assert len(ends.at_server) == before


def test_a_half_close_ends_our_side_of_the_stream(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {}, cut: {how: half-close, after: 7, wait-for: null}}]")
    actions = []
    ends.client.send_headers(
        1, [(":method", "POST"), (":path", "/"), (":scheme", "http"), (":authority", "a")]
    )
    ends.client.send_data(1, b"0123456789")
    actions = ends.desk.path.client_says(ends.client.data_to_send())
    (cut,) = [each for each in actions if isinstance(each, MakeCut)]
    assert (cut.to_server, cut.to_client) == (write_frame(0, 1, 1), None)


def test_closing_loses_the_connection(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {}, cut: {how: close, after: 7, wait-for: null}}]")
    ends.ask(CONTENT)
    assert ends.content() == CONTENT[:7]
    assert (ends.cuts[0].how, ends.cuts[0].to_server) == (CutHow.CLOSE, None)
    assert ends.desk.path.client_says(b"more") == []


@pytest.mark.parametrize(
    ("fault", "interims"),
    [("drop: interim 104", 0), ("duplicate: interim 104", 2), ("lose: final", 1)],
)
def test_responses_are_interfered_with(rig: Any, fault: str, interims: int) -> None:
    ends = Ends(rig, f"faults: [{{on: {{}}, {fault}}}]")
    ends.ask(CONTENT)
    ends.announce()
    ends.answer(b"x" * 5000)
    assert len(ends.seen(h2.events.InformationalResponseReceived)) == interims
    lost = "lose" in fault
    assert len(ends.seen(h2.events.ResponseReceived)) == (0 if lost else 1)
    if lost:
        assert ends.server.local_flow_control_window(1) >= 5000
        assert ends.server.outbound_flow_control_window == 65_535


def test_a_field_gets_lost(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {}, strip: {what: interim 104, fields: Location}}]")
    ends.ask(CONTENT)
    ends.announce()
    (interim,) = ends.seen(h2.events.InformationalResponseReceived)
    assert [bytes(name) for name, _ in interim.headers] == [b":status", b"x"]


def test_a_late_interim_response_holds_up_its_own_stream_only(rig: Any) -> None:
    plan = "faults: [{on: {ordinal: 1}, delay: {what: interim 104, by: 2 s}}]"
    ends = Ends(rig, plan)
    ends.ask(b"a")
    ends.ask(b"b", stream=3)
    ends.announce()
    ends.answer()
    assert ends.wakes[-1] == 2.0
    assert not ends.seen(h2.events.ResponseReceived)
    ends.server.send_headers(3, [(":status", "200")], end_stream=True)
    ends.pump()
    assert [each.stream_id for each in ends.seen(h2.events.ResponseReceived)] == [3]
    ends.desk.now = 3.0
    ends.act(ends.desk.path.wake())
    assert [each.stream_id for each in ends.seen(h2.events.ResponseReceived)] == [3, 1]


def test_content_is_held_up_on_one_stream(rig: Any) -> None:
    ends = Ends(rig, "faults: [{on: {}, hold: {until: interim 104, at: 100, at-most: 9 s}}]")
    ends.ask(CONTENT)
    assert ends.content() == CONTENT[:100]
    ends.announce()
    assert ends.content() == CONTENT


def test_a_stream_reset_by_an_end_is_passed_on(rig: Any) -> None:
    ends = Ends(rig)
    ends.ask(b"x")
    ends.server.reset_stream(1, 7)
    ends.pump()
    assert ends.seen(h2.events.StreamReset)[0].error_code == 7
    client, _ = ends.desk.journal.transcripts()
    assert client.exchange(0).end is End.RESET


def test_what_cannot_be_followed_is_passed_on(rig: Any) -> None:
    ends = Ends(rig)
    broken = write_frame(1, 4, 1, b"\xff\xff\xff\xff\xff\xff") + write_frame(0, 0, 1, b"data")
    assert rig.to_server(ends.desk.path.client_says(broken)) == broken
    assert rig.to_server(ends.desk.path.client_says(b"anything")) == b"anything"


def test_ends_go_on(rig: Any) -> None:
    ends = Ends(rig)
    assert ends.desk.path.client_ends() == [EndToServer()]
    assert ends.desk.path.server_ends() == [EndToClient()]
