"""The data of the registry: every verdict has its ground."""

from __future__ import annotations

import re

import pytest

from conformance.model.requirement import Damage, Level, Observable, Requirement, Role, Verdict
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.registry import load, load_points
from conformance.profiles.rufh.verdicts import verdict_of

ROWS = load().rows
DIFFERING = [
    pytest.param(row, number, id=f"{row.id}-{number}")
    for row in ROWS
    for number in DRAFTS
    if row.verdicts[number] is not verdict_of(row.levels[number])
]


@pytest.mark.parametrize(("row", "number"), DIFFERING)
def test_a_verdict_that_is_not_the_one_of_its_level_has_reason_and_point(
    row: Requirement, number: int
) -> None:
    assert row.reasons[number].strip()
    assert row.points[number] in load_points()


def test_there_are_differing_verdicts_in_both_directions() -> None:
    stronger = [
        (row.id, number)
        for row in ROWS
        for number in DRAFTS
        if row.verdicts[number].strength > verdict_of(row.levels[number]).strength
    ]
    assert ("RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION", 6) in stronger
    assert len(DIFFERING) > len(stronger) > 0


def test_nothing_is_provisional_but_the_unread_draft() -> None:
    provisional = {number for row in ROWS for number in row.provisional}
    assert provisional == {number for number, draft in DRAFTS.items() if draft.provisional}


def test_provisional_rows_warn_at_most() -> None:
    for row in ROWS:
        for number in row.provisional:
            assert row.verdicts[number].strength <= Verdict.WARN.strength, row.id


def test_every_row_has_level_and_verdict_for_every_draft() -> None:
    for row in ROWS:
        assert set(row.levels) == set(row.verdicts) == set(DRAFTS), row.id
        assert row.summary, row.id
        assert row.how, row.id


def test_ids_tell_their_source() -> None:
    for row in ROWS:
        assert re.fullmatch(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+", row.id)
        assert (row.source == "RUFH") == row.id.startswith("RUFH-"), row.id
        assert (row.source == "SUITE") == row.id.startswith("SUITE-"), row.id
        assert (row.role is Role.SUITE) == (row.source == "SUITE"), row.id


def test_integrity_fails_in_every_draft_unless_larger_offsets_are_legitimate() -> None:
    rows = [row for row in ROWS if row.id.startswith("SUITE-INTEGRITY-")]
    assert len(rows) >= 6
    weaker = {
        (row.id, number, row.verdicts[number])
        for row in rows
        for number in DRAFTS
        if row.verdicts[number] is not Verdict.FAIL
    }
    assert weaker == {
        ("SUITE-INTEGRITY-BEYOND-SENT", 9, Verdict.INFO),
        ("SUITE-INTEGRITY-BEYOND-SENT", 10, Verdict.INFO),
    }


def test_sanity_only_tells() -> None:
    rows = [row for row in ROWS if row.id.startswith("SUITE-SANITY-")]
    assert rows
    assert {verdict for row in rows for verdict in row.verdicts.values()} == {Verdict.INFO}


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        # id, verdicts for 3 to 10: f(ail) w(arn) i(nfo) s(kip)
        ("RUFH-APPEND-OFFSET-MISMATCH-409", "fffffffw"),
        ("RUFH-APPEND-409-UPLOAD-COMPLETE-FALSE", "iiiifwfw"),
        ("RUFH-COMPLETE-EARLY-2XX", "ffffffww"),
        ("RUFH-OFFSET-NO-DECREASE", "ssfffffw"),
        ("RUFH-CONCURRENCY-OFFSET-ACCEPTED", "ffffwffw"),
        ("RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION", "fffffffw"),
        ("RUFH-OPTIONS-UPLOAD-LIMIT", "sssififw"),
        ("RUFH-OPTIONS-SIGN-OF-UPLOADS", "sssssw" + "ss"),
        ("RUFH-H-104-SINGLE-LOCATION", "ssfff" + "iss"),
        ("RUFH-CREATE-LOCATION-IDENTICAL", "sssssifw"),
        ("RUFH-104-KEEP-100", "wwwwwwfw"),
        ("RUFH-H-APPEND-COMPLETED-REJECT", "sssfff" + "ii"),
        ("RUFH-APPEND-OVERLENGTH-INVALIDATE", "sssswffw"),
        ("RUFH-LENGTH-MISMATCH-CHUNKED", "swwwwwfw"),
        ("RUFH-RETRIEVE-UPLOAD-COMPLETE", "fffffffs"),
        ("RUFH-RETRIEVE-LENGTH-OF-CONTENT", "sssiwwfi"),
        ("RUFH-CODING-CONTENT", "sssffffw"),
        ("RUFH-CANCEL-DEACTIVATE", "ffffwwww"),
        ("RUFH-GONE-NOT-SUCCESS", "ssssfffw"),
        ("RUFH-H-REPR-DIGEST-MISMATCH", "ssswwwii"),
        ("RUFH-VERSION-NO-104-MISMATCH", "ffffffff"),
        ("RUFH-VERSION-LIST-NO-104", "wwwwwwww"),
        ("RUFH-CONCURRENCY-CLIENT-NO-APPEND-DURING-CREATION", "ffffwwwf"),
        ("SF-FAIL-IGNORE-OR-MALFORMED", "ffffffff"),
        ("H1-CHUNKED-INCOMPLETE", "ffffffff"),
    ],
)
def test_judgements_of_disputed_points(requirement: str, expected: str) -> None:
    found = "".join(load().verdict(requirement, number)[0] for number in DRAFTS)
    assert found == expected


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(KeyError, match="RUFH-RETRIEVE-NO-STORE"):
        load().get("RUFH-RETREIVE-NO-STORE")
    assert load().nearest("RUFH-RETREIVE-NO-STORE")[0] == "RUFH-RETRIEVE-NO-STORE"
    assert "RUFH-RETREIVE-NO-STORE" not in load()


