"""``resumable run [URL]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conformance.cli.options import target_options

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("url", required=False)
@target_options
@click.option(
    "--draft",
    multiple=True,
    metavar="N",
    help="Draft the target speaks: 6, 3-10, all; repeatable. Without it a 104 must tell.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="CAPABILITY",
    help="What the target has not, such as cancellation (docs/target.md); repeatable.",
)
@click.option("--tls", is_flag=True, help="Judge the embedded server over TLS; without URL only.")
@click.option("--only", multiple=True, metavar="GLOB", help="Scenario or case ids; repeatable.")
@click.option("--topic", multiple=True, help="Topics, such as creation; repeatable.")
@click.option("--requirement", multiple=True, metavar="GLOB", help="Requirement ids; repeatable.")
@click.option("--shard", metavar="I/N", help="One of N equal parts, for parallel CI jobs.")
@click.option(
    "--scenarios",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Scenario files or folders of your own, besides the shipped ones; repeatable.",
)
@click.option("--list", "list_", is_flag=True, help="List the selected cases; run nothing.")
@click.option("--seed", help="Decides the order in which cases are started.")
@click.option("--parallel", type=int, help="Cases at once [default: 64 on this machine, else 8].")
@click.option("--max-requests", type=click.IntRange(1), help="Stop after so many requests.")
@click.option("--max-bytes", metavar="SIZE", help="Stop after so much content, such as '1 GiB'.")
@click.option("--baseline", type=_FILE, help="Known failures, which do not count.")
@click.option("--write-baseline", type=_FILE, help="Write what fails now as known failures.")
@click.option(
    "--via-proxy",
    is_flag=True,
    default=None,
    help="Interrupt on the path, by a proxy between suite and server (docs/proxy.md).",
)
@click.option("--strict", is_flag=True, default=None, help="Warnings count like failures.")
@click.option("--json", "json_", type=_FILE, help="Write the results as JSON.")
@click.option("--junit", type=_FILE, help="Write the results as JUnit XML.")
@click.option(
    "--html",
    type=_FILE,
    help="Write the report as one HTML file [default without URL: resumable-report.html].",
)
@click.option("--no-html", is_flag=True, help="Write no HTML report.")
@click.option("-q", "--quiet", is_flag=True, help="Print the last lines only.")
def run(url: str | None, **options: Any) -> int:
    """Judge a server.

    URL is where uploads are created. Without one the embedded reference server is judged, every
    scenario in every draft over HTTP/1.1 and HTTP/2.

    Exit codes: 0 nothing failed; 1 something failed or could not be judged; 2 the run itself went
    wrong; 3 the baseline lists failures that are gone.
    """
    # imported here so that --help stays quick
    from conformance.cli.running import Outputs, execute, list_cases

    if options["html"] is not None and options["no_html"]:
        raise click.UsageError("--html and --no-html exclude each other")
    outputs = Outputs(
        json=options.pop("json_"),
        junit=options.pop("junit"),
        html=options.pop("html"),
        no_html=options.pop("no_html"),
        quiet=options.pop("quiet"),
    )
    tls = options.pop("tls")
    listing = options.pop("list_")
    wishes = {name: None if value == () else value for name, value in options.items()}
    if listing:
        return list_cases(url, wishes)
    return execute(url, wishes, outputs, tls=tls)
