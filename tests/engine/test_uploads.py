"""What a final response says of the request, and what follows from it for the steps after it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.engine.uploads import succeeded

ELSEWHERE = {"Location": "/result"}
TOLD_COMPLETE = {**ELSEWHERE, "Upload_Complete": "?1"}


@pytest.mark.parametrize(
    ("status", "told", "success"),
    [
        (200, {}, True),
        (299, {"Upload_Complete": "?0"}, True),
        (303, {"Upload_Complete": "?1"}, True),
        (303, {"Upload_Complete": "?1;why"}, True),
        (303, {"Upload_Complete": "?0"}, False),
        (303, {"Upload_Complete": "1"}, False),
        (303, {"Upload_Complete": ["?1", "?1"]}, False),
        (303, {}, False),
        (302, {"Upload_Complete": "?1"}, False),
        (307, {"Upload_Complete": "?1"}, False),
        (300, {}, False),
        (409, {"Upload_Complete": "?1"}, False),
    ],
)
def test_success_is_2xx_or_see_other_that_tells_complete(
    build: Any, status: int, told: dict[str, Any], success: bool
) -> None:
    assert succeeded(build.message(status, **told)) is success


def answering(status: int, told: dict[str, str]) -> Any:
    """Answer PATCH so, and everything else as it should be."""

    async def script(ask: Any) -> None:
        await ask.read()
        if ask.method == "POST":
            ask.say(201, Location="/up/1", Upload_Complete="?0")
        elif ask.method == "PATCH":
            ask.say(status, **told)
        else:
            ask.say(204)

    return script


@pytest.mark.parametrize(
    ("told", "not_due"),
    [(TOLD_COMPLETE, {}), (ELSEWHERE, {"after": "step rest was answered 303"})],
)
def test_a_step_that_needs_success_goes_on_after_see_other_only_if_it_tells_complete(
    bench: Any, make_step: Any, told: dict[str, str], not_due: dict[str, str]
) -> None:
    ran = bench.run(
        answering(303, told),
        make_step("create", "up", send="0..1 B"),
        make_step("append", "rest", of="up", at="1 B", set_up=False),
        make_step("retrieve", "after", of="up", given=("rest",), set_up=False),
    )
    assert ran.binding.not_due == not_due
    assert ("after" in ran.binding.steps) is (not not_due)


@pytest.mark.parametrize(
    ("told", "lost"),
    [(TOLD_COMPLETE, ""), (ELSEWHERE, "303 See Other")],
)
def test_an_append_that_prepares_the_scene_must_have_succeeded(
    bench: Any, make_step: Any, told: dict[str, str], lost: str
) -> None:
    ran = bench.run(
        answering(303, told),
        make_step("create", "up", send="0..1 B"),
        make_step("append", "rest", of="up", at="1 B", set_up=True),
        make_step("cancel", "gone", of="up"),
    )
    causes = " ".join(ran.binding.not_run.values())
    assert (lost in causes) if lost else (causes == "")


def test_an_ordinary_upload_may_be_answered_with_see_other(bench: Any, make_step: Any) -> None:
    async def script(ask: Any) -> None:
        await ask.read()
        ask.say(303, Location="/result")

    ran = bench.run(
        script,
        make_step("request", "plain", send="all", set_up=True),
        make_step("request", "next", method="GET", set_up=False),
    )
    assert ran.binding.not_run == {}
    assert len(ran.transcript.exchanges) == 2
