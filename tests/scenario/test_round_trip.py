"""What is written as a file reads back as the same scenario and the same steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import (
    Alternative,
    Axis,
    Check,
    ContentKind,
    ContentSpec,
    Cut,
    ExchangeStep,
    FrameKind,
    FramePart,
    Hold,
    Matcher,
    OctetPart,
    Point,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Scenario,
    Step,
    Subject,
    SubjectKind,
    TogetherStep,
    Trickle,
    Verb,
)
from conformance.model.transcript import CutHow, Framing
from conformance.model.values import (
    UNSET,
    Duration,
    EndOfContent,
    Octets,
    Percent,
    Range,
    Ref,
    Size,
    Template,
)
from conformance.scenario.decode import expand, load_scenario, loads_scenario
from conformance.scenario.encode import dump, scenario_from_steps
from conformance.scenario.library import shipped_files
from conformance.syntax.h2names import ERROR_CODES, FLAGS, SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

KIB_64 = 65536
_COUNTS = st.integers(0, KIB_64).map(Octets)
_ATOMS = st.one_of(_COUNTS, st.integers(0, 100).map(Percent), st.just(EndOfContent()))
SIZES = st.one_of(
    _ATOMS.map(lambda atom: Size(((1, atom),))),
    st.tuples(_ATOMS, st.sampled_from((1, -1)), _COUNTS).map(
        lambda drawn: Size(((1, drawn[0]), (drawn[1], drawn[2])))
    ),
)
SPANS = st.tuples(st.integers(0, KIB_64), st.integers(0, KIB_64)).map(
    lambda ends: Range(Size(((1, Octets(min(ends))),)), Size(((1, Octets(max(ends))),)))
)
DURATIONS = st.integers(1, 3_600_000).map(lambda ms: Duration(ms / 1000))
TEXTS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
TEMPLATES = st.one_of(
    TEXTS.map(lambda text: Template((text,))),
    st.just(Template((Ref("draft", "number"),))),
    TEXTS.filter(bool).map(lambda text: Template((Ref("target", "path"), text))),
)
_FIELD_NAMES = st.sampled_from(("Expect", "X-One", "Upload-Offset", "Content-Type"))
FIELDS = st.dictionaries(
    _FIELD_NAMES,
    st.one_of(st.none(), st.lists(TEMPLATES, min_size=1, max_size=3).map(tuple)),
    max_size=3,
).map(lambda fields: tuple(fields.items()))
CUTS = st.one_of(
    st.builds(Cut, how=st.sampled_from(CutHow), after=SIZES, at_most=DURATIONS),
    st.builds(Cut, how=st.sampled_from(CutHow), once=st.sampled_from(Point), wait_for=st.none()),
)
HOLDS = st.builds(
    Hold,
    until=st.lists(st.sampled_from(Point), min_size=1, max_size=3).map(tuple),
    at=st.one_of(st.none(), SIZES),
    at_most=DURATIONS,
    then=st.sampled_from(("send", "stop")),
)


def _flags(kind: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(FLAGS[kind])).map(lambda flags: tuple(sorted(flags)))


_PADS = st.one_of(st.none(), st.integers(0, 255))
_FRAME_NAMES = st.sampled_from(
    (":method", ":path", "upload-offset", "X-Odd", "$draft.completeness")
)
_FRAME_FIELDS = st.dictionaries(
    _FRAME_NAMES, st.lists(TEMPLATES, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3
).map(lambda fields: (*fields.items(), ("$target.fields", ())))
_FIXED_SIZES = st.integers(0, KIB_64).map(lambda count: Size(((1, Octets(count)),)))
_CODES = st.sampled_from(tuple(ERROR_CODES))
FRAMES = st.one_of(
    st.builds(
        FramePart,
        kind=st.just(FrameKind.HEADERS),
        fields=_FRAME_FIELDS,
        flags=_flags("headers"),
        pad=_PADS,
        split=st.one_of(st.none(), SIZES),
    ),
    st.builds(
        FramePart,
        kind=st.just(FrameKind.DATA),
        content=st.one_of(st.none(), SPANS),
        flags=_flags("data"),
        pad=_PADS,
    ),
    st.builds(
        FramePart,
        kind=st.just(FrameKind.CONTINUATION),
        octets=st.binary(max_size=6),
        flags=_flags("continuation"),
    ),
    st.builds(
        FramePart,
        kind=st.sampled_from((FrameKind.RST_STREAM, FrameKind.GOAWAY)),
        code=_CODES,
    ),
    st.builds(
        FramePart,
        kind=st.just(FrameKind.WINDOW_UPDATE),
        increment=_FIXED_SIZES,
        on_connection=st.booleans(),
    ),
    st.builds(FramePart, kind=st.just(FrameKind.PING), octets=st.just(b"12345678")),
    st.builds(
        FramePart,
        kind=st.just(FrameKind.SETTINGS),
        settings=st.dictionaries(st.sampled_from(tuple(SETTINGS)), _FIXED_SIZES).map(
            lambda given: tuple(given.items())
        ),
    ),
    st.builds(FramePart, kind=st.just(FrameKind.RAW), octets=st.binary(max_size=12)),
    st.builds(
        FramePart,
        kind=st.just(FrameKind.WAIT),
        until=st.lists(st.sampled_from(Point), min_size=1, max_size=2).map(tuple),
        at_most=DURATIONS,
    ),
)


def _optional(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), values)


def _exchange(name: str, verb: Verb, of: str) -> st.SearchStrategy[ExchangeStep]:
    if verb is Verb.OCTETS:
        parts = st.one_of(
            TEMPLATES.map(lambda text: OctetPart(text=text)),
            st.binary(min_size=1, max_size=6).map(lambda octets: OctetPart(octets=octets)),
            SPANS.map(lambda span: OctetPart(content=span)),
        )
        written = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.builds(ExchangeStep, name=st.just(name), verb=st.just(verb), octets=written)
    if verb is Verb.FRAMES:
        written = st.lists(FRAMES, min_size=1, max_size=4).map(tuple)
        return st.builds(
            ExchangeStep,
            name=st.just(name),
            verb=st.just(verb),
            of=st.just(of),
            frames=written,
            window=_optional(SIZES),
        )
    keys: dict[str, st.SearchStrategy[object]] = {
        "fields": FIELDS,
        "send": SPANS if verb is Verb.APPEND else _optional(SPANS),
        "declare": st.one_of(st.sampled_from(("sent", "whole", "nothing")), SIZES),
        "framing": _optional(st.sampled_from(Framing)),
        "chunk": _optional(SIZES),
        "cut": _optional(CUTS),
        "hold": _optional(HOLDS),
        "trickle": _optional(st.builds(Trickle, piece=SIZES, every=DURATIONS)),
        "within": _optional(DURATIONS),
        "quiet": _optional(DURATIONS),
        "times": st.integers(1, 100),
        "http": st.sampled_from(("1.1", "1.0")),
        "window": _optional(SIZES),
        "method": st.sampled_from(("", "PUT", "ODD")),
        "to": _optional(TEMPLATES),
        "set_up": _optional(st.booleans()),
        "needs": st.sampled_from(((), ("digests",), ("digests", "read-back"))),
    }
    if verb is not Verb.DISCOVER:
        keys["complete"] = st.sampled_from((UNSET, None, True, False))
        keys["length"] = st.one_of(st.sampled_from((UNSET, None)), SIZES)
        keys["at"] = SIZES if verb is Verb.APPEND else st.one_of(st.just(UNSET), SIZES)
    if verb is Verb.APPEND:
        keys["refresh"] = st.integers(0, 9)
    if verb not in (Verb.CREATE, Verb.DISCOVER):
        keys["of"] = st.just(of)
    return st.builds(ExchangeStep, name=st.just(name), verb=st.just(verb), **keys)


@st.composite
def step_lists(draw: st.DrawFn) -> tuple[Step, ...]:
    """Draw steps whose references hold."""
    steps: list[Step] = [draw(_exchange("up", Verb.CREATE, ""))]
    for number in range(draw(st.integers(0, 4))):
        name = f"step-{number}"
        kind = draw(st.sampled_from((*Verb, "read-back", "restart", "together")))
        if isinstance(kind, Verb):
            steps.append(draw(_exchange(name, kind, "up")))
        elif kind == "read-back":
            steps.append(ReadBackStep(name=name, of="up", given=("up",)))
        elif kind == "restart":
            steps.append(RestartStep(name=name))
        else:
            steps.append(TogetherStep(name=name, release="header end", steps=_members(name)))
    if draw(st.booleans()):
        steps.append(ExchangeStep(name="open", verb=Verb.CREATE, leave=True))
        steps.append(ResumeStep(name="late", exchange="open", send=draw(SPANS)))
    return tuple(steps)


def _members(name: str) -> tuple[ExchangeStep, ...]:
    at = Size(((1, Octets(0)),))
    return tuple(
        ExchangeStep(name=f"{name}-{each}", verb=Verb.APPEND, of="up", at=at) for each in "ab"
    )


_SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
_VALUES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from((None, True, "8 KiB", "reset", "0", 17)).map(Scalar),
    st.just(Sequence((Scalar("a"), Scalar("b")))),
    st.just(Mapping(((Scalar("how"), Scalar("reset")),))),
)
AXES = st.dictionaries(
    _SLUGS.map(lambda name: f"v{name}"),
    st.dictionaries(_SLUGS, _VALUES, min_size=1, max_size=3).map(
        lambda named: tuple(named.items())
    ),
    max_size=2,
).map(lambda axes: tuple(Axis(name, values) for name, values in axes.items()))
CONTENTS = st.one_of(
    st.builds(ContentSpec, size=st.integers(0, 64 * 1024**2), fixed=st.booleans()),
    st.builds(ContentSpec, kind=st.just(ContentKind.TEXT), text=TEXTS),
    st.builds(ContentSpec, kind=st.just(ContentKind.GZIP), size=st.integers(0, KIB_64)),
)
TITLES = st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip()))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw scenarios as files could say them; the steps need not make sense."""
    axes = draw(AXES)
    steps: list[Node] = [Mapping(((Scalar("create"), Scalar("up")),))]
    steps += [
        Mapping(
            ((Scalar("create"), Scalar(f"s-{axis.name}")), (Scalar("cut"), Scalar(f"${axis.name}")))
        )
        for axis in axes
    ]
    return Scenario(
        id=f"rufh/{draw(_SLUGS)}/{draw(_SLUGS)}",
        title=draw(TITLES),
        why=draw(st.one_of(st.just(""), TITLES)),
        content=draw(CONTENTS),
        seed=draw(st.sampled_from(("", "other"))),
        mark_requests=draw(st.booleans()),
        each=axes,
        needs=draw(st.sampled_from(((), ("read-back",)))),
        repeat=draw(st.integers(1, 1000)),
        steps=Sequence(tuple(steps)),
    )


