"""What a path does to HTTP/1 exchanges; no sockets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.model.transcript import CutHow, End
from conformance.proxy.actions import EndToClient, EndToServer, MakeCut, Read, WakeAfter
from conformance.proxy.h1_path import H1Path

HEAD = b"POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
CONTENT = b"0123456789"
INTERIM = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u/1\r\nX: y\r\n\r\n"
FINAL = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = (
    b"PATCH /u HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"
)


def cuts(actions: list[Any]) -> list[MakeCut]:
    return [each for each in actions if isinstance(each, MakeCut)]


def wakes(actions: list[Any]) -> list[float]:
    return [each.seconds for each in actions if isinstance(each, WakeAfter)]


@given(
    up=st.lists(st.sampled_from([HEAD + CONTENT, CHUNKED, b"GET / HTTP/1.1\r\n\r\n"]), max_size=4),
    at=st.integers(1, 200),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_faults_every_octet_goes_on(rig: Any, up: list[bytes], at: int) -> None:
    desk, sent = rig.Desk(H1Path), b"".join(up)
    answer = (INTERIM + FINAL) * len(up)
    forth = b"".join(
        rig.to_server(desk.path.client_says(sent[low : low + at]))
        for low in range(0, len(sent), at)
    )
    back = b"".join(
        rig.to_client(desk.path.server_says(answer[low : low + at]))
        for low in range(0, len(answer), at)
    )
    assert (forth, back) == (sent, answer)
    assert len(desk.done) == len(up)


def test_what_is_no_http_goes_on_too(rig: Any) -> None:
    desk = rig.Desk(H1Path)
    assert rig.to_client(desk.path.server_says(b"220 hello\r\n")) == b"220 hello\r\n"
    assert rig.to_server(desk.path.client_says(b"EHLO x\r\n\r\n")) == b"EHLO x\r\n\r\n"
    assert rig.to_server(desk.path.client_says(b"more")) == b"more"


@pytest.mark.parametrize("how", ["reset", "close", "half-close", "tls-truncate"])
@pytest.mark.parametrize("after", [0, 1, 9, 10])
def test_a_cut_comes_right_behind_its_octet(rig: Any, how: str, after: int) -> None:
    cut = f"{{how: {how}, after: {after}, wait-for: null}}"
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, cut: {cut}}}]")
    actions = desk.path.client_says(HEAD + CONTENT[:3]) + desk.path.client_says(CONTENT[3:])
    assert rig.to_server(actions) == HEAD + CONTENT[:after]
    (made,) = cuts(actions)
    assert (made.how, made.passage.forwarded) == (CutHow(how), after)
    assert rig.to_server(desk.path.client_says(b"later")) == b""


@pytest.mark.parametrize("after", range(11))
def test_a_cut_counts_content_and_not_its_coding(rig: Any, after: int) -> None:
    cut = f"{{how: reset, after: {after}, wait-for: null}}"
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, cut: {cut}}}]")
    actions = desk.path.client_says(CHUNKED)
    assert cuts(actions)[0].passage.forwarded == after
    assert not rig.to_server(actions).endswith(b"0\r\n\r\n")


def test_after_a_half_close_the_answer_still_comes(rig: Any) -> None:
    cut = "{how: half-close, after: 4, wait-for: null}"
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, cut: {cut}}}]")
    desk.path.client_says(HEAD + CONTENT)
    assert rig.to_client(desk.path.server_says(INTERIM)) == INTERIM
    assert desk.path.client_says(b"more") == []


def test_a_server_gets_its_time_to_announce(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, cut: {how: reset, after: 4}}]")
    actions = desk.path.client_says(HEAD + CONTENT)
    assert (rig.to_server(actions), cuts(actions), wakes(actions)) == (HEAD, [], [1.0])
    actions = desk.path.server_says(INTERIM)
    assert rig.to_client(actions) == INTERIM
    assert (rig.to_server(actions), len(cuts(actions))) == (CONTENT[:4], 1)


def test_a_server_that_does_not_announce_is_not_waited_for_in_vain(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, cut: {how: reset, after: 4}}]")
    desk.path.client_says(HEAD + CONTENT)
    desk.now = 0.5
    assert rig.to_server(desk.path.wake()) == b""
    desk.now = 1.5
    actions = desk.path.wake()
    assert (rig.to_server(actions), len(cuts(actions))) == (CONTENT[:4], 1)


def test_a_cut_of_nothing_needs_no_content_to_come(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, cut: {how: reset, after: 0}}]")
    assert wakes(desk.path.client_says(HEAD)) == [1.0]
    desk.now = 1.5
    assert len(cuts(desk.path.wake())) == 1


@pytest.mark.parametrize(
    ("once", "before"),
    [
        ("interim 104", INTERIM),
        ("final head", INTERIM + FINAL[:-2]),
        ("final", INTERIM + FINAL),
    ],
)
def test_a_cut_waits_for_its_event_and_lets_it_pass(rig: Any, once: str, before: bytes) -> None:
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, cut: {{how: reset, once: {once}}}}}]")
    actions = desk.path.client_says(HEAD + CONTENT)
    assert not cuts(actions)
    actions = desk.path.server_says(INTERIM + FINAL)
    assert rig.to_client(actions) == before
    assert len(cuts(actions)) == 1


@pytest.mark.parametrize(("once", "sent"), [("header end", HEAD), ("content end", HEAD + CONTENT)])
def test_a_cut_waits_for_the_request(rig: Any, once: str, sent: bytes) -> None:
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, cut: {{how: reset, once: {once}}}}}]")
    actions = desk.path.client_says(HEAD + CONTENT)
    assert (rig.to_server(actions), len(cuts(actions))) == (sent, 1)


def test_the_final_response_is_lost_after_the_server_acted(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, lose: final}]")
    assert rig.to_server(desk.path.client_says(HEAD + CONTENT)) == HEAD + CONTENT
    assert rig.to_client(desk.path.server_says(INTERIM + FINAL)) == INTERIM
    client, server = desk.journal.transcripts()
    assert client.exchange(0).final is None
    assert server.exchange(0).final.status == 201


def test_a_lost_final_response_can_end_in_a_reset(rig: Any) -> None:
    plan = "faults: [{on: {}, lose: final, cut: {how: reset, once: final head}}]"
    desk = rig.Desk(H1Path, plan)
    desk.path.client_says(HEAD + CONTENT)
    actions = desk.path.server_says(INTERIM + FINAL)
    assert (rig.to_client(actions), len(cuts(actions))) == (INTERIM, 1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("drop: interim 104", FINAL),
        ("drop: interim 100", INTERIM + FINAL),
        ("duplicate: interim", INTERIM * 2 + FINAL),
        ("strip: {what: interim 104, fields: location}", INTERIM.replace(b"Location: /u/1\r\n", b"")
         + FINAL),
        ("strip: {what: final head, fields: [Content-Length, A]}", INTERIM
         + FINAL.replace(b"Content-Length: 2\r\n", b"")),
    ],
)  # fmt: skip
def test_interim_responses_are_interfered_with(rig: Any, fault: str, told: bytes) -> None:
    desk = rig.Desk(H1Path, f"faults: [{{on: {{}}, {fault}}}]")
    desk.path.client_says(HEAD + CONTENT)
    assert rig.to_client(desk.path.server_says(INTERIM + FINAL)) == told


def test_a_late_interim_response_holds_up_what_follows(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, delay: {what: interim 104, by: 2 s}}]")
    desk.path.client_says(HEAD + CONTENT)
    actions = desk.path.server_says(INTERIM + FINAL)
    assert (rig.to_client(actions), wakes(actions)) == (b"", [2.0])
    desk.now = 2.5
    assert rig.to_client(desk.path.wake()) == INTERIM + FINAL


def test_content_is_held_up_and_then_goes_on(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, hold: {until: interim 104, at: 3, at-most: 5 s}}]")
    actions = desk.path.client_says(HEAD + CONTENT)
    assert (rig.to_server(actions), wakes(actions)) == (HEAD + CONTENT[:3], [5.0])
    assert rig.to_server(desk.path.server_says(INTERIM)) == CONTENT[3:]


def test_content_can_be_held_up_for_good(rig: Any) -> None:
    plan = "faults: [{on: {}, hold: {until: interim 104, at: 3, at-most: 5 s, then: stop}}]"
    desk = rig.Desk(H1Path, plan)
    desk.path.client_says(HEAD + CONTENT)
    desk.now = 6.0
    assert rig.to_server(desk.path.wake()) == b""
    assert rig.to_client(desk.path.server_says(FINAL)) == FINAL


def test_content_is_slowed_down(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, trickle: {piece: 4, every: 100 ms}}]")
    parts = [rig.to_server(desk.path.client_says(HEAD + CONTENT))]
    for _ in range(4):
        desk.now += 0.11
        parts.append(rig.to_server(desk.path.wake()))
    assert parts == [HEAD + CONTENT[:4], CONTENT[4:8], CONTENT[8:], b"", b""]


def test_pipelined_requests_have_their_own_faults(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {ordinal: 2}, drop: interim 104}]")
    desk.path.client_says((HEAD + CONTENT) * 3)
    told = rig.to_client(desk.path.server_says((INTERIM + FINAL) * 3))
    assert told == INTERIM + FINAL + FINAL + INTERIM + FINAL


def test_a_share_of_content_nobody_declares_cannot_be_cut(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, cut: {how: reset, after: 50%, wait-for: null}}]")
    assert rig.to_server(desk.path.client_says(CHUNKED)) == CHUNKED
    desk.path.server_says(FINAL)
    assert "does not declare" in desk.done[0].concluded()


def test_too_much_that_waits_is_not_read(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, hold: {until: final, at-most: 5 s}}]")
    head = b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n"
    actions = desk.path.client_says(head + b"x" * 500_000)
    assert Read(client=True, wanted=False) in actions
    desk.now = 6.0
    actions = desk.path.wake()
    assert Read(client=True, wanted=True) in actions
    assert len(rig.to_server(actions)) == 500_000


def test_ends_go_on_in_both_directions(rig: Any) -> None:
    desk = rig.Desk(H1Path)
    desk.path.client_says(HEAD + CONTENT[:4])
    assert desk.path.client_ends() == [EndToServer()]
    actions = (
        desk.path.server_says(b"HTTP/1.1 400 Bad\r\n\r\nuntil the end") + desk.path.server_ends()
    )
    assert actions[-1] == EndToClient()
    client, _ = desk.journal.transcripts()
    assert client.exchange(0).end is End.FINAL


def test_half_a_head_goes_on_with_the_end(rig: Any) -> None:
    desk = rig.Desk(H1Path)
    assert rig.to_server(desk.path.client_says(b"POST / HT")) == b""
    assert rig.to_server(desk.path.client_ends()) == b"POST / HT"


def test_both_sides_are_recorded(rig: Any) -> None:
    desk = rig.Desk(H1Path, "faults: [{on: {}, cut: {how: reset, after: 4, wait-for: null}}]")
    desk.path.client_says(HEAD + CONTENT)
    desk.path.abandon("gone")
    client, server = desk.journal.transcripts()
    assert (client.exchange(0).request.handed, server.exchange(0).request.handed) == (10, 4)
    assert client.exchange(0).request.complete
    assert not server.exchange(0).request.complete
