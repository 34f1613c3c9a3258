"""``resumable proxy``: interruptions between somebody's client and somebody's server."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from conformance.faults.fault import FaultPlan
    from conformance.proxy.passage import Passage
    from conformance.proxy.service import Service

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--upstream", required=True, metavar="URL", help="The server; its path is ignored.")
@click.option(
    "--listen", required=True, metavar="HOST:PORT", help="Where clients come; port 0: any."
)
@click.option(
    "--plan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What happens to which exchanges (docs/proxy.md); without it nothing does.",
)
@click.option("--seed", help="Decides what the plan leaves to chance, instead of its own seed.")
@click.option("--record", type=_FILE, help="Write at the end what both sides saw, as JSON.")
@click.option("--ca", help="PEM file to trust for an https server.")
@click.option("--insecure", is_flag=True, help="Trust any certificate of the server.")
@click.option("--tls-ca-out", type=_FILE, help="Write here what a client has to trust.")
def proxy(**options: Any) -> None:
    """Stand between a client and a server, and interrupt what passes.

    Serves HTTP/1.1 and HTTP/2, with TLS if the client speaks it; ends with Ctrl-C.
    """
    if importlib.util.find_spec("mitmproxy") is None:
        raise click.ClickException(
            "this needs mitmproxy: pip install 'resumable-conformance[proxy]'"
        )
    host, port = _address(options["listen"])
    record: Path | None = options["record"]
    for path in (record, options["tls_ca_out"]):
        if path is not None and not path.absolute().parent.is_dir():
            raise click.ClickException(f"{path}: there is no folder {path.absolute().parent}")
    plan = _plan(options["plan"], options["seed"])
    asyncio.run(_serve(host, port, plan, options))


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65_535:
        raise click.UsageError(f"--listen {text[:60]}: write for example 127.0.0.1:9000")
    return host, int(port)


def _plan(path: Path | None, seed: str | None) -> FaultPlan:
    from dataclasses import replace

    from conformance.faults.fault import FaultPlan
    from conformance.scenario.fault_plan import load_plan

    plan = load_plan(path) if path is not None else FaultPlan()
    return replace(plan, seed=seed) if seed is not None else plan


async def _serve(host: str, port: int, plan: FaultPlan, options: dict[str, Any]) -> None:
    # imported here so that the command line works without mitmproxy
    from conformance.faults.chosen import Chooser, Chosen
    from conformance.proxy.service import Service, Trust

    chooser = Chooser(plan)

    def choose(_peer: str, method: str, target: str) -> Chosen:
        return chooser.choose(method, target)

    with tempfile.TemporaryDirectory(prefix="resumable-proxy-") as folder:
        trust = Trust(ca=options["ca"] or "", insecure=options["insecure"])
        service = Service(Path(folder), choose, _tell, trust, _tell_problem)
        try:
            async with service:
                chosen = await service.listen(options["upstream"], host, port)
                if options["tls_ca_out"] is not None:
                    options["tls_ca_out"].write_bytes(service.authority.read_bytes())
                click.echo(f"{host}:{chosen} -> {options['upstream']}  seed {plan.seed}")
                await _until_told_to_end()
        finally:
            if options["record"] is not None:
                _write_record(options["record"], service)


async def _until_told_to_end() -> None:
    end, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(each, end.set)
    await end.wait()


def _tell(passage: Passage) -> None:
    """Say in one line what happened to an exchange, if anything did."""
    chosen, made = passage.chosen, passage.server.cut
    if not chosen.faults:
        return
    asked = passage.client.asked
    what = f"fault {', '.join(map(str, chosen.faults))}"
    if made is not None:
        what += f": {made.how} after {made.content_handed} octets"
        if made.acknowledged is not None:
            what += f", {made.acknowledged} acknowledged"
        what += f" ({made.note})" if made.note else ""
    elif passage.concluded():
        what += f": not cut off: {passage.concluded()}"
    shown = "".join(c if c.isprintable() else "?" for c in f"{asked.method} {asked.target[:200]}")
    click.echo(f"{shown}  {what}")


def _tell_problem(text: str) -> None:
    shown = "".join(c if c.isprintable() else " " for c in text[:300])
    click.echo(f"note: {shown}", err=True)


def _write_record(path: Path, service: Service) -> None:
    from conformance.proxy.record import record_value

    path.write_text(json.dumps(record_value(service.journal), indent=1) + "\n")
