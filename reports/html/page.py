"""Puts the view of a result into the templates.

Three things keep text from a target harmless: Jinja escapes every value, every value passes
through :mod:`reports.clean` first, and the page's own policy lets nothing run or load but the one
script and the one style sheet whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import sentence
from reports.catalogue import HARM, shipped
from reports.clean import counted, printable_lines
from reports.html.view import View
from reports.story import Story, drafts_in_words

if TYPE_CHECKING:
    from conformance.model.result import RunResult
    from reports.catalogue import Catalogue

_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(run: RunResult, catalogue: Catalogue | None = None) -> str:
    """Return the page for a result.

    Args:
        run: the result.
        catalogue: requirements by id; those of the shipped profile if not given.
    """
    story = Story(run, catalogue if catalogue is not None else shipped())
    style, script = _asset("style.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            story=story,
            view=View(story),
            verdict=sentence.verdict(story),
            exit_reason=sentence.exit_reason(story),
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 - a file of ours
            script=Markup(script),  # noqa: S704 - a file of ours
            harms=[(damage.label, meaning) for damage, meaning in HARM.items()],
        )
    )


def write(run: RunResult, path: Path, catalogue: Catalogue | None = None) -> None:
    """Write the page.

    Raises:
        OSError: it cannot be written.
    """
    path.write_text(render(run, catalogue), encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    environment.filters["drafts"] = drafts_in_words
    environment.globals["counted"] = counted
    return environment


def _clean(value: Any) -> Any:
    return printable_lines(value) if type(value) is str else value


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
