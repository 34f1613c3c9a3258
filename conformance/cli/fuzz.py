"""``resumable fuzz [URL]``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import target_options

if TYPE_CHECKING:
    from conformance.cli.fuzzing import FuzzWishes


@click.command()
@click.argument("url", required=False)
@target_options
@click.option(
    "--draft",
    multiple=True,
    metavar="N",
    help="Draft the target speaks: 6, 3-10, all; repeatable. Without it a 104 must tell.",
)
@click.option("--tls", is_flag=True, help="Search the embedded server over TLS; without URL only.")
@click.option("--time", "seconds", type=click.FloatRange(0.1), help="Seconds [default: 60].")
@click.option("--requests", type=click.IntRange(1), help="Stop after so many requests.")
@click.option("--seed", default="0", show_default=True, help="Decides every request.")
@click.option("--lanes", type=click.IntRange(1, 256), help="Trials at once [default: 16; else 4].")
@click.option("--first", is_flag=True, help="Stop at the first finding.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("resumable-findings"),
    show_default=True,
    help="Folder for findings; made when there is one.",
)
@click.option(
    "--replay",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="Replay a finding's folder, or all in a folder, instead of searching.",
)
@click.option(
    "--i-may-fuzz-this-host",
    "allowed",
    is_flag=True,
    help="You may send faulty and interrupted requests, many at once, to a host elsewhere.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print the last line only.")
def fuzz(url: str | None, **options: Any) -> int:
    """Search a server for answers that no correct one gives.

    URL is where uploads are created; without one the embedded reference server is searched. Every
    finding is a folder with a scenario that `resumable run` replays.

    Exit codes: 0 nothing was found; 1 something was; 2 the search itself went wrong.
    """
    # imported here so that --help stays quick
    from conformance.cli.fuzzing import FuzzWishes, execute

    wishes: FuzzWishes = FuzzWishes(
        seconds=options.pop("seconds"),
        requests=options.pop("requests"),
        seed=options.pop("seed"),
        lanes=options.pop("lanes"),
        first=options.pop("first"),
        out=options.pop("out"),
        replay=options.pop("replay"),
        allowed=options.pop("allowed"),
        quiet=options.pop("quiet"),
        tls=options.pop("tls"),
    )
    target = {name: None if value == () else value for name, value in options.items()}
    return execute(url, target, wishes)
