"""Capabilities a scenario may need: of the draft, of the transport, or of the target."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from conformance.profiles.rufh.drafts import capability_meanings

if TYPE_CHECKING:
    from collections.abc import Mapping

#: capability of a target -> what a target that has it offers
TARGET_CAPABILITIES: Final[Mapping[str, str]] = {
    "read-back": "the suite can fetch what was stored",
    "restart": "the suite can kill the target and start it again",
    "authorisation": "the target demands credentials, and those of a second user are known",
    "cancellation": "an upload can be cancelled",
    "ordinary-uploads": "the target takes uploads that know nothing of the protocol",
    "redirects": "the creation URL is reached through a redirect",
    "no-limits": "the target has no limits on sizes or the number of appends",
    "max-size": "the target limits the size of representations",
    "small-max-size": "the target limits representations to 1 MiB and appends to 256 KiB at least",
    "max-size-told": "the target itself tells the largest size by Upload-Limit",
    "min-size": "the target demands a smallest size of representations",
    "small-uploads": "the target demands no smallest size of representations",
    "max-append-size": "the target limits the content of one append",
    "min-append-size": "the target demands a smallest content of one append",
    "small-appends": "the target takes appends of 1 KiB",
    "tiny-appends": "the target demands no smallest content of an append",
    "large-requests": "the target takes representations of 2 MiB, and as much in one request",
    "length-optional": "the target makes uploads whose length is not known when they are created",
    "lifetime": "uploads expire within ten seconds and the target announces it",
    "get-after-completion": "GET on the upload resource returns the result of a completed upload",
    "tls": "the target is reached over TLS",
}

#: capabilities that a target shows by its answers, rather than the user by what is declared
SHOWN: Final = frozenset(
    {
        "cancellation",
        "ordinary-uploads",
        "max-size",
        "max-size-told",
        "small-max-size",
        "min-size",
        "max-append-size",
        "min-append-size",
        "no-limits",
        "small-appends",
        "tiny-appends",
        "large-requests",
        "length-optional",
        "small-uploads",
        "lifetime",
    }
)

#: capability of a transport, which is its own name -> what it means to have it
TRANSPORT_CAPABILITIES: Final[Mapping[str, str]] = {
    "h1": "requests go over HTTP/1.1, so that its framing and its connection fields exist",
    "h2": "requests go over HTTP/2, so that streams, frames and flow control exist",
}


def known(capability: str) -> bool:
    """Tell whether a capability of draft, transport or target has this name."""
    return capability in TARGET_CAPABILITIES or of_transport(capability) or of_draft(capability)


def of_draft(capability: str) -> bool:
    """Tell whether a capability belongs to the draft."""
    return capability in capability_meanings()


def of_target(capability: str) -> bool:
    """Tell whether a capability belongs to the target."""
    return capability in TARGET_CAPABILITIES


def of_transport(capability: str) -> bool:
    """Tell whether a capability belongs to the transport."""
    return capability in TRANSPORT_CAPABILITIES


def meaning(capability: str) -> str:
    """Return what having a capability means; it must be known."""
    for meanings in (TARGET_CAPABILITIES, TRANSPORT_CAPABILITIES):
        if capability in meanings:
            return meanings[capability]
    return capability_meanings()[capability]


def nearest(capability: str) -> str:
    """Return the known capability that resembles a mistyped one most; empty if none does."""
    names = (*TARGET_CAPABILITIES, *TRANSPORT_CAPABILITIES, *capability_meanings())
    return next(iter(difflib.get_close_matches(capability, names, n=1, cutoff=0.5)), "")
