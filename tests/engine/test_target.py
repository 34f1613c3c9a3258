"""Target files: what they say, and every mistake with its place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.engine.target import ReadBackWish, Target, checked_field, checked_url, secrets_of
from conformance.engine.target_file import load_target
from conformance.model.errors import ScenarioError, TargetError

if TYPE_CHECKING:
    from pathlib import Path

ENV = {"TOKEN": "s3cret-token", "HOST": "uploads.example"}


def load(tmp_path: Path, text: str) -> Target:
    path = tmp_path / "target.yaml"
    path.write_text(text, encoding="utf-8")
    return load_target(path, ENV)


def test_a_url_alone_is_a_target_with_plain_defaults(tmp_path: Path) -> None:
    target = load(tmp_path, "url: http://127.0.0.1:8080/files\n")

    assert target == Target(url="http://127.0.0.1:8080/files")
    assert (target.method, target.drafts, target.read_back) == ("POST", (), None)


def test_everything_a_file_may_say_arrives(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x", encoding="utf-8")
    (tmp_path / "head.bin").write_bytes(b"\x89PNG")
    target = load(
        tmp_path,
        """
url: https://${env:HOST}/files/{unique}
method: PUT
media-type: image/png
fields: {Authorization: "Bearer ${env:TOKEN}", X-Many: [a, b]}
body: {prefix-file: head.bin, suffix: end}
cookies: keep
redirects: false
address-family: ipv4
tls: {ca: ca.pem, insecure: false, server-name: other.example}
drafts: [6, 8-9]
limits: {max-size: 10 MiB, min-append-size: 1 KiB, max-age: 1 min}
read-back: {url: "https://x.example/stored/{id}", id-from: {field: X-Id}, within: 2 s}
restart: [systemctl, restart, uploads]
cleanup: "rm -rf '/srv/up loads'"
users: {second: {fields: {Authorization: Bearer other-one}}}
trusted-origins: [https://storage.example]
parallel: 3
scale: 2.5
without: [cancellation]
with: get-after-completion
""",
    )

    assert target.url == "https://uploads.example/files/{unique}"
    assert target.fields == (
        ("Authorization", "Bearer s3cret-token"),
        ("X-Many", "a"),
        ("X-Many", "b"),
    )
    assert (target.prefix, target.suffix) == (b"\x89PNG", b"end")
    assert (target.cookies, target.follow_redirects, target.family) == (True, False, "ipv4")
    assert target.tls.ca == str(tmp_path / "ca.pem")
    assert target.drafts == (6, 8, 9)
    assert target.limits == {"max-size": 10485760, "min-append-size": 1024, "max-age": 60}
    assert target.read_back == ReadBackWish(
        url="https://x.example/stored/{id}", id_from="field", field="X-Id", within=2.0
    )
    assert target.restart == ("systemctl", "restart", "uploads")
    assert target.cleanup == ("rm", "-rf", "/srv/up loads")
    assert target.trusted_origins == ("https://storage.example",)
    assert (target.parallel, target.scale) == (3, 2.5)
    assert target.declared == {"read-back", "restart", "authorisation", "get-after-completion"}


def test_values_from_the_environment_and_credentials_are_secrets(tmp_path: Path) -> None:
    target = load(
        tmp_path,
        """
url: http://h/
fields: {X-Key: "key ${env:TOKEN}", Authorization: Basic dTpw, X-Plain: open}
users: {second: {fields: {Cookie: id=2}}}
""",
    )

    assert {"s3cret-token", "key s3cret-token", "Basic dTpw", "dTpw", "id=2"} <= target.secrets
    assert "open" not in target.secrets
    assert "s3cret-token" not in repr(target.secrets) or "secrets" not in repr(target)


def test_what_is_declared_absent_wins(tmp_path: Path) -> None:
    target = load(
        tmp_path, "url: http://h/\nread-back: {folder: .}\nwithout: [read-back, cancellation]\n"
    )

    assert target.declared == frozenset()
    assert target.lacks == {"read-back", "cancellation"}


def test_a_form_wraps_the_content_as_the_last_part(tmp_path: Path) -> None:
    target = load(
        tmp_path,
        "url: http://h/\nbody: {form: {part: upload, filename: a.png, values: {album: 7}}}\n",
    )

    head = target.prefix.decode()
    assert head.count("Content-Disposition: form-data") == 2
    assert 'name="album"\r\n\r\n7\r\n' in head
    assert head.endswith("Content-Type: application/octet-stream\r\n\r\n")
    boundary = target.media_type.partition('boundary="')[2].rstrip('"')
    assert head.startswith(f"--{boundary}\r\n")
    assert target.suffix == f"\r\n--{boundary}--\r\n".encode()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("method: POST\n", ":1:1", "needs its url"),
        ("url: http://h/\nmetod: POST\n", ":2:1", "did you mean method?"),
        ("url: ftp://h/\n", ":1:6", "http or https"),
        ("url: http://u:p@h/\n", ":1:6", "user name"),
        ("url: http://h/\nmethod: post\n", ":2:9", "POST"),
        ("url: http://h/\nfields: [a]\n", ":2:9", "must be a mapping"),
        ("url: http://h/\nfields: {A: '${env:NOPE}'}\n", ":2:13", "export NOPE"),
        ("url: http://h/\nfields: {'A B': c}\n", ":2:17", "no field"),
        ('url: http://h/\nfields: {A: "b\\nc"}\n', ":2:13", "characters no field"),
        ("url: http://h/\ndrafts: 2\n", ":2:9", "not known"),
        ("url: http://h/\nlimits: {max-siz: 1}\n", ":2:10", "did you mean max-size?"),
        ("url: http://h/\nlimits: {max-size: much}\n", ":2:20", "10 KiB"),
        ("url: http://h/\nread-back: {}\n", ":2:12", "exactly one way"),
        ("url: http://h/\nread-back: {url: http://h/x}\n", ":2:18", "{id}"),
        ("url: http://h/\nread-back: {folder: /no/such/folder}\n", ":2:21", "no folder"),
        (
            "url: http://h/\nread-back: {url: '{id}', id-from: {content: '('}}\n",
            ":2:45",
            "regular expression",
        ),
        ("url: http://h/\nread-back: {url: '{id}', id-from: moon}\n", ":2:35", "content-location"),
        ("url: http://h/\nread-back: {want-repr-digest: false}\n", ":2:31", "leave read-back out"),
        ("url: http://h/\ntls: {ca: none.pem}\n", ":2:11", "no file"),
        ("url: http://h/\nbody: {prefix-file: none.bin}\n", ":2:21", "No such file"),
        ("url: http://h/\nbody: {form: {}, prefix: a}\n", ":2:8", "no other key"),
        ("url: http://h/\nbody: {form: {part: 'a\"b'}}\n", ":2:21", "quote"),
        ("url: http://h/\nparallel: 0\n", ":2:11", "from 1"),
        ("url: http://h/\nscale: fast\n", ":2:8", "number"),
        ("url: http://h/\nredirects: 3\n", ":2:12", "true or false"),
        ("url: http://h/\ncookies: maybe\n", ":2:10", "keep"),
        ("url: http://h/\nrestart: []\n", ":2:10", "program"),
        ('url: http://h/\nrestart: "a \'b"\n', ":2:10", "quotation"),
        ("url: http://h/\nusers: {third: {}}\n", ":2:9", "second"),
        ("url: http://h/\ntrusted-origins: [http://h/path]\n", ":2:18", "origin"),
        ("url: http://h/\nwithout: [cancelation]\n", ":2:11", "cancellation"),
        ("- url\n", ":1:1", "must be a mapping"),
    ],
)
def test_a_mistake_has_its_place_and_a_remedy(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text)

    assert f"target.yaml{place}:" in str(caught.value)
    assert words in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="No such file"):
        load_target(tmp_path / "none.yaml", {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h:80",
        "http://",
        "http:///x",
        "http://h:99999/",
        "http://h:0/",
        "http://h/#a",
        "http://h/ä",
    ],
)
def test_a_url_that_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(TargetError):
        checked_url(text)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1/", True),
        ("http://127.8.9.1:80/", True),
        ("http://[::1]:1/", True),
        ("https://localhost/", True),
        ("http://api.localhost./", True),
        ("http://10.0.0.1/", False),
        ("http://localhost.example/", False),
        ("http://127.0.0.1.example/", False),
    ],
)
def test_only_this_machine_counts_as_loopback(url: str, loopback: bool) -> None:
    assert Target(url=url).loopback is loopback


def test_a_field_line_is_split_at_its_first_colon() -> None:
    assert checked_field("X-Time:  a:b \t") == ("X-Time", "a:b")


@pytest.mark.parametrize("line", ["", "X", ": a", "X : a", "X\n: a", "Xä: a"])
def test_what_is_no_field_line_is_refused(line: str) -> None:
    with pytest.raises(TargetError):
        checked_field(line)


def test_the_credentials_without_their_scheme_are_secret_too() -> None:
    assert secrets_of((("AUTHORIZATION", "Bearer abc"), ("X", "y"))) == {"Bearer abc", "abc"}
