"""The command ``resumable report``: tells the results of an earlier run again, in any form."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("results", type=_FILE)
@click.option("--html", type=_FILE, help="Write the HTML report to this file.")
@click.option("--junit", type=_FILE, help="Write JUnit XML to this file.")
@click.option("--json", "json_", type=_FILE, help="Write the result in the present schema.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing, only write files.")
def report(
    results: Path, html: Path | None, junit: Path | None, json_: Path | None, quiet: bool
) -> None:
    """Tell the results of an earlier run again.

    RESULTS is a file that `resumable run --json` wrote, by this version or an older one. The exit
    code is 0 if it could be told, whatever it tells.
    """
    from reports import console, json_report
    from reports import junit as junit_report
    from reports.decode import ResultFileError
    from reports.html import write as write_html

    try:
        run = json_report.load(results)
    except ResultFileError as error:
        raise click.ClickException(str(error)) from error
    if html is not None:
        write_html(run, html)
    if junit is not None:
        junit_report.write(run, junit)
    if json_ is not None:
        json_report.write(run, json_)
    if not quiet:
        console.tell(run, console.make_console())
