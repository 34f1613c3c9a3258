"""Benches for the core, and servers over loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.profiles.rufh.drafts import DRAFTS
from tests.reference_server.bench import Bench
from tests.reference_server.loopback import reset_connection
from tests.reference_server.servers import Servers

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """Return the maker of benches."""
    return Bench


@pytest.fixture(scope="session")
def make_bench_always() -> Callable[..., Bench]:
    """Return the maker of benches, for tests that make many."""
    return Bench


@pytest.fixture(params=sorted(DRAFTS))
def bench(request: pytest.FixtureRequest) -> Bench:
    """Return a bench for each draft in turn."""
    return Bench(request.param)


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Run servers for a test."""
    made = Servers()
    yield made
    made.close()


@pytest.fixture
def abandon() -> Callable[[socket.socket], None]:
    """Return what ends a connection with RST."""
    return reset_connection
