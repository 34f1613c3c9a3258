"""The three figures: caught, proved, accused."""

from __future__ import annotations

from conformance.engine.adequacy import Finding, Judged, accusations, failed, measure, place_of
from conformance.engine.coverage import (
    Cover,
    coverage,
    load_proof,
    must_be_seen,
    must_fail,
    places,
)
from conformance.model.outcome import Outcome
from conformance.profiles.rufh import registry


def finding(requirement: str, outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding(
        check=f"s/c/{requirement}/9/h1",
        requirement=requirement,
        outcome=outcome,
        place=f"s/c/{requirement}",
    )


def server(*findings: Finding, name: str = "x", requirements: tuple[str, ...] = ("A",)) -> Judged:
    return Judged(name=name, draft=9, requirements=requirements, findings=findings)


def test_a_defect_is_caught_only_by_a_check_of_its_own_requirement() -> None:
    found = measure([server(finding("B"))], [], ["A"])
    assert found.slipped == ("x",)
    assert found.unproved == ("A",)
    assert not found.holds


def test_what_a_defect_breaks_besides_proves_nothing() -> None:
    found = measure([server(finding("A"), finding("B"))], [], ["A", "B"])
    assert found.proved == {"A": ("x",)}
    assert found.unproved == ("B",)


def test_a_variant_is_accused_by_any_fail_even_of_what_it_may_be_warned_of() -> None:
    assert accusations(server(finding("A"))) == (finding("A"),)


def test_a_variant_may_be_warned_of_what_was_called_for_and_of_nothing_else() -> None:
    allowed, other = finding("A", Outcome.WARN), finding("B", Outcome.WARN)
    assert accusations(server(allowed, other)) == (other,)


def test_everything_holds_if_all_are_caught_and_none_is_accused() -> None:
    variant = server(finding("A", Outcome.WARN), name="v")
    found = measure([server(finding("A"))], [variant], ["A"])
    assert found.holds


def test_a_server_that_could_not_be_judged_spoils_the_figures() -> None:
    trouble = Judged(name="v", draft=9, requirements=(), trouble="it did not start")
    assert not measure([server(finding("A"))], [trouble], ["A"]).holds


def test_the_place_of_a_check_is_the_same_in_every_case_draft_and_transport() -> None:
    one = place_of("rufh/a/b", "rufh/a/b/step/ID.label/9/h1")
    assert one == "rufh/a/b/step/ID.label"
    assert place_of("rufh/a/b", "rufh/a/b/some-case/step/ID.label/3/h2") == one
    assert place_of("rufh/a/b", "rufh/a/b/standing/ID/3/h2", standing=True) == "standing/ID"


def test_a_check_is_seen_to_fail_only_by_a_defect_of_its_requirement() -> None:
    found = measure([server(finding("A"), finding("B"))], [], (), ["s/c/A", "s/c/B"])
    assert found.unseen == ("s/c/B",)
    assert not found.holds


def test_a_warning_is_no_fail() -> None:
    assert failed(server(finding("A", Outcome.WARN))) == frozenset()


def test_a_check_may_be_seen_to_fail_in_a_further_draft() -> None:
    found = measure([server(finding("B"))], [], (), ["s/c/A"], [server(finding("A"))])
    assert not found.unseen
    assert found.slipped == ("x",)


def test_places_name_checks_of_scenarios_and_standing_rules() -> None:
    named = must_be_seen()
    assert "standing/H2-RESPONSE-WELL-FORMED" in named
    assert "rufh/append/one-octet/stored/SUITE-INTEGRITY-STORED" in named
    assert {each.name for each in places()} >= named
    assert not any(place.rsplit("/", 1)[1] == "RUFH-RETRIEVE-NO-STORE" for place in named)


def test_coverage_has_a_row_for_every_requirement_of_a_server() -> None:
    rows = coverage()
    assert [row.requirement.id for row in rows] == [row.id for row in registry.load().server_rows()]
    assert any(Cover.CHECKED in row.covers.values() or row.proof for row in rows)


def test_what_is_said_to_be_proved_is_in_the_registry() -> None:
    assert all(name in registry.load() for name in load_proof())


def test_requirements_whose_violation_fails_are_known() -> None:
    assert "SUITE-INTEGRITY-STORED" in must_fail()
    assert "RUFH-RETRIEVE-NO-STORE" not in must_fail()


def test_what_means_nothing_in_a_draft_is_untestable_there_and_says_why() -> None:
    row = next(row for row in coverage() if row.requirement.id == "HTTP-HEAD-SAME-FIELDS")
    assert row.covers[8] is Cover.UNTESTABLE
    assert row.covers[9] is not Cover.UNTESTABLE
    assert "GET" in row.why
