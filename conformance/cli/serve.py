"""``resumable serve``: the reference server, to try a client against or to look at."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import ssl

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
@click.option("--tls", is_flag=True, help="Speak TLS, with a throw-away certificate if none given.")
@click.option(
    "--tls-ca-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here what a client has to trust (with a throw-away certificate).",
)
@click.option("--tls-cert", type=_FILE, help="Certificate chain, PEM.")
@click.option("--tls-key", type=_FILE, help="Its private key, PEM.")
@click.option("--defect", metavar="NAME", help="With a seeded defect; see resumable defects list.")
@click.option("--variant", metavar="NAME", help="Correct, but unusual.")
def serve(**options: Any) -> None:
    """Start the reference server; it speaks drafts 3 to 10 and ends with Ctrl-C.

    One port serves HTTP/1.1 and HTTP/2, in clear text to clients that know beforehand.
    """
    # imported here so that --help stays quick
    from reference_server.serve import serve_forever

    if options["memory"] and options["store"] is not None:
        raise click.UsageError("--memory and --store exclude each other")
    if (options["tls_cert"] is None) != (options["tls_key"] is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    if options["tls_ca_out"] is not None and (options["tls_cert"] or not options["tls"]):
        raise click.UsageError("--tls-ca-out goes with --tls and without --tls-cert")
    configuration = _strange(_configuration(options), options)
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


def _strange(configuration: Any, options: dict[str, Any]) -> Any:
    """Return the server with the defect or in the variant that is asked for."""
    from reference_server.defects.catalogue import load_defects
    from reference_server.variants.catalogue import load_variants

    if options["defect"] is not None and options["variant"] is not None:
        raise click.UsageError("--defect and --variant exclude each other")
    for flag, load in (("defect", load_defects), ("variant", load_variants)):
        name, known = options[flag], load()
        if name is None:
            continue
        if name not in known:
            hint = "resumable defects list" + (" --variants" if flag == "variant" else "")
            raise click.UsageError(f"there is no {flag} {name!r}; {hint} shows what there is")
        return known[name].into(configuration)
    return configuration


def _configuration(options: dict[str, Any]) -> Any:
    from reference_server.core.limits import Limits
    from reference_server.serve import Configuration

    return Configuration(
        host=options["host"],
        port=options["port"],
        store=options["store"],
        tokens=options["token"],
        tls=_tls(options),
        limits=Limits(
            max_size=_octets("--max-size", options["max_size"]),
            min_size=_octets("--min-size", options["min_size"]),
            max_append_size=_octets("--max-append-size", options["max_append_size"]),
            min_append_size=_octets("--min-append-size", options["min_append_size"]),
            max_age=options["max_age"],
        ),
    )


def _tls(options: dict[str, Any]) -> ssl.SSLContext | None:
    """Return the context for TLS, None for clear text."""
    from reference_server.serve import tls_context

    if options["tls_cert"] is None:
        return _throw_away(options["host"], options["tls_ca_out"]) if options["tls"] else None
    try:
        return tls_context(options["tls_cert"], options["tls_key"])
    except OSError as error:
        raise click.UsageError(f"certificate and key cannot be used: {error}") from None


def _throw_away(host: str, authority: Path | None) -> ssl.SSLContext:
    from reference_server.certificate import NoCertificateError, make_certificate
    from reference_server.serve import tls_context

    try:
        with tempfile.TemporaryDirectory(prefix="resumable-tls-") as folder:
            made = make_certificate(Path(folder), host)
            if authority is not None:
                authority.write_bytes(made.authority.read_bytes())
            return tls_context(made.chain, made.key)
    except NoCertificateError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        place = error.filename or "certificate"
        raise click.UsageError(f"{place}: {error.strerror or error}") from None


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
