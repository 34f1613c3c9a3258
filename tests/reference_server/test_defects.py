"""Seeded defects and correct variants: each is one small, well described change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.model.requirement import Role, Verdict
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.core.append import Appender
from reference_server.core.conduct import Policy
from reference_server.core.creation import Creator
from reference_server.core.resources import UploadResource
from reference_server.core.server import Core
from reference_server.core.transfer import Transfer
from reference_server.core.uploads import Registry
from reference_server.defects.catalogue import load_defects
from reference_server.defects.defect import Defect, Transport, core_with, h2_with
from reference_server.defects.rewriting import RewritingConnection, split_head
from reference_server.h1 import H1Connection
from reference_server.h2 import H2Connection
from reference_server.h2_frames import Guard
from reference_server.h2_session import Session
from reference_server.h2_streams import H2Streams
from reference_server.serve import Configuration, build_core
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from reference_server.variants.variant import Variant

CLEAN = Configuration()
CORE_PARTS = (Policy, Core, Registry, Transfer, Creator, Appender, UploadResource)
PARTS = (*CORE_PARTS, H1Connection, H2Connection, Session, Guard, H2Streams)
DEFECTS = list(load_defects().values())
VARIANTS = list(load_variants().values())


def names(items: list[Defect] | list[Variant]) -> list[str]:
    return [each.name for each in items]


def test_there_are_enough_of_both() -> None:
    assert len(DEFECTS) >= 50
    assert len(VARIANTS) >= 16


@pytest.mark.parametrize("defect", DEFECTS, ids=names(DEFECTS))
def test_a_defect_is_described_in_terms_of_the_registry(defect: Defect) -> None:
    known = registry.load()
    assert defect.title
    assert defect.drafts
    assert set(defect.drafts) <= set(DRAFTS)
    for requirement in defect.requirements:
        row = known.get(requirement)
        assert row.role in {Role.SERVER, Role.SUITE}


@pytest.mark.parametrize("defect", DEFECTS, ids=names(DEFECTS))
def test_a_defect_violates_something_that_counts_in_its_draft(defect: Defect) -> None:
    known = registry.load()
    verdicts = {known.verdict(each, defect.drafts[0]) for each in defect.requirements}
    assert verdicts & {Verdict.FAIL, Verdict.WARN}


@pytest.mark.parametrize("defect", DEFECTS, ids=names(DEFECTS))
def test_a_defect_changes_one_part_of_the_server(defect: Defect) -> None:
    assert len([part for part in PARTS if issubclass(defect.override, part)]) == 1
    changed = defect.into(CLEAN)
    differing = [
        name
        for name in ("policy", "core", "registry", "connection", "h2_connection")
        if getattr(changed, name) is not getattr(CLEAN, name)
    ]
    assert len(differing) == 1


@pytest.mark.parametrize("variant", VARIANTS, ids=names(VARIANTS))
def test_a_variant_may_only_be_warned_of_what_the_registry_lets_warn(variant: Variant) -> None:
    known = registry.load()
    assert variant.title
    for requirement in variant.warns:
        verdicts = {known.verdict(requirement, draft) for draft in variant.drafts}
        assert Verdict.WARN in verdicts, requirement


@pytest.mark.parametrize("strange", [*DEFECTS, *VARIANTS], ids=[*names(DEFECTS), *names(VARIANTS)])
def test_every_one_of_them_can_be_built(strange: Defect | Variant) -> None:
    core = build_core(strange.into(CLEAN))
    assert isinstance(core, Core)
    assert isinstance(core.policy, Policy)


def test_a_class_that_is_no_part_of_the_server_is_refused() -> None:
    with pytest.raises(TypeError, match="no part of the server"):
        core_with(dict)
    with pytest.raises(TypeError, match="no part of the front end"):
        h2_with(dict)


@pytest.mark.parametrize("defect", DEFECTS, ids=names(DEFECTS))
def test_a_defect_of_a_front_end_shows_over_its_transport_only(defect: Defect) -> None:
    http2 = issubclass(defect.override, H2Connection | Session | Guard | H2Streams)
    http1 = issubclass(defect.override, H1Connection)
    assert (defect.transport is Transport.H2) is http2
    assert defect.transport is Transport.H1 or not http1


def test_a_head_is_split_from_content_that_only_looks_like_one() -> None:
    assert split_head(b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest") == (
        b"GET / HTTP/1.1\r\nA: b",
        b"\r\n\r\nrest",
    )
    assert split_head(b"content\r\n\r\n") == (b"", b"content\r\n\r\n")


def test_a_rewriting_connection_changes_nothing_by_itself() -> None:
    assert RewritingConnection.rewrite_request(None, b"a") == b"a"  # type: ignore[arg-type]
    assert RewritingConnection.rewrite_response(None, b"a") == b"a"  # type: ignore[arg-type]
