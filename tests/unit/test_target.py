"""A target is named clearly or not at all, and its key comes from where other users cannot look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapty_contract.errors import UsageError
from adapty_contract.target import KEY_VARIABLE, environment_warnings, parse_target, read_key

if TYPE_CHECKING:
    from pathlib import Path

API = "/api/v2/integration-identifiers/"
KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://api.example", "https://api.example" + API),
        ("https://api.example/", "https://api.example" + API),
        ("HTTPS://API.example:443", "https://api.example" + API),
        ("https://api.example:8443", "https://api.example:8443" + API),
        ("http://127.0.0.1:8000/prefix/", "http://127.0.0.1:8000/prefix" + API),
        ("https://api.example" + API, "https://api.example" + API),
        ("https://api.example" + API[:-1], "https://api.example" + API),
        ("https://api.example/staging" + API, "https://api.example/staging" + API),
        ("http://[::1]:81", "http://[::1]:81" + API),
        ("http://my_service.internal.", "http://my_service.internal." + API),
    ],
)
def test_a_base_url_and_the_full_url_name_the_same_target(url: str, whole: str) -> None:
    target = parse_target(url, API)
    assert target.url == whole
    assert target.path == target.base_path + API
    assert parse_target(target.url, API) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("api.example", "no scheme"),
        ("", "no scheme"),
        ("ftp://api.example", "'ftp'"),
        ("file:///etc/passwd", "'file'"),
        ("https://user:pa55@api.example", "credentials"),
        ("https://@api.example", "credentials"),
        ("https://api.example/?a=b", "query"),
        ("https://api.example/?", "query"),
        ("https://api.example/#top", "fragment"),
        ("https://api.example:0", "port"),
        ("https://api.example:65536", "port"),
        ("https://api.example:x", "port"),
        ("https://api.example:", "port"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://exa mple", "spaces"),
        ("https://api.example/a b", "spaces"),
        ("https://api.example\r\nX: y", "control"),
        ("https://\u0430pi.example", "non-ASCII"),
        ("https://-/", "host"),
        ("https://a%2eb/", "host"),
        ("https://[::1", "cannot be read"),
        ("https://" + "a" * 300, "host"),
    ],
)
def test_any_other_url_is_refused_and_told_why(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        parse_target(url, API)
    assert "pa55" not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("[::1]", True), ("localhost", True), ("mock.localhost", True),
     ("localhost.", True), ("192.168.0.1", False), ("localhost.example", False), ("128.0.0.1", False)],
)  # fmt: skip
def test_only_this_machine_is_loopback(host: str, is_loopback: bool) -> None:  # noqa: FBT001
    target = parse_target(f"http://{host}", API)
    assert target.is_loopback is is_loopback
    assert target.sends_key_in_clear is not is_loopback
    assert not parse_target(f"https://{host}", API).sends_key_in_clear


def test_the_embedded_mock_is_marked() -> None:
    assert parse_target("http://127.0.0.1:1", API, embedded=True).embedded


def test_the_key_file_beats_the_environment_and_that_the_prompt(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}-file\n")
    env = {KEY_VARIABLE: f"{KEY}-env"}
    assert read_key(file, env, lambda: KEY) == f"{KEY}-file"
    assert read_key(None, env, lambda: KEY) == f"{KEY}-env"
    assert read_key(None, {}, lambda: KEY) == KEY


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_line_end_goes(end: str) -> None:
    assert read_key(None, {KEY_VARIABLE: KEY + end}, None) == KEY


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        (f"Api-Key {KEY}", "scheme"),
        (f"api-key {KEY}", "scheme"),
        (f"Authorization: Api-Key {KEY}", "scheme"),
        (f"Bearer {KEY}", "scheme"),
        (f"{KEY}\n\n", "line break"),
        (f"{KEY}\0", "character"),
        (f" {KEY}", "space"),
        (f"{KEY}\u200b", "character"),
        (f"{KEY}\x1b", "character"),
    ],
)
def test_what_can_be_no_key_is_refused_and_not_shown(key: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(key.encode())
    for key_file, env in ((file, {}), (None, {KEY_VARIABLE: key})):
        with pytest.raises(UsageError, match=why) as refused:
            read_key(key_file, env, None)
        assert KEY[:12] not in str(refused.value) + refused.value.hint + repr(refused.value.__cause__)


def test_without_a_key_the_hint_says_where_it_comes_from() -> None:
    with pytest.raises(UsageError) as refused:
        read_key(None, {}, None)
    assert KEY_VARIABLE in refused.value.hint


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, why in (("missing", "No such file"), ("binary", "no text"), (".", "directory")):
        with pytest.raises(UsageError, match=why):
            read_key(tmp_path / name, {}, None)


def test_each_ignored_thing_of_the_environment_is_named(tmp_path: Path) -> None:
    (tmp_path / ".netrc").touch()
    env = {"HTTPS_PROXY": "http://u:p@proxy", "SSL_CERT_FILE": "x", "http_proxy": "", "PATH": "x"}
    warnings = environment_warnings(env, tmp_path)
    assert [warning.split()[0] for warning in warnings] == ["HTTPS_PROXY", "SSL_CERT_FILE", str(tmp_path / ".netrc")]
    assert not any("u:p" in warning for warning in warnings)
    assert environment_warnings({}) == []