@given(scenarios())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_a_scenario_reads_back_as_itself(scenario: Scenario) -> None:
    assert loads_scenario(dump(scenario).encode()) == scenario


@given(step_lists())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_typed_steps_become_a_file_that_gives_the_same_steps(steps: tuple[Step, ...]) -> None:
    content = ContentSpec(size=KIB_64)
    written = dump(scenario_from_steps("rufh/found/this", "Found", steps, content=content))
    (case,) = expand(loads_scenario(written.encode()))
    assert case.steps == steps


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_every_shipped_scenario_survives_being_written(path: Path) -> None:
    scenario = load_scenario(path)
    assert loads_scenario(dump(scenario).encode()) == scenario
    for case in expand(scenario):
        typed = scenario_from_steps(
            scenario.id, scenario.title, case.steps, content=scenario.content
        )
        (again,) = expand(loads_scenario(dump(typed).encode()))
        assert again.steps == case.steps


def test_a_matcher_nobody_declares_cannot_be_written() -> None:
    check = Check(
        requirement="SUITE-INTEGRITY-STORED",
        label="",
        subject=Subject(kind=SubjectKind.EXCHANGE),
        alternatives=(Alternative(matchers=(Matcher("none-such", None),)),),
    )
    step = ExchangeStep(name="up", verb=Verb.CREATE, expect=(check,))
    with pytest.raises(KeyError, match="none-such"):
        scenario_from_steps("rufh/x/y", "t", [step])


def test_a_file_names_its_schema_for_editors() -> None:
    scenario = scenario_from_steps("rufh/x/y", "t", [ExchangeStep(name="up", verb=Verb.CREATE)])
    first = dump(scenario, schema="scenario.schema.json").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
