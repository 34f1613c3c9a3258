"""``resumable serve``: the reference server, to try a client against or to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Name or address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port; 0 takes any free one.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for uploads, which then survive a restart.",
)
@click.option("--memory", is_flag=True, help="Keep uploads in memory (the default).")
@click.option("--max-size", metavar="SIZE", help="Largest upload, for example '10 MiB'.")
@click.option("--min-size", metavar="SIZE", help="Smallest upload worth resuming.")
@click.option("--max-append-size", metavar="SIZE", help="Most content of one append.")
@click.option("--min-append-size", metavar="SIZE", help="Least content of one append.")
@click.option("--max-age", type=click.IntRange(1), metavar="SECONDS", help="Lifetime of uploads.")
@click.option("--token", multiple=True, help="Bearer token of a user; repeatable.")
@click.option("--tls-cert", type=_FILE, help="Certificate chain, PEM.")
@click.option("--tls-key", type=_FILE, help="Its private key, PEM.")
def serve(**options: Any) -> None:
    """Start the reference server; it speaks drafts 3 to 10 and ends with Ctrl-C."""
    # imported here so that --help stays quick
    from reference_server.serve import serve_forever

    if options["memory"] and options["store"] is not None:
        raise click.UsageError("--memory and --store exclude each other")
    if (options["tls_cert"] is None) != (options["tls_key"] is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    configuration = _configuration(options)
    scheme = "https" if configuration.tls is not None else "http"
    host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
    kept = f"in {options['store']}" if options["store"] is not None else "in memory"

    def ready(servers: Any) -> None:
        click.echo(f"{scheme}://{host}:{servers[0].port}/  drafts 3 to 10, uploads {kept}")

    try:
        serve_forever([configuration], ready)
    except OSError as error:
        place = f"{options['host']}:{options['port']}"
        raise click.ClickException(f"{place}: {error.strerror or error}") from None


def _configuration(options: dict[str, Any]) -> Any:
    from reference_server.core.limits import Limits
    from reference_server.serve import Configuration, tls_context

    tls = None
    if options["tls_cert"] is not None:
        try:
            tls = tls_context(options["tls_cert"], options["tls_key"])
        except OSError as error:
            raise click.UsageError(f"certificate and key cannot be used: {error}") from None
    return Configuration(
        host=options["host"],
        port=options["port"],
        store=options["store"],
        tokens=options["token"],
        tls=tls,
        limits=Limits(
            max_size=_octets("--max-size", options["max_size"]),
            min_size=_octets("--min-size", options["min_size"]),
            max_append_size=_octets("--max-append-size", options["max_append_size"]),
            min_append_size=_octets("--min-append-size", options["min_append_size"]),
            max_age=options["max_age"],
        ),
    )


def _octets(name: str, text: str | None) -> int | None:
    from conformance.engine.target_values import octets
    from conformance.model.errors import ScenarioError
    from conformance.model.node import Scalar

    if text is None:
        return None
    try:
        return octets(Scalar(text), name)
    except ScenarioError as error:
        raise click.UsageError(f"{error.message}; write for example '10 MiB'") from None
