"""The proxy's end of the line to a run: listeners are opened and interruptions ordered over it.

Orders: ``listen`` (upstream, host) is answered with the port; ``arm`` (peer, method, target, cut)
is answered at once and fulfilled by the next exchange of that kind on that client's connection;
``interrupt`` is for one that is under way. A line with ``made`` tells when it has been interrupted
or no longer can be.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.faults.chosen import Chosen
from conformance.model.errors import SuiteError
from conformance.model.scenario import Cut, Point
from conformance.model.transcript import CutHow, Framing
from conformance.model.values import Duration, Octets, Size
from conformance.proxy.service import Service, Trust

if TYPE_CHECKING:
    from conformance.proxy.passage import Passage

#: octets of one order
LINE_BOUND = 65_536
#: orders that wait for their exchange
ARMED_BOUND = 10_000


class Control:
    """Carries out orders."""

    def __init__(self, folder: Path, trust: Trust) -> None:
        self._armed: dict[tuple[str, str, str], list[tuple[int, Cut]]] = {}
        self._waiting = 0
        self.service = Service(folder, self.choose, self.concluded, trust)

    def choose(self, peer: str, method: str, target: str) -> Chosen:
        """Return what was ordered for the next exchange of a kind on a client's connection."""
        orders = self._armed.get((peer, method, target))
        if not orders:
            return Chosen()
        token, cut = orders.pop(0)
        self._waiting -= 1
        if not orders:
            del self._armed[(peer, method, target)]
        return Chosen(cut=cut, faults=(token,))

    def concluded(self, passage: Passage) -> None:
        """Tell the run what became of its order."""
        if not passage.chosen.faults:
            return
        made, asked = passage.server.cut, passage.client.asked
        whole = passage.server.ended_at is not None or (
            asked.framing is Framing.CONTENT_LENGTH and asked.declared == passage.forwarded
        )
        say(
            {
                "made": passage.chosen.faults[0],
                "how": None if made is None else str(made.how),
                "handed": passage.forwarded,
                "acknowledged": None if made is None else made.acknowledged,
                "note": passage.concluded() if made is None else made.note,
                "whole": whole,
            }
        )

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out one order.

        Raises:
            SuiteError: it cannot be carried out.
            KeyError, TypeError, ValueError: it makes no sense.
        """
        match order["do"]:
            case "listen":
                port = await self.service.listen(str(order["upstream"]), str(order["host"]))
                return {"port": port, "authority": str(self.service.authority)}
            case "arm":
                if self._waiting >= ARMED_BOUND:
                    raise SuiteError("too many interruptions are ordered")
                key = (str(order["peer"]), str(order["method"]), str(order["target"]))
                armed = (int(order["token"]), _cut(order["cut"]))
                self._armed.setdefault(key, []).append(armed)
                self._waiting += 1
                return {}
            case "interrupt":
                peer, method, target = (str(order[key]) for key in ("peer", "method", "target"))
                cut, token = _cut(order["cut"]), int(order["token"])
                if not await self.service.interrupt(peer, method, target, cut, token):
                    raise SuiteError("the exchange to interrupt is over")
                return {}
            case other:
                raise ValueError(other)


def _cut(value: dict[str, Any]) -> Cut:
    after, once, wait_for = value["after"], value["once"], value["wait-for"]
    return Cut(
        how=CutHow(value["how"]),
        after=None if after is None else Size(((1, Octets(int(after))),)),
        once=None if once is None else Point(once),
        wait_for=None if wait_for is None else Point(wait_for),
        at_most=Duration(float(value["at-most"])),
    )


def say(value: dict[str, Any]) -> None:
    """Write a line to the run; a run that is gone is noticed by the end of the input."""
    try:
        os.write(sys.stdout.fileno(), json.dumps(value).encode() + b"\n")
    except OSError:
        return


async def serve(arguments: list[str]) -> int:
    """Serve until the input ends, or a signal asks for it.

    Args:
        arguments: a folder for certificates, which is removed at the end; a PEM file of trust
            anchors (or nothing), and ``insecure`` (or nothing).
    """
    folder, *more = arguments
    ca, insecure = (*more, "", "")[:2]
    trust = Trust(ca=ca, insecure=insecure == "insecure")
    reader = asyncio.StreamReader(limit=LINE_BOUND)
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, pipe.close)
    try:
        control = Control(Path(folder), trust)
        async with control.service:
            say({"ready": True})
            await _obey_all(reader, control)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _obey_all(reader: asyncio.StreamReader, control: Control) -> None:
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # longer than is accepted
            return
        if not line:
            return
        order: Any = None
        try:
            order = json.loads(line)
            answer = await control.obey(order)
        except SuiteError as error:
            answer = {"error": str(error)}
        except (KeyError, TypeError, ValueError) as error:
            answer = {"error": f"an order that makes no sense: {error}"}
        say({"id": order.get("id") if isinstance(order, dict) else None, **answer})
