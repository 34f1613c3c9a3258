"""Standing rules: what every transcript must honour, whatever a scenario asks.

Each rule yields a finding for every place where it applies, so that a rule that never applied is
not called passed. What a violation is worth is the registry's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.profiles.rufh.observe import observe
from conformance.profiles.rufh.standing_answers import ANSWER_RULES
from conformance.profiles.rufh.standing_h2 import H2_RULES
from conformance.profiles.rufh.standing_interims import INTERIM_RULES
from conformance.profiles.rufh.standing_uploads import UPLOAD_RULES
from conformance.profiles.rufh.standing_wire import WIRE_RULES

if TYPE_CHECKING:
    from conformance.model.transcript import Transcript
    from conformance.profiles.rufh.drafts import Draft
    from conformance.profiles.rufh.findings import Finding

__all__ = ["STANDING", "find"]

#: every requirement a standing rule can speak of
STANDING: Final = (
    "RUFH-VERSION-104-HEADER",
    "RUFH-VERSION-NO-104-MISMATCH",
    "RUFH-104-PURPOSES",
    "RUFH-APPEND-104-NO-LOCATION",
    "RUFH-H-104-SINGLE-LOCATION",
    "RUFH-CREATE-LOCATION-IDENTICAL",
    "RUFH-CREATE-LOCATION-SPELLING",
    "RUFH-OFFSET-NO-DECREASE",
    "RUFH-LIMIT-STABLE",
    "RUFH-LIMIT-MAX-NO-DECREASE",
    "RUFH-LIMIT-MIN-NO-INCREASE",
    "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER",
    "SUITE-INTEGRITY-ACKNOWLEDGED-LOST",
    "SUITE-INTEGRITY-BEYOND-SENT",
    "HTTP-1XX-NO-HTTP10",
    "HTTP-1XX-NO-CONTENT",
    "HTTP-HEAD-NO-CONTENT",
    "HTTP-NO-DUPLICATE-LINES",
    "HTTP-LOCATION-REFERENCE",
    "HTTP-405-ALLOW",
    "HTTP-401-CHALLENGE",
    "PATCH-415-ACCEPT-PATCH",
    "PROBLEM-STATUS-MATCH",
    "PROBLEM-MEDIATYPE",
    "SF-BOOLEAN-SYNTAX",
    "SF-INTEGER-SYNTAX",
    "SF-INTEGER-RANGE",
    "H1-NO-TE-1XX-204",
    "H1-RESPONSE-STATUS-LINE",
    "H1-RESPONSE-FIELD-SYNTAX",
    "H1-RESPONSE-NO-OBS-FOLD",
    "H1-RESPONSE-NO-BARE-CR-LF",
    "H1-RESPONSE-FRAMING",
    "H1-RESPONSE-COMPLETE",
    "H2-RESPONSE-WELL-FORMED",
    "H2-INTERIM-OPEN",
    "H2-EARLY-RESPONSE-NO-ERROR",
)


def find(transcript: Transcript, draft: Draft) -> list[Finding]:
    """Run every standing rule over a transcript."""
    seen = observe(transcript, draft)
    findings: list[Finding] = []
    for exchange in transcript.exchanges:
        for rule in (*INTERIM_RULES, *ANSWER_RULES):
            findings.extend(rule(exchange, seen, draft))
    for wire_rule in (*WIRE_RULES, *H2_RULES):
        findings.extend(wire_rule(transcript))
    for upload in dict.fromkeys(seen.uploads.values()):
        for upload_rule in UPLOAD_RULES:
            findings.extend(upload_rule(upload, transcript, seen, draft))
    return findings
