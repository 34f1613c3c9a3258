"""How rows are read and judged, and how mistakes in them are told."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model.requirement import Keyword, Level, Verdict
from conformance.profiles.rufh.registry import read_rows
from conformance.profiles.rufh.rows import RegistryError
from conformance.profiles.rufh.verdicts import Exemption, Statement, judge, verdict_of

POINTS = {"A1": object()}


def row(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": "RUFH-EXAMPLE",
        "role": "server",
        "topic": "append",
        "source": "RUFH",
        "section": "Upload Append",
        "level": {"3-9": "MUST"},
        "damage": "stuck",
        "summary": "Something holds.",
        "how": "Look.",
    }
    return {**plain, **changes}


def statement(
    levels: dict[int, Level],
    *,
    revisions: dict[str, Level] | None = None,
    keyword: Keyword = Keyword.EXPLICIT,
    exceptions: dict[int, Exemption] | None = None,
) -> Statement:
    return Statement(
        levels=levels, revisions=revisions or {}, keyword=keyword, exceptions=exceptions or {}
    )


@pytest.mark.parametrize(
    ("level", "verdict"),
    [
        (Level.MUST, Verdict.FAIL),
        (Level.MUST_NOT, Verdict.FAIL),
        (Level.SHOULD, Verdict.WARN),
        (Level.SHOULD_NOT, Verdict.WARN),
        (Level.RECOMMENDED, Verdict.WARN),
        (Level.MAY, Verdict.INFO),
        (Level.ABSENT, Verdict.SKIP),
    ],
)
def test_verdict_of_a_level(level: Level, verdict: Verdict) -> None:
    assert verdict_of(level) is verdict
    judged = judge(statement({9: level}), 9)
    assert (judged.verdict, judged.reason) == (verdict, "")


def test_a_statement_without_keyword_warns() -> None:
    judged = judge(statement({9: Level.MUST}, keyword=Keyword.IMPLICIT), 9)
    assert (judged.level, judged.verdict, judged.point) == (Level.MUST, Verdict.WARN, "rule-2")


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        ({"-09": Level.SHOULD}, Verdict.WARN),
        ({"-09": Level.MAY}, Verdict.INFO),
        ({"-10": Level.ABSENT}, Verdict.INFO),
        ({"-09": Level.MUST_NOT}, Verdict.FAIL),
    ],
)
def test_the_weakest_of_the_revisions_sharing_a_number_counts(
    others: dict[str, Level], verdict: Verdict
) -> None:
    judged = judge(statement({8: Level.MUST, 9: Level.MUST}, revisions=others), 8)
    assert judged.verdict is verdict
    assert (judged.point == "rule-3") == (verdict is not Verdict.FAIL)
    assert judge(statement({9: Level.MUST}, revisions=others), 9).verdict is Verdict.FAIL


def test_a_revision_that_asks_for_more_changes_nothing() -> None:
    judged = judge(statement({8: Level.SHOULD}, revisions={"-09": Level.MUST}), 8)
    assert (judged.verdict, judged.reason) == (Verdict.WARN, "")


def test_an_exception_overrides_in_either_direction() -> None:
    weaker = Exemption(verdict=Verdict.INFO, point="A1", because="disputed")
    stronger = Exemption(verdict=Verdict.FAIL, point="A1", because="data are lost")
    assert judge(statement({9: Level.MUST}, exceptions={9: weaker}), 9).verdict is Verdict.INFO
    judged = judge(statement({9: Level.MAY}, keyword=Keyword.IMPLICIT, exceptions={9: stronger}), 9)
    assert (judged.verdict, judged.reason, judged.point) == (Verdict.FAIL, "data are lost", "A1")


def test_the_unread_draft_is_judged_like_the_one_before_and_warns_at_most() -> None:
    judged = judge(statement({9: Level.MUST}), 10)
    assert (judged.level, judged.verdict) == (Level.MUST, Verdict.WARN)
    assert judged.provisional
    assert judged.point == "rule-7"


def test_what_is_known_of_the_unread_draft_counts_in_full() -> None:
    judged = judge(statement({9: Level.MUST, 10: Level.MUST}), 10)
    assert (judged.verdict, judged.provisional) == (Verdict.FAIL, False)
    dropped = judge(statement({9: Level.MUST, 10: Level.ABSENT}), 10)
    assert (dropped.verdict, dropped.provisional) == (Verdict.SKIP, False)


def test_an_exception_of_the_last_read_draft_carries_over_capped() -> None:
    raised = Exemption(verdict=Verdict.FAIL, point="A1", because="data are lost")
    judged = judge(statement({9: Level.MAY}, exceptions={9: raised}), 10)
    assert (judged.verdict, judged.provisional) == (Verdict.WARN, True)


def test_a_row_is_read() -> None:
    found = read_rows([row()], POINTS).get("RUFH-EXAMPLE")
    assert found.levels[3] is Level.MUST
    assert found.verdicts[10] is Verdict.WARN
    assert found.note == ""
    assert not found.historic


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"level": {"3-9": "OUGHT"}}, "OUGHT"),
        ({"level": {"9-3": "MUST"}}, "9-3"),
        ({"level": {"2": "MUST"}}, "'2'"),
        ({"level": {"3-6": "MUST", 6: "MAY"}}, "twice"),
        ({"level": {}}, "level"),
        ({"role": "butler"}, "butler"),
        ({"damage": "awful"}, "corruption"),
        ({"observable": False}, "partly"),
        ({"colour": "red"}, "colour"),
        ({"revisions": {"-99": "MUST"}}, "-99"),
        ({"exceptions": [{"drafts": "9", "verdict": "warn"}]}, "because"),
        (
            {"exceptions": [{"drafts": "9", "verdict": "warn", "point": "Z9", "because": "so"}]},
            "Z9",
        ),
        (
            {
                "exceptions": [
                    {"drafts": "8-9", "verdict": "warn", "point": "A1", "because": "so"},
                    {"drafts": "9", "verdict": "info", "point": "A1", "because": "so"},
                ]
            },
            "two exceptions",
        ),
    ],
)
def test_a_wrong_row_is_named_with_what_is_wrong(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(RegistryError, match="RUFH-EXAMPLE") as caught:
        read_rows([row(**changes)], POINTS)
    assert told in str(caught.value)


def test_a_missing_key_is_named() -> None:
    raw = row()
    del raw["how"]
    with pytest.raises(RegistryError, match="how missing"):
        read_rows([raw], POINTS)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(RegistryError, match="RUFH-EXAMPLE: this id is used twice"):
        read_rows([row(), row()], POINTS)


@pytest.mark.parametrize("raw", ["text", None, {"role": "server"}, {"id": 5}])
def test_what_is_no_row_is_refused(raw: object) -> None:
    with pytest.raises(RegistryError, match="a row is a mapping"):
        read_rows([raw], POINTS)
