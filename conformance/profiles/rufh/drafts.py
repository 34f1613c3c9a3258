"""Facts about each draft of Resumable Uploads for HTTP: names, numbers and capabilities.

This is the only place that knows draft numbers. All other code asks a capability. A number is
the value of ``Upload-Draft-Interop-Version`` and may stand for several revisions of the text;
where those differ, the capability is granted if *any* of them has it, and the requirement
registry (not this file) keeps the verdict fair.

The file is shared with the reference server, so it holds names and yes/no facts only: neither
verdicts nor behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION_FIELD = "Upload-Draft-Interop-Version"
PARTIAL_UPLOAD = "application/partial-upload"
PROBLEM_BASE = "https://iana.org/assignments/http-problem-types#"

#: capability -> (meaning, first interop number, last interop number)
_CAPABILITIES: dict[str, tuple[str, int, int]] = {
    "completeness-inverted": ("completeness travels as Upload-Incomplete", 3, 3),
    "completeness-direct": ("completeness travels as Upload-Complete", 4, 10),
    "length-from-content-length": ("Content-Length of a completing request is the length", 4, 10),
    "retrieval-204-only": ("a successful offset retrieval is 204 and nothing else", 3, 4),
    "retrieval-204-or-200": ("a successful offset retrieval is 204 or 200", 3, 6),
    "forbidden-fields-400": (
        "retrieval and cancellation with upload fields are answered 400",
        3,
        6,
    ),
    "inactive-404": ("an upload that is not active is answered 404", 3, 6),
    "offset-in-responses": ("creation and append responses carry Upload-Offset", 3, 6),
    "location-always": ("every final creation response carries Location", 3, 6),
    "created-201": ("an incomplete creation or append is acknowledged with 201", 3, 6),
    "cancel-204": ("a successful cancellation is 204", 3, 7),
    "late-octets-ignored": ("an overtaken transfer may live on with its octets ignored", 3, 6),
    "late-octets-refused": ("an overtaken transfer must not end in success", 7, 10),
    "length-mismatch-400": ("inconsistent lengths are answered 400", 4, 6),
    "progress-104": ("104 may report progress with Upload-Offset", 5, 10),
    "empty-content": ("creations and appends may be empty", 5, 10),
    "offset-no-decrease": ("the offset never decreases", 5, 10),
    "single-location-104": ("only the first 104 of a creation carries Location", 5, 8),
    "append-media-type": ("appends use application/partial-upload", 6, 10),
    "limits": ("Upload-Limit exists", 6, 10),
    "upload-length": ("Upload-Length exists", 6, 10),
    "options-discovery": ("OPTIONS on the creation target tells the limits", 6, 10),
    "problem-types": ("problem types are registered", 6, 10),
    "completed-upload-problem": ("the completed-upload problem type exists", 6, 8),
    "append-after-completion-refused": ("appending to a completed upload is refused", 6, 8),
    "digests": ("integrity digests are part of the text", 6, 8),
    "expires-key": ("the lifetime limit is called expires", 6, 6),
    "max-age-key": ("the lifetime limit is called max-age", 7, 10),
    "inconsistent-length-problem": ("the inconsistent-upload-length problem type exists", 7, 10),
    "completeness-on-append": ("append requests must carry the completeness field", 7, 10),
    "completeness-on-append-responses": ("append responses tell completeness", 7, 10),
    "overlength-invalidates": ("an overrun of the length invalidates the upload", 7, 10),
    "malformed-ignored": ("upload fields of a wrong type are ignored", 8, 10),
    "limits-everywhere": ("limits are told by 104, creation response and retrieval", 8, 10),
    "identical-location": ("Location is identical in 104 and final response", 8, 10),
    "no-stale-offset": ("a retrieved offset is current and accepted afterwards", 8, 10),
    "continue-beside-104": ("100 is sent although a 104 was", 8, 10),
    "accept-patch-options": ("some revision wants Accept-Patch on OPTIONS", 8, 8),
    "get-retrieval": ("GET retrieves the offset", 9, 10),
    "early-response": ("the server may complete an upload by its response", 9, 10),
    "append-limits-on-creation": ("append limits bind the content of creations", 9, 10),
    "retrieval-completeness-optional": ("retrieval need not tell completeness and length", 10, 10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One interop version of the draft.

    Attributes:
        number: value of ``Upload-Draft-Interop-Version`` (3 to 10).
        revisions: the revisions of draft-ietf-httpbis-resumable-upload sharing the number.
        completeness_field: name of the completeness field.
        completeness_inverted: the field says *incomplete* (``?1`` means more will follow).
        age_key: key of the lifetime limit in ``Upload-Limit``; None where there are no limits.
        append_media_type: media type of append requests; None where none is asked for.
        provisional: the text could not be read; judged as the draft before it, at most a warning.
        capabilities: names of what this draft has; see :func:`capability_meanings`.
    """

    number: int
    revisions: tuple[str, ...]
    completeness_field: str
    completeness_inverted: bool
    age_key: str | None
    append_media_type: str | None
    provisional: bool
    capabilities: frozenset[str]

    def has(self, capability: str) -> bool:
        """Tell whether this draft has a capability.

        Raises:
            KeyError: no draft knows a capability of that name.
        """
        if capability not in _CAPABILITIES:
            raise KeyError(capability)
        return capability in self.capabilities


def _draft(number: int, *revisions: str) -> Draft:
    capabilities = frozenset(
        name for name, (_, first, last) in _CAPABILITIES.items() if first <= number <= last
    )
    inverted = "completeness-inverted" in capabilities
    age_key = None
    if "expires-key" in capabilities:
        age_key = "expires"
    elif "max-age-key" in capabilities:
        age_key = "max-age"
    return Draft(
        number=number,
        revisions=revisions,
        completeness_field="Upload-Incomplete" if inverted else "Upload-Complete",
        completeness_inverted=inverted,
        age_key=age_key,
        append_media_type=PARTIAL_UPLOAD if "append-media-type" in capabilities else None,
        provisional=number == 10,
        capabilities=capabilities,
    )


DRAFTS: dict[int, Draft] = {
    draft.number: draft
    for draft in (
        _draft(3, "-01"),
        _draft(4, "-02"),
        _draft(5, "-03"),
        _draft(6, "-04", "-05"),
        _draft(7, "-06", "-07", "-08"),
        _draft(8, "-09", "-10", "-11"),
        _draft(9, "-12"),
        _draft(10, "-13"),
    )
}


def capability_meanings() -> dict[str, str]:
    """Return every capability name with its meaning, in order of first appearance."""
    return {name: meaning for name, (meaning, _, _) in _CAPABILITIES.items()}
