"""The stores, and what the registry finds again after the end of a process."""

from __future__ import annotations

import errno
import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits
from reference_server.core.messages import Fields, Request, Response
from reference_server.core.server import Core
from reference_server.core.states import State
from reference_server.core.storage import StoreError
from reference_server.core.uploads import Registry
from reference_server.store.disk import DiskStore
from reference_server.store.memory import MemoryStore
from reference_server.store.spill import BLOCK, SpillFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reference_server.core.messages import FieldLine
    from reference_server.core.storage import Record, Store

VERSION = ("Upload-Draft-Interop-Version", "9")
RECORD: Record = {"a": 1, "b": None}


class Answer:
    """Actions that only remember the final response."""

    def __init__(self) -> None:
        self.response: Response | None = None

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        del status, fields

    def final(self, response: Response) -> None:
        self.response = response

    def abort(self) -> None:
        raise AssertionError("nothing is to be aborted")

    def drain(self) -> None:
        raise AssertionError("nothing is to be drained")

    def wake_after(self, seconds: float) -> None:
        del seconds


def core_on(store: Store) -> Core:
    registry = Registry(store=store, clock=lambda: 1000.0)
    return Core(policy=Policy(limits=Limits(), clock=lambda: 1000.0), registry=registry)


def ask(core: Core, method: str, target: str, *lines: FieldLine, content: bytes = b"") -> Response:
    answer = Answer()
    request = Request(
        method=method, target=target, fields=Fields([VERSION, *lines]), length=len(content)
    )
    exchange = core.begin(request, answer)
    if content:
        exchange.content(content)
    exchange.end()
    assert answer.response is not None
    return answer.response


def create(core: Core, value: str, *lines: FieldLine) -> str:
    """Create an upload of three octets; return its path."""
    response = ask(core, "POST", "/a", ("Upload-Complete", value), *lines, content=b"abc")
    fields = Fields(response.fields)
    path = fields.get("Location") or fields.get("Content-Location")
    assert path is not None
    return path.replace("/files/", "/uploads/")


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else DiskStore(tmp_path / "store")


def test_blobs_grow_and_shrink_at_their_end(store: Store) -> None:
    blob = store.create("x")
    assert (blob.size, b"".join(blob.pieces())) == (0, b"")
    blob.append(b"abc")
    blob.append(b"def")
    assert (blob.size, b"".join(blob.pieces())) == (6, b"abcdef")
    blob.truncate(4)
    blob.append(b"!")
    blob.rest()
    blob.append(b"?")
    blob.rest()
    assert b"".join(blob.pieces()) == b"abcd!?"
    store.save("x", RECORD)
    store.forget("x")
    store.forget("x")
    assert list(store.load()) == []


def test_large_blobs_are_read_in_pieces(store: Store) -> None:
    data = bytes(range(256)) * 4096
    blob = store.create("x")
    blob.append(data)
    blob.rest()
    pieces = list(blob.pieces())
    assert len(pieces) > 1
    assert b"".join(pieces) == data


def test_memory_has_bounded_room() -> None:
    store = MemoryStore(room=4)
    store.create("x").append(b"abcd")
    with pytest.raises(StoreError):
        store.create("y").append(b"e")
    store.forget("x")
    store.create("y").append(b"efgh")


# Memory that is full


