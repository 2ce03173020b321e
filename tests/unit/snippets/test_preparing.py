"""A sample is changed in its host and its placeholders, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.snippets.preparing import origin_of, placeholders, prepare

VALUES = {"customer": "customer-1", "profile": "1111", "key": "the-key"}
HOST = "https://api.adapty.io"
TO = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("<YOUR_CUSTOMER_USER_ID>", "customer-1"),
        ("<YOUR_SECRET_API_KEY>", "the-key"),
        ("<PROFILE_ID>", "1111"),
        ("YOUR_API_KEY", "the-key"),
        ("{{api_key}}", "the-key"),
        ("<YOUR_STRIPE_TOKEN>", "<YOUR_STRIPE_TOKEN>"),
        ("a <b> c", "a <b> c"),
        ("if a < B and B > c", "if a < B and B > c"),
        ("MY_YOUR_KEY", "MY_YOUR_KEY"),
        (f"{HOST}/x/", f"{TO}/x/"),
        (f"{HOST}.example/x/", f"{HOST}.example/x/"),
        (f"{HOST}:8443/x/", f"{HOST}:8443/x/"),
        (f"'{HOST}'", f"'{TO}'"),
    ],
)
def test_hosts_and_placeholders_are_replaced(code: str, expected: str) -> None:
    assert prepare(code, [HOST], TO, VALUES).code == expected


def test_an_unknown_placeholder_is_left_and_told() -> None:
    assert prepare("<YOUR_STRIPE_TOKEN> <YOUR_KEY>", [], TO, VALUES).left == ("<YOUR_STRIPE_TOKEN>",)


@given(st.text())
def test_code_without_either_stays_as_it_is(code: str) -> None:
    prepared = prepare(code, [HOST], TO, VALUES)
    if not list(placeholders(code)) and HOST not in code:
        assert prepared.code == code
        assert not prepared.replaced


@given(st.text(), st.text())
def test_what_stands_around_is_kept(before: str, after: str) -> None:
    if not list(placeholders(before + " <MY_KEY> " + after))[1:]:
        assert prepare(f"{before} <MY_KEY> {after}", [], TO, VALUES).code == f"{before} the-key {after}"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (f"{HOST}/x?y", HOST),
        ("HTTPS://Api.Adapty.io:443/x", "HTTPS://Api.Adapty.io:443"),
        ("/x", None),
        ("ftp://a/x", None),
        ("{url}", None),
        ("https://[/", None),
    ],
)
def test_an_origin_is_scheme_and_host_as_they_stand(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