def test_rows_for_a_draft_are_those_with_ground() -> None:
    ids = {row.id for row in load().for_draft(3)}
    assert "RUFH-H-HEAD-204" in ids
    assert "RUFH-RETRIEVE-GET" not in ids


def test_what_must_be_checked_is_visible_binds_servers_and_can_fail() -> None:
    found = load().must_be_checked()
    assert len(found) > 100
    for row in found:
        assert row.observable is Observable.YES
        assert row.role in {Role.SERVER, Role.SUITE}
        assert Verdict.FAIL in row.verdicts.values()


def test_links_lead_to_the_revision_judged_and_to_the_section() -> None:
    row = load().get("RUFH-APPEND-OFFSET-MISMATCH-409")
    assert row.url_for(6).endswith("draft-ietf-httpbis-resumable-upload-05")
    assert row.url_for(8).endswith("draft-ietf-httpbis-resumable-upload-11")
    assert row.url.endswith("draft-ietf-httpbis-resumable-upload-12")
    historic = load().get("RUFH-H-HEAD-204")
    assert historic.url.endswith("draft-ietf-httpbis-resumable-upload-05")
    assert load().get("H1-HOST-400").url == "https://www.rfc-editor.org/rfc/rfc9112#section-3.2"
    assert load().get("SUITE-INTEGRITY-STORED").url_for(9) == ""


def test_damage_orders_by_harm() -> None:
    worst_first = sorted(Damage, reverse=True)
    labels = [damage.label for damage in worst_first]
    assert labels == ["corruption", "stuck", "wasted", "confusion", "hygiene"]
    assert load().get("SUITE-INTEGRITY-STORED").damage is Damage.CORRUPTION


def test_every_exception_cites_a_point_and_all_rules_are_there() -> None:
    points = load_points()
    cited = {point for row in ROWS for point in row.points.values()}
    assert cited <= set(points)
    assert {f"rule-{number}" for number in range(1, 8)} <= set(points)
    assert len(points) >= 70


def test_points_named_in_notes_exist() -> None:
    known = set(load_points())
    for row in ROWS:
        for point in re.findall(r"\b[A-K]\d{1,2}\b", f"{row.note} {row.how}"):
            assert point in known, (row.id, point)


def test_ids_named_in_other_rows_exist() -> None:
    for row in ROWS:
        for name in re.findall(r"\b(?:RUFH|SUITE|HTTP|SF|H1|H2)-[A-Z0-9-]*[A-Z0-9]", row.how):
            if not name.startswith("RUFH-H-*"):
                assert name in load(), (row.id, name)
        for name in re.findall(r"\b(?:RUFH|SUITE|HTTP|SF)-[A-Z0-9-]*[A-Z0-9]", row.note):
            assert name in load(), (row.id, name)


def test_loading_is_kept() -> None:
    assert load() is load()


def test_an_absent_level_without_exception_is_skipped() -> None:
    row = load().get("RUFH-H-KEEP-AFTER-COMPLETE")
    assert row.levels[9] is Level.ABSENT
    assert row.verdicts[9] is Verdict.SKIP
    assert not row.provisional