def octets(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def test_what_does_not_fit_in_memory_is_read_back_from_a_file() -> None:
    store = MemoryStore(held=3 * BLOCK)
    blobs = [store.create(str(number)) for number in range(20)]
    for number, blob in enumerate(blobs):
        blob.append(octets(number, BLOCK + number))
    assert sum(blob.held for blob in blobs) <= 3 * BLOCK
    assert store.file.used > 0
    for number, blob in enumerate(blobs):
        assert blob.size == BLOCK + number
        assert b"".join(blob.pieces()) == octets(number, BLOCK + number)


def test_one_large_blob_is_mostly_outside() -> None:
    store = MemoryStore(held=4 * BLOCK)
    blob, data = store.create("x"), octets(1, 300 * BLOCK + 5)
    for start in range(0, len(data), 1000):
        blob.append(data[start : start + 1000])
        assert blob.held <= 4 * BLOCK
    assert b"".join(blob.pieces()) == data


def test_the_file_goes_with_the_last_blob_in_it() -> None:
    store = MemoryStore(held=BLOCK)
    for name in "abc":
        store.create(name).append(octets(1, 2 * BLOCK))
    used = store.file.used
    store.forget("a")
    assert 0 < store.file.used < used
    for name in "bc":
        store.forget(name)
    assert store.file.used == 0
    blob = store.create("d")
    blob.append(octets(2, 2 * BLOCK))
    store.create("e").append(octets(3, BLOCK))
    assert b"".join(blob.pieces()) == octets(2, 2 * BLOCK)


def test_what_is_dropped_while_it_is_read_is_no_one_else_s() -> None:
    store = MemoryStore(held=BLOCK)
    blob = store.create("x")
    blob.append(octets(1, 40 * BLOCK))
    pieces = blob.pieces()
    first = next(pieces)
    store.forget("x")
    store.create("y").append(octets(2, 40 * BLOCK))
    store.create("z").append(octets(3, 40 * BLOCK))
    assert first + b"".join(pieces) == octets(1, 40 * BLOCK)[: len(first)]


def test_a_file_that_cannot_grow_is_told_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore(held=BLOCK)
    first, second = store.create("x"), store.create("y")
    first.append(octets(1, BLOCK))

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", refuse)
        with pytest.raises(StoreError, match="No space left"):
            second.append(b"abc")
    assert (second.size, b"".join(first.pieces())) == (0, octets(1, BLOCK))
    second.append(b"abc")
    assert b"".join(first.pieces()) + b"".join(second.pieces()) == octets(1, BLOCK) + b"abc"


def test_a_short_write_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    file, real = SpillFile(), os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda to, data, at: real(to, data[:700], at))
    number = file.write(octets(1, BLOCK))
    assert file.read(number, BLOCK) == octets(1, BLOCK)


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["append", "truncate", "forget"]),
        st.one_of(st.integers(0, 40), st.integers(BLOCK - 2, 3 * BLOCK)),
    ),
    max_size=30,
)


@given(changes=CHANGES, held=st.sampled_from([0, 10, BLOCK, 2 * BLOCK + 1]))
@settings(max_examples=100, deadline=None)
def test_blobs_in_memory_and_file_are_those_in_memory(
    changes: Sequence[tuple[int, str, int]], held: int
) -> None:
    store = MemoryStore(held=held)
    blobs = [store.create(str(number)) for number in range(3)]
    told = [bytearray() for _ in blobs]
    for step, (number, what, size) in enumerate(changes):
        if what == "append":
            blobs[number].append(octets(step, size))
            told[number] += octets(step, size)
        elif what == "truncate":
            blobs[number].truncate(size)
            del told[number][size:]
        else:
            store.forget(str(number))
            blobs[number] = store.create(str(number))
            told[number].clear()
        assert [b"".join(each.pieces()) for each in blobs] == told
    for number, each in enumerate(told):
        assert blobs[number].size == len(each)


