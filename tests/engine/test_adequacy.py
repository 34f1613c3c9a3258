"""The three figures: caught, proved, accused."""

from __future__ import annotations

from conformance.engine.adequacy import Finding, Judged, accusations, measure
from conformance.engine.coverage import Cover, coverage, load_proof, must_fail
from conformance.model.outcome import Outcome
from conformance.profiles.rufh import registry


def finding(requirement: str, outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding(check=f"s/c/{requirement}/9/h1", requirement=requirement, outcome=outcome)


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


def test_coverage_has_a_row_for_every_requirement_of_a_server() -> None:
    rows = coverage()
    assert [row.requirement.id for row in rows] == [row.id for row in registry.load().server_rows()]
    assert any(Cover.CHECKED in row.covers.values() or row.proof for row in rows)


def test_what_is_said_to_be_proved_is_in_the_registry() -> None:
    assert all(name in registry.load() for name in load_proof())


def test_requirements_whose_violation_fails_are_known() -> None:
    assert "SUITE-INTEGRITY-STORED" in must_fail()
    assert "RUFH-RETRIEVE-NO-STORE" not in must_fail()
