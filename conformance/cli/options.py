"""Options that several commands share: how to reach and ask a target."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_TARGET_OPTIONS = (
    click.option(
        "--target",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Target file with everything about the server (docs/target.md).",
    ),
    click.option(
        "--http",
        metavar="h1,h2",
        help="HTTP/1.1 (h1), HTTP/2 (h2) or both [default: what the target speaks].",
    ),
    click.option("--method", help="Method of creations [default: POST]."),
    click.option("--media-type", help="Content-Type of what is uploaded."),
    click.option(
        "--field",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Field line added to every request; repeatable.",
    ),
    click.option("--insecure", is_flag=True, default=None, help="Accept any TLS certificate."),
    click.option("--ca", metavar="FILE", help="Certificates to trust, PEM."),
    click.option("--scale", type=float, help="Factor on every waiting, for slow targets."),
    click.option(
        "--read-back-url",
        metavar="TEMPLATE",
        help="Where stored octets can be fetched, with {id}, {path} or {url}.",
    ),
    click.option(
        "--read-back-folder", metavar="DIR", help="Folder in which the target stores uploads."
    ),
)


def target_options(command: F) -> F:
    """Add the options that say where and how to ask a target."""
    for option in reversed(_TARGET_OPTIONS):
        command = option(command)
    return command
