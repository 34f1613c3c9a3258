"""An upload in a transcript, exchange by exchange, and what the standing rules find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.profiles.rufh import standing
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from conformance.model.transcript import Exchange

VERSION = "Upload-Draft-Interop-Version"
UPLOAD = "http://target.example/u/1"


def results(build: Any) -> dict[str, list[bool]]:
    """Return what every requirement's findings say."""
    found: dict[str, list[bool]] = {}
    for finding in standing.find(build.transcript, DRAFTS[build.draft]):
        assert finding.requirement in standing.STANDING
        found.setdefault(finding.requirement, []).append(finding.holds)
    return found


def ask(build: Any, *responses: Any, **more: Any) -> Exchange:
    """Make an exchange in the draft of the builder."""
    fields = {VERSION: str(build.draft), "Upload-Complete": "?0"} | more.pop("fields", {})
    made: Exchange = build.exchange(f"s{len(build.exchanges)}", *responses, fields=fields, **more)
    return made


def create(build: Any, *, end: int = 100, **more: Any) -> Exchange:
    """Create the upload with a first part."""
    head = build.now()
    told = build.message(
        104, Location="/u/1", sent_before=0, Upload_Draft_Interop_Version=build.draft
    )
    final = build.message(201, Location="/u/1", Upload_Complete="?0", sent_before=end)
    return ask(build, told, final, end=end, begun=head, **more)


def append(build: Any, *responses: Any, start: int, end: int, **more: Any) -> Exchange:
    """Append to the upload."""
    fields = {"Upload-Offset": start} | more.pop("fields", {})
    return ask(
        build, *responses, method="PATCH", url=UPLOAD, start=start, end=end, fields=fields, **more
    )


def retrieve(build: Any, offset: int | None, status: int = 204, **fields: Any) -> Exchange:
    """Retrieve the offset of the upload."""
    head = build.now()
    told = {} if offset is None else {"Upload-Offset": offset}
    message = build.message(status, **told, **fields)
    return ask(build, message, method="HEAD", url=UPLOAD, begun=head)
