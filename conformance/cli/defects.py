"""``resumable defects``: the seeded defects and the correct variants of the reference server."""

from __future__ import annotations

import click


@click.group()
def defects() -> None:
    """Servers with one fault each, and correct ones that are unusual."""


@defects.command("list")
@click.option("--variants", is_flag=True, help="The correct variants instead.")
def list_(*, variants: bool) -> None:
    """List them, one a line: name, difficulty, drafts, transport, requirements, title."""
    # imported here so that --help stays quick
    from reference_server.defects.catalogue import load_defects
    from reference_server.variants.catalogue import load_variants

    if variants:
        for name, variant in load_variants().items():
            drafts = ",".join(map(str, variant.drafts))
            click.echo(f"{name:28} {drafts:18} {variant.title}")
        return
    for name, defect in load_defects().items():
        drafts = ",".join(map(str, defect.drafts))
        cited = " ".join(defect.requirements)
        place = f"{defect.difficulty:12} {drafts:14} {defect.transport:3}"
        click.echo(f"{name:36} {place} {defect.title} [{cited}]")
