"""An application that files finished uploads and serves them back, for peregrine to run.

``RESUMABLE_PEER_STORE`` names the folder that holds uploads and finished files,
``RESUMABLE_PEER_LIMITS`` the limits.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from peregrine.contrib.uploads import FileUploadStore, ResumableUploads, UploadLimits

ROOT = Path(os.environ["RESUMABLE_PEER_STORE"])
FILES = ROOT / "files"
FILES.mkdir(parents=True, exist_ok=True)
CONFIGURATIONS = {
    "plain": UploadLimits(max_age=3600),
    "limited": UploadLimits(
        max_size=1 << 20, max_append_size=256 << 10, min_append_size=1 << 10, max_age=3600
    ),
    "short-lived": UploadLimits(max_age=2),
}
LIMITS = CONFIGURATIONS[os.environ.get("RESUMABLE_PEER_LIMITS", "plain")]


async def files(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve ``GET /stored/<id>``; everything else is 404."""
    if scope["type"] != "http":
        return
    name = scope["path"].removeprefix("/stored/")
    path = FILES / name
    known = scope["path"].startswith("/stored/") and name.isalnum() and path.is_file()
    content = path.read_bytes() if known else b""
    headers = [(b"content-type", b"application/octet-stream")]
    await send({"type": "http.response.start", "status": 200 if known else 404, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def finished(upload: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """File the octets under a name the read-back can form from the final response."""
    name = "".join(character for character in upload.info.id if character.isalnum())
    shutil.copyfile(upload.path, FILES / name)
    return 201, [(b"content-location", f"/stored/{name}".encode())], b""


app = ResumableUploads(
    files,
    "/files",
    store=FileUploadStore(str(ROOT / "uploads")),
    limits=LIMITS,
    methods=("POST", "PUT", "PATCH"),
    progress_interval=64 << 10,
    on_complete=finished,
)
