"""The protocol as an OpenAPI description, as good as that language allows.

What the state of an upload allows can only be told by links; what depends on the request is told
by the checks in ``fuzz_peer_hooks.py``.
"""

from __future__ import annotations

from typing import Any

from conformance.profiles.rufh.drafts import DRAFTS

_INTEGER = {"type": "integer", "minimum": 0, "maximum": 64}
_BOOLEAN = {"type": "string", "enum": ["?0", "?1"]}
_EXAMPLE = "some octets"
_ID = "$request.path.id"
_REFUSALS = ("400", "404", "405", "409", "410", "413", "415", "422")


def _field(schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"required": required, "schema": schema}


def _parameter(name: str, schema: dict[str, Any], example: Any, where: str = "header") -> Any:
    return {"name": name, "in": where, "required": True, "schema": schema, "example": example}


def _content(media_type: str) -> dict[str, Any]:
    octets = {"type": "string", "format": "binary", "maxLength": 64}
    return {"required": True, "content": {media_type: {"schema": octets, "example": _EXAMPLE}}}


def _links(identifier: str, offset: str = "") -> dict[str, Any]:
    """Return links to everything that can be done with an upload."""
    made: dict[str, Any] = {
        name: {"operationId": name, "parameters": {"id": identifier}}
        for name in ("retrieve", "append", "cancel")
    }
    if offset:
        made["append"]["parameters"]["header.Upload-Offset"] = offset
    return made


def _answers(good: dict[str, Any], *codes: str) -> dict[str, Any]:
    refused = {code: {"description": "refused"} for code in (*_REFUSALS, "500", "501")}
    return {**refused, **{code: {"description": "done", **good} for code in codes}}


def description(url: str, draft: int) -> dict[str, Any]:
    """Return the OpenAPI description of the protocol at a URL in a draft."""
    facts = DRAFTS[draft]
    version = _parameter(
        "Upload-Draft-Interop-Version", {"type": "string", "enum": [str(draft)]}, str(draft)
    )
    complete = _parameter(facts.completeness_field, _BOOLEAN, "?0")
    offset = _parameter("Upload-Offset", _INTEGER, 0)
    # as long as the content shown, so that it may be all there is, or long enough for any other
    lengths_told = {"type": "integer", "enum": [len(_EXAMPLE), 64]}
    length = {**_parameter("Upload-Length", lengths_told, len(_EXAMPLE)), "required": False}
    lengths = [length] if facts.has("upload-length") else []
    identifier = _parameter("id", {"type": "string"}, "none", "path")
    told = {
        "Upload-Offset": _field({"type": "integer", "minimum": 0}),
        facts.completeness_field: _field(_BOOLEAN),
    }
    born = _links("$response.header.Location#regex:([^/]+)$")
    known = _links(_ID)
    create = {
        "operationId": "create",
        "parameters": [version, complete, *lengths],
        "requestBody": _content("application/octet-stream"),
        "responses": _answers({"links": born}, "200", "201"),
    }
    retrieve = {
        "operationId": "retrieve",
        "responses": _answers(
            {"headers": told, "links": _links(_ID, "$response.header.Upload-Offset")}, "200", "204"
        ),
    }
    append = {
        "operationId": "append",
        "parameters": [complete, offset],
        "requestBody": _content(facts.append_media_type or "application/octet-stream"),
        "responses": _answers({"links": known}, "200", "201", "204"),
    }
    cancel = {"operationId": "cancel", "responses": _answers({"links": known}, "200", "204")}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Resumable uploads", "version": str(draft)},
        "servers": [{"url": url.rstrip("/")}],
        "paths": {
            "/": {"post": create},
            "/uploads/{id}": {
                "parameters": [identifier, version],
                "head": retrieve,
                "patch": append,
                "delete": cancel,
            },
        },
    }
