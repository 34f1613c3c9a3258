"""Schemathesis on the same servers, with a description of the protocol as good as OpenAPI allows.

A property-based tester of APIs knows operations and schemas; what the state of an upload allows it
can only be told by links. Everything that can be said is said: fields with their formats, every
documented status with its required response fields, and links from a creation to its upload.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

#: defects an outsider could see in statuses, fields or sequences
CHOSEN = (
    "any-offset-accepted",
    "conflict-without-offset",
    "retrieval-without-offset",
    "retrieval-without-completeness",
    "creation-without-location",
    "boolean-as-word",
    "complete-at-length",
    "cut-append-completes",
    "conflict-rewinds",
    "completed-upload-grows",
)

_INTEGER = {"type": "integer", "minimum": 0}
_BOOLEAN = {"type": "string", "enum": ["?0", "?1"]}


def _field(schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"required": required, "schema": schema}


def description(url: str, draft: int) -> dict[str, Any]:
    """Return the OpenAPI description of the protocol at a URL in a draft."""
    version = {
        "name": "Upload-Draft-Interop-Version",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "enum": [str(draft)]},
    }
    complete = {"name": "Upload-Complete", "in": "header", "required": True, "schema": _BOOLEAN}
    offset = {"name": "Upload-Offset", "in": "header", "required": True, "schema": _INTEGER}
    identifier = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    octets = {"schema": {"type": "string", "format": "binary"}}
    links = {
        name: {
            "operationId": name,
            "parameters": {"id": "$response.header.Location#regex:([^/]+)$"},
        }
        for name in ("retrieve", "append", "cancel")
    }
    told = {"Upload-Offset": _field(_INTEGER), "Upload-Complete": _field(_BOOLEAN)}
    refused = {"description": "refused"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Resumable uploads", "version": str(draft)},
        "servers": [{"url": url.rstrip("/")}],
        "paths": {
            "/": {
                "post": {
                    "operationId": "create",
                    "parameters": [version, complete],
                    "requestBody": {"content": {"application/octet-stream": octets}},
                    "responses": {
                        "201": {
                            "description": "created",
                            "headers": {"Location": _field({"type": "string"})},
                            "links": links,
                        },
                        "2XX": {"description": "uploaded"},
                        "104": {"description": "announced"},
                        "4XX": refused,
                    },
                }
            },
            "/uploads/{id}": {
                "parameters": [identifier, version],
                "head": {
                    "operationId": "retrieve",
                    "responses": {
                        "204": {"description": "offset", "headers": told},
                        "4XX": refused,
                    },
                },
                "patch": {
                    "operationId": "append",
                    "parameters": [complete, offset],
                    "requestBody": {"content": {"application/partial-upload": octets}},
                    "responses": {
                        "2XX": {"description": "appended"},
                        "409": {"description": "offset", "headers": told},
                        "4XX": refused,
                    },
                },
                "delete": {
                    "operationId": "cancel",
                    "responses": {"204": {"description": "gone"}, "4XX": refused},
                },
            },
        },
    }


def schemathesis(command: str, url: str, draft: int, seconds: float) -> dict[str, Any]:
    """Run it for some seconds; returns which of its checks failed, and in which operation."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(description(url, draft)), encoding="utf-8")
        began = time.monotonic()
        arguments = ["--url", url, "--seed", "1", "--max-time", str(int(seconds))]
        try:
            done = subprocess.run(
                [command, "run", str(path), *arguments],
                capture_output=True,
                text=True,
                timeout=2 * seconds + 30,
                check=False,
                cwd=folder,
            )
        except subprocess.TimeoutExpired:
            return {"seconds": round(time.monotonic() - began, 1), "failed": [], "late": True}
    return {
        "seconds": round(time.monotonic() - began, 1),
        "failed": failures(done.stdout),
        "cases": sum(int(each) for each in re.findall(r"(\d+) generated", done.stdout)),
    }


def failures(output: str) -> list[str]:
    """Return ``operation: check`` for everything that failed."""
    found, section = set(), ""
    for line in output.splitlines():
        if title := re.fullmatch(r"_+ (.+?) _+", line.strip()):
            section = title[1]
        elif check := re.fullmatch(r"- (ST\d+) (.+)", line.strip()):
            found.add(f"{section}: {check[2]}")
    return sorted(found)
