"""The runner's finer conduct: cuts by event, open ends, strangers, ends by design, TLS."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest
import trustme

from conformance.engine.cookies import Cookies
from conformance.engine.farewell import remove_uploads
from conformance.engine.runner import run_plan
from conformance.engine.world import Counters, Endpoints, Gate, World
from conformance.matchers import MATCHERS
from conformance.model.errors import TargetError
from conformance.model.node import Scalar
from conformance.model.plan import PlannedCheck
from conformance.model.requirement import Verdict
from conformance.model.scenario import (
    Alternative,
    Check,
    Cut,
    Hold,
    Matcher,
    OctetPart,
    Point,
    RestartStep,
    ResumeStep,
    Subject,
    SubjectKind,
    TogetherStep,
)
from conformance.model.transcript import CutHow, End, FieldLine, Message
from conformance.model.values import Duration, Range
from conformance.wire import TlsSettings
from tests.engine.exchanges import message
from tests.engine.scripts import octets


async def creates(ask: Any) -> None:
    """Announce and store whatever is asked."""
    if ask.method == "POST":
        ask.announce("/up/1")
        await ask.read()
        ask.say(201, Location="/up/1", Upload_Complete="?0")
    elif ask.method == "HEAD":
        ask.say(204, Upload_Offset="1")
    else:
        await ask.read()
        ask.say(204)


def first(ran: Any) -> Any:
    return ran.transcript.exchange(0)


def test_a_cut_once_announced_comes_before_any_content(bench: Any, make_step: Any) -> None:
    cut = Cut(how=CutHow.RESET, once=Point.INTERIM_104, at_most=Duration(5.0))
    made = first(bench.run(creates, make_step("create", "up", cut=cut)))
    assert (made.end, made.request.handed) == (End.CUT, 0)
    assert made.interims[0].status == 104


def test_a_cut_whose_event_never_comes_is_made_all_the_same(bench: Any, make_step: Any) -> None:
    async def silent(ask: Any) -> None:
        await ask.read()

    cut = Cut(how=CutHow.CLOSE, once=Point.INTERIM_104, at_most=Duration(0.05))
    made = first(bench.run(silent, make_step("create", "up", cut=cut)))
    assert (made.end, made.request.handed) == (End.CUT, 65536)


def test_after_a_half_close_the_answer_is_still_read(bench: Any, make_step: Any) -> None:
    async def answers(ask: Any) -> None:
        await ask.read()
        ask.say(400)

    cut = Cut(how=CutHow.HALF_CLOSE, after=octets(10), wait_for=None)
    made = first(bench.run(answers, make_step("create", "up", cut=cut, set_up=False)))
    assert made.request.handed == 10
    assert made.final.status == 400


def test_literal_octets_can_be_cut(bench: Any, make_step: Any) -> None:
    part = OctetPart(octets=b"POST /files HTTP/1.1\r\nHost:")
    step = make_step("octets", "odd", octets=(part,), cut=Cut(how=CutHow.RESET))
    assert first(bench.run(creates, step)).end is End.CUT
    assert bench.server.asked == []


def test_literal_octets_may_hold_ranges_of_the_content(bench: Any, make_step: Any) -> None:
    head = OctetPart(octets=b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n")
    body = OctetPart(content=Range(octets(4), octets(12)))
    bench.run(creates, make_step("octets", "odd", octets=(head, body)))
    assert bench.server.asked[0].content == bench.plan((), "http://h/f").content.slice(4, 12)


def test_sending_may_stop_for_good(bench: Any, make_step: Any) -> None:
    async def never(ask: Any) -> None:
        await ask.read()

    hold = Hold(at=octets(100), until=(Point.FINAL_HEAD,), at_most=Duration(0.05), then="stop")
    step = make_step("create", "up", hold=hold, within=Duration(0.1), set_up=False)
    made = first(bench.run(never, step))
    assert (made.request.handed, made.end) == (100, End.DEADLINE)


def test_an_upload_announced_late_is_known_when_it_is_needed(bench: Any, make_step: Any) -> None:
    seen = asyncio.Event()

    async def late(ask: Any) -> None:
        if ask.path == "/other":
            bench.server.asked[0].announce("/up/late")
            await bench.server.asked[0].writer.drain()
            ask.say(200)
            seen.set()
        elif ask.method == "POST":
            await seen.wait()
        else:
            ask.say(204, Upload_Offset="0")

    bench.run(
        late,
        make_step("create", "up", send="0..1 B", declare="whole", leave=True, set_up=False),
        make_step("request", "other", method="GET", to="/other"),
        make_step("retrieve", "found", of="up", quiet=Duration(0.01)),
    )
    assert "HEAD /up/late" in bench.server.lines


def test_a_resumed_exchange_can_be_cut(bench: Any, make_step: Any) -> None:
    ran = bench.run(
        creates,
        make_step("create", "up", send="0..1 B", declare="whole", leave=True),
        ResumeStep(name="more", exchange="up", cut=Cut(how=CutHow.RESET)),
    )
    assert first(ran).end is End.CUT


def test_an_upload_resource_told_with_a_scheme_nobody_speaks_is_named_as_such(
    bench: Any, make_step: Any
) -> None:
    async def with_tls(ask: Any) -> None:
        await ask.read()
        ask.say(201, Location=f"https://127.0.0.1:{ask.server.port}/up/1", Upload_Complete="?0")

    ran = bench.run(
        with_tls,
        make_step("create", "up", send="0..1 B", complete=False),
        make_step("retrieve", "seen", of="up"),
        make_step("append", "rest", of="up", at="1 B"),
    )
    place = f"127.0.0.1:{bench.server.port}"
    cause = ran.binding.not_run["seen"]
    assert cause.startswith(
        f"Location, as the target itself told it, points to https://{place} and not to "
        f"http://{place}, which the run speaks to; there: TLS"
    )
    assert ran.binding.not_run["rest"] == cause


def test_an_upload_resource_at_an_unknown_host_cannot_be_asked(bench: Any, make_step: Any) -> None:
    async def elsewhere(ask: Any) -> None:
        await ask.read()
        ask.say(201, Location="http://no-such-host.invalid/up/1", Upload_Complete="?0")

    async def unknown(*_: object, **__: object) -> None:
        raise TargetError("the name no-such-host.invalid cannot be resolved")

    class Known(Endpoints):
        async def of(self, origin: str, at_most: float) -> Any:
            if "invalid" in origin:
                await unknown()
            return await super().of(origin, at_most)

    ran = bench.run(
        elsewhere,
        make_step("create", "up", send="0..1 B"),
        make_step("retrieve", "seen", of="up"),
        endpoints=Known(),
    )
    cause = "the name no-such-host.invalid cannot be resolved"
    assert ran.binding.not_run == {"seen": cause}
    assert ran.leftovers == 1


def test_members_of_a_race_without_an_upload_are_not_run(bench: Any, make_step: Any) -> None:
    async def refuses(ask: Any) -> None:
        await ask.read()
        ask.say(400)

    members = tuple(make_step("append", name, of="up", at="0 B") for name in ("a", "b"))
    ran = bench.run(
        refuses,
        make_step("create", "up", set_up=False),
        TogetherStep(name="race", release="last octet", steps=members),
    )
    cause = "step up told no upload resource"
    assert ran.binding.not_run == {"race": cause, "a": cause, "b": cause}


def test_side_by_side_exchanges_without_an_upload_are_not_run(bench: Any, make_step: Any) -> None:
    async def refuses(ask: Any) -> None:
        await ask.read()
        ask.say(400)

    ran = bench.run(
        refuses,
        make_step("create", "up", set_up=False),
        make_step("append", "many", of="up", at="0 B", times=3),
    )
    assert ran.binding.not_run == {"many": "step up told no upload resource"}
    assert ran.binding.errors == {}


def test_a_pipelined_step_that_cannot_be_made_leaves_its_leader_alone(
    bench: Any, make_step: Any
) -> None:
    ran = bench.run(
        creates,
        make_step("request", "one", method="GET"),
        make_step("append", "two", of="one", at="0 B", over="one", pipelined=True),
    )
    assert first(ran).final.status == 204
    assert ran.binding.not_run == {"two": "step one told no upload resource"}


def test_after_a_restart_the_scenario_goes_on(bench: Any, make_step: Any) -> None:
    restarted: list[bool] = []

    async def restart() -> None:
        restarted.append(True)

    ran = bench.run(
        creates,
        make_step("create", "up", send="0..1 B"),
        RestartStep(name="crash"),
        make_step("retrieve", "seen", of="up"),
        restart=restart,
    )
    assert restarted == [True]
    assert list(ran.binding.steps) == ["up", "seen"]


def test_nothing_is_run_after_a_design_that_ends_the_scenario(bench: Any, make_step: Any) -> None:
    async def locks(ask: Any) -> None:
        if ask.method == "HEAD":
            ask.say(423)
        else:
            await creates(ask)

    statuses = tuple(
        Alternative(
            matchers=(Matcher("status", MATCHERS["status"].decode(Scalar(wanted))),), ends=ends
        )
        for wanted, ends in (("2xx", ""), ("423", "scenario"))
    )
    check = Check(
        requirement="RUFH-CONCURRENCY-NO-STALE-OFFSET",
        label="",
        subject=Subject(kind=SubjectKind.EXCHANGE),
        alternatives=statuses,
    )
    bench.checks = (
        PlannedCheck(id="x", check=check, step="seen", verdict=Verdict.FAIL, level="must"),
    )
    ran = bench.run(
        locks,
        make_step("create", "up", send="0..1 B"),
        make_step("retrieve", "seen", of="up", expect=(check,)),
        make_step("append", "rest", of="up", at="1 B"),
    )
    assert list(ran.binding.steps) == ["up", "seen"]
    assert ran.binding.not_run == {}


def test_redirects_somebody_looks_at_are_not_followed(bench: Any, make_step: Any) -> None:
    async def moves(ask: Any) -> None:
        await ask.read()
        ask.say(308, Location="/elsewhere")

    ran = bench.run(moves, make_step("create", "up", needs=("redirects",), set_up=False))
    assert len(ran.transcript.exchanges) == 1
    ran = bench.run(moves, make_step("create", "up", set_up=False), follow_redirects=False)
    assert len(ran.transcript.exchanges) == 1


def test_a_restart_waits_until_everybody_has_left_and_keeps_others_out() -> None:
    async def go() -> list[str]:
        gate, order = Gate(), []
        inside = asyncio.Event()
        leave = asyncio.Event()

        async def shared(name: str) -> None:
            async with gate.shared():
                order.append(name)
                inside.set()
                await leave.wait()

        async def alone() -> None:
            async with gate.alone():
                order.append("alone")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(shared("first"))
            await inside.wait()
            tasks.create_task(alone())
            await asyncio.sleep(0)
            tasks.create_task(shared("second"))
            await asyncio.sleep(0)
            leave.set()
        return order

    assert asyncio.run(go()) == ["first", "alone", "second"]


def test_cookies_are_replaced_removed_and_never_invented() -> None:
    def setting(*values: bytes) -> Message:
        return message(200, fields=tuple(FieldLine(b"Set-Cookie", each) for each in values))

    cookies = Cookies()
    cookies.learn(setting(b"a=1; Path=/", b"b=2", b"no pair", b"=x"))
    cookies.learn(setting(b"a=3", b"b="))
    assert cookies.value() == "a=3"
    cookies.learn(setting(*(b"k%d=v" % number for number in range(100))))
    assert cookies.value().count(";") == 49


def test_hundreds_of_plans_run_side_by_side(bench: Any, make_step: Any) -> None:
    plans = 300

    async def go(url: str) -> list[Any]:
        counters = Counters()
        world = World(counters=counters, politeness=asyncio.Semaphore(64))
        steps = (
            make_step("create", "up", send="0..1 KiB"),
            make_step("append", "rest", of="up", at="1 KiB"),
        )
        runs = [run_plan(bench.plan(steps, url), world) for _ in range(plans)]
        return list(await asyncio.gather(*runs))

    async def against(url: str, *_: Any, **__: Any) -> Any:
        async with asyncio.timeout(60):
            return await go(url)

    bench.against = against
    ran = bench.run(creates)
    assert [each.binding.not_run for each in ran] == [{}] * plans
    assert sum(each.requests for each in ran) == 2 * plans


def test_plans_run_over_tls(bench: Any, make_step: Any) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    settings = TlsSettings(ca_data=authority.cert_pem.bytes().decode())
    bench.tls = context
    ran = bench.run(
        creates,
        make_step("create", "up", send="0..1 KiB"),
        make_step("append", "rest", of="up", at="1 KiB"),
        endpoints=Endpoints(settings),
    )
    assert ran.binding.not_run == {}
    assert ran.transcript.connections[0].tls
    assert ran.leftovers == 0


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_only_addresses_of_the_family_asked_for_are_used(family: str) -> None:
    wanted = {"ipv4": "127.0.0.1", "ipv6": "::1"}
    literal = {"ipv4": "http://[::1]:9", "ipv6": "http://127.0.0.1:9"}

    async def go() -> str:
        with pytest.raises(TargetError, match=f"no {family} address"):
            await Endpoints(family=family).of(literal[family], 1.0)
        host = wanted[family]
        own = f"http://[{host}]:9" if ":" in host else f"http://{host}:9"
        return (await Endpoints(family=family).of(own, 1.0)).host

    assert asyncio.run(go()) == wanted[family]


def test_a_target_that_hangs_at_the_end_is_left_after_a_moment(bench: Any, make_step: Any) -> None:
    async def hangs(ask: Any) -> None:
        if ask.method == "DELETE":
            await asyncio.sleep(30)
        await creates(ask)

    ran = bench.run(hangs, make_step("create", "up"))
    assert ran.leftovers == 1
    assert asyncio.run(remove_uploads(bench.plan((), "http://h/"), World(), ())) == 0
