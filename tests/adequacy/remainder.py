"""Checks no seeded defect makes fail, and why that is no gap."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WARNS: Final = "by its alternatives it can only warn, which is what the registry calls for there"
_TWO_FAULTS: Final = (
    "a length that is ignored only warns; a fail takes a server that also says complete, "
    "which would be two faults"
)

#: name of the check, see :func:`conformance.engine.coverage.places` -> why
REMAINDER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rufh/completeness/content-length-reached-is-not-complete"
        "/full/RUFH-LENGTH-NOT-COMPLETION.by-answer": _WARNS,
        "rufh/completeness/creation-with-everything-but-not-complete"
        "/up/RUFH-LENGTH-NOT-COMPLETION.by-answer": _WARNS,
        "rufh/completeness/length-reached-is-not-complete"
        "/full/RUFH-LENGTH-NOT-COMPLETION.by-answer": _WARNS,
        "rufh/concurrency/late-octets/then"
        "/RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION.there": _WARNS,
        "rufh/h2/outer-spaces/odd/H2-MALFORMED-REFUSED": _WARNS,
        "rufh/length/changed-later/odd/RUFH-LENGTH-MISMATCH-REJECT": _TWO_FAULTS,
        "rufh/length/told-below-the-offset/odd/RUFH-APPEND-OVERLENGTH-REJECT": _TWO_FAULTS,
    }
)