def test_records_survive(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    for name in ("x", "empty"):
        store.save(name, RECORD)
    blob = store.create("x")
    blob.append(b"abc")
    found = {name: (record, blob.size) for name, record, blob in DiskStore(tmp_path).load()}
    assert found == {"x": (RECORD, 3), "empty": (RECORD, 0)}
    blob.rest()


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_what_has_no_readable_record_is_removed(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "a.data").write_bytes(b"abc")
    (tmp_path / "b.data").write_bytes(b"abc")
    (tmp_path / "c.new").write_text("{}")
    (tmp_path / "unrelated.txt").write_text("")
    assert list(DiskStore(tmp_path).load()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["unrelated.txt"]


def test_errors_of_the_system(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "store")
    blob = store.create("x")
    (tmp_path / "store").rmdir()
    with pytest.raises(StoreError):
        blob.append(b"x")
    with pytest.raises(StoreError):
        store.save("x", RECORD)
    core = core_on(store)
    assert ask(core, "POST", "/a", ("Upload-Complete", "?0"), content=b"x").status == 507


def test_a_full_disk(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "x.data").symlink_to(full)
    with pytest.raises(StoreError):
        DiskStore(tmp_path).create("x").append(b"abc")


# Another process on the same store


def test_everything_is_found_again(tmp_path: Path) -> None:
    first = core_on(DiskStore(tmp_path))
    going = create(first, "?0", ("Upload-Length", "6"), ("Content-Type", "text/x"))
    done = create(first, "?1")
    cancelled = create(first, "?0")
    ask(first, "DELETE", cancelled)
    plain = Fields(ask(first, "POST", "/a", content=b"xyz").fields).get("Content-Location")
    assert plain is not None

    second = core_on(DiskStore(tmp_path))
    fields = Fields(ask(second, "HEAD", going).fields)
    assert (fields.get("Upload-Offset"), fields.get("Upload-Length")) == ("3", "6")
    assert Fields(ask(second, "HEAD", done).fields).get("Upload-Complete") == "?1"
    assert ask(second, "HEAD", cancelled).status == 404
    assert ask(second, "HEAD", plain.replace("files", "uploads")).status == 404
    assert ask(second, "GET", plain).status == 200
    patch = [("Upload-Offset", "3"), ("Content-Type", "application/partial-upload")]
    final = ask(second, "PATCH", going, *patch, ("Upload-Complete", "?1"), content=b"def")
    assert final.status == 201

    third = core_on(DiskStore(tmp_path))
    response = ask(third, "GET", going.replace("uploads", "files"))
    assert Fields(response.fields).get("Content-Type") == "text/x"
    assert not isinstance(response.content, bytes)
    assert b"".join(response.content.pieces()) == b"abcdef"
    ask(third, "DELETE", going)
    fourth = core_on(DiskStore(tmp_path))
    assert ask(fourth, "GET", going.replace("uploads", "files")).status == 200


def test_an_overrun_upload_stays_invalid(tmp_path: Path) -> None:
    first = core_on(DiskStore(tmp_path))
    path = create(first, "?0", ("Upload-Length", "4"))
    patch = [("Upload-Offset", "3"), ("Content-Type", "application/partial-upload")]
    refused = ask(first, "PATCH", path, *patch, ("Upload-Complete", "?0"), content=b"defg")
    assert refused.status == 400
    assert ask(core_on(DiskStore(tmp_path)), "HEAD", path).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"state": "odd"},
        {"draft": 99},
        {"draft": None},
        {"created": "x"},
        {"length": []},
        {"state": "complete", "length": 99},
    ],
)
def test_contradicting_records_deactivate_the_upload(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = create(core_on(DiskStore(tmp_path)), "?0")
    [file] = tmp_path.glob("*.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    assert ask(core_on(DiskStore(tmp_path)), "HEAD", path).status == 404
    assert list(tmp_path.iterdir()) == []


def test_odd_names_and_missing_members(tmp_path: Path) -> None:
    (tmp_path / "odd name.json").write_text("{}")
    (tmp_path / "good.json").write_text("{}")
    core_on(DiskStore(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_records_name_every_state_a_process_can_leave(tmp_path: Path) -> None:
    path = create(core_on(DiskStore(tmp_path)), "?0")
    [file] = tmp_path.glob("*.json")
    assert State(json.loads(file.read_text())["state"]) is State.OPEN
    assert path.endswith(file.stem)


def test_evicted_representations_leave_the_store(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    registry = Registry(store=store, clock=lambda: 0.0, capacity=1)
    core = Core(policy=Policy(limits=Limits(), clock=lambda: 0.0), registry=registry)
    create(core, "?1")
    plain = Fields(ask(core, "POST", "/a", content=b"x").fields).get("Content-Location")
    create(core, "?1")
    assert plain is not None
    names = {path.stem for path in tmp_path.iterdir()}
    assert plain.removeprefix("/files/") not in names
