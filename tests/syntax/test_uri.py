"""URI references resolved by RFC 3986 section 5, and what a client must not follow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.syntax.uri import resolve, unknown_path

BASE = "http://a/b/c/d;p?q"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("", "http://a/b/c/d;p?q"),
        ("..", "http://a/b/"),
        ("../../../g", "http://a/g"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("g#s", "http://a/b/c/g"),
        (b"/raw", "http://a/raw"),
    ],
)
def test_references_are_resolved(reference: str | bytes, expected: str) -> None:
    """Most rows are the examples of RFC 3986 section 5.4."""
    assert resolve(BASE, reference) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("HTTP://Example.COM:80", "http://example.com/"),
        ("https://h:443/x", "https://h/x"),
        ("http://h:8080/x", "http://h:8080/x"),
        ("http://h:/x", "http://h/x"),
        ("http://[::1]:81/x", "http://[::1]:81/x"),
        ("http://user@h/", "http://user@h/"),
    ],
)
def test_spellings_of_one_resource_become_one(reference: str, expected: str) -> None:
    assert resolve(BASE, reference) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "a b",
        "a\r\nX: y",
        "a\x00",
        "a\tb",
        "%zz",
        "{id}",
        "caf\u00e9",
        b"\xff",
        "ftp://h/x",
        "urn:x:y",
        "http:g",
        "http://",
        "http://h:70000/",
        "http://h:0/",
        "http://[::1/",
        "http://a:b:c/",
    ],
)
def test_what_must_not_be_followed_is_refused(reference: str | bytes) -> None:
    assert resolve(BASE, reference) is None


def test_a_base_that_is_no_url_resolves_nothing() -> None:
    assert resolve("not a url", "/x") is None
    assert resolve("http://h/#a\nb", "/x") is None
    assert resolve("http://h", "x") == "http://h/x"


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_what_comes_out_is_safe_and_stable(reference: str) -> None:
    found = resolve(BASE, reference)
    if found is not None:
        assert found.startswith(("http://", "https://"))
        assert found.isascii()
        assert resolve(BASE, found) == found


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("/u/1", "/u/1-never-was"),
        ("/u/1/", "/u/1-never-was/"),
        ("/", "/never-was"),
        ("/part?u=1", "/part-never-was?u=1-never-was"),
        ("/part?u=1&v=2", "/part-never-was?u=1-never-was&v=2-never-was"),
    ],
)
def test_an_unknown_path_differs_wherever_a_resource_may_be_known_by(
    known: str, unknown: str
) -> None:
    assert unknown_path(known) == unknown
