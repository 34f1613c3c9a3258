"""The file ``resumable scenario new`` begins with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.model.errors import ScenarioError
from conformance.scenario.setups import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
# The id is profile/topic/name and ends like the file's name. It is never changed once published.
scenario: rufh/{topic}/{name}
# One sentence: what a correct server does.
title: An upload sent in two parts arrives whole
# What a violation does to users.
why: >-
  A server that mixes up the parts stores a file that nobody can open, and tells nobody.
# The representation. Its octets depend on the scenario and the position only.
content: 64 KiB
# Every combination of the variables is a case; $first stands for a value in the steps below.
each:
  first: [1 B, 50%, -1 B]
steps:
  # A step begins with its verb and its own name. What is not written has a default.
  - create: up
    send: 0..$first
    complete: false
  - retrieve: seen
    of: up
    # Each check names the requirement that asks for it; see: resumable scenario list
    expect:
      - RUFH-RETRIEVE-UPLOAD-OFFSET: {{on: 2xx, Upload-Offset: {{is: sf-integer}}}}
      - SUITE-INTEGRITY-BEYOND-SENT: {{on: 2xx, Upload-Offset: {{max: $up.sent}}}}
  - append: rest
    of: up
    at: $seen.Upload-Offset
    expect:
      - RUFH-CONCURRENCY-OFFSET-ACCEPTED: {{status: {{not: 409}}}}
  # Fetches what was stored, if the target offers a way.
  - read-back: stored
    of: up
    expect:
      - SUITE-INTEGRITY-STORED: {{equals: content}}
"""


def new_scenario(path: Path) -> str:
    """Return a commented scenario for a new file; it passes the lint.

    Args:
        path: where it is to be; its name gives the id, its folder the topic.

    Raises:
        ScenarioError: the file's name cannot be part of an id.
    """
    name = path.stem.removesuffix(".scenario")  # what the pytest plugin collects ends so
    if path.suffix not in (".yaml", ".yml") or _SLUG.fullmatch(name) is None:
        raise ScenarioError(
            f"{path}: a scenario file is called like its id",
            remedy="small letters, digits and hyphens, then .yaml",
        )
    topic = path.resolve().parent.name
    if _SLUG.fullmatch(topic) is None:
        topic = "own"
    shipped = path.resolve().is_relative_to(SHIPPED.resolve())
    schema = "../../scenario.schema.json" if shipped else SCHEMA_NAME
    return _TEMPLATE.format(topic=topic, name=name, schema=schema)


#: schema named in files outside the shipped folder
SCHEMA_NAME: Final = "scenario.schema.json"
