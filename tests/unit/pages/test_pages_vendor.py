"""The vendor's two pages, where they are at hand."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.pages import Page, read_page
from support.vendor_pages import GET, POST, needs_pages

pytestmark = needs_pages


@pytest.fixture(scope="module")
def reading() -> Page:
    return read_page(GET)


@pytest.fixture(scope="module")
def writing() -> Page:
    return read_page(POST)


def found(page: Page, subject: str) -> tuple[int, Any]:
    (claim,) = (claim for claim in page.claims if claim.subject == subject)
    return claim.line, claim.value


def fields(page: Page, prefix: str, suffix: str = "") -> list[str]:
    names = [c.subject for c in page.claims if c.subject.startswith(prefix) and c.subject.endswith(suffix)]
    return [name.removeprefix(prefix).removesuffix(suffix) for name in names]


def test_nothing_on_them_is_left_unread(reading: Page, writing: Page) -> None:
    assert (reading.unread, writing.unread) == ((), ())


def test_every_row_and_every_example_field_is_read(reading: Page, writing: Page) -> None:
    assert len(fields(reading, "response.200.get.field.", ".presence")) == 16
    assert len(fields(reading, "response.200.get.example.field.")) == 16
    assert len(fields(writing, "request.field.", ".presence")) == 13
    for language in ("curl", "python", "javascript"):
        assert len(fields(writing, f"sample.post.{language}.body.field.")) == 13


@pytest.mark.parametrize(
    ("subject", "line", "value"),
    [
        ("operation.method", 20, "GET"),
        ("sample.get.curl.method", 33, "POST"),
        ("sample.get.curl.body", 33, ""),
        ("sample.get.python.method", 53, "GET"),
        ("sample.get.python.sends", 53, True),
        ("sample.get.javascript.sends", 73, False),
        ("page.get.placeholder.YOUR_SECRET_API_KEY", 90, "Your secret API key for authorization."),
        ("request.parameters", 94, "No parameters"),
        ("response.200.get", 96, "OK"),
        ("response.200.get.field.branch_id.type", 107, "String"),
        ("page.get.fence", 119, "space before the language"),
        ("response.200.get.example.field.branch_id", 133, None),
        ("response.401.get.body", 144, "ProfileResponseUnauthorized"),
        ("response.404.get.body", 148, "ProfileResponseNotFound"),
    ],
)
def test_the_page_on_reading_says(reading: Page, subject: str, line: int, value: object) -> None:
    assert found(reading, subject) == (line, value)


@pytest.mark.parametrize(
    ("subject", "line", "value"),
    [
        ("operation.method", 20, "POST"),
        ("sample.post.curl.header.adapty-platform", 31, "iOS"),
        ("sample.post.python.key", 81, "Api-Key <YOUR_SECRET_API_KEY>"),
        ("sample.post.javascript.sends", 117, True),
        ("security.key", 135, "Public API Key"),
        ("page.post.structure", 137, [2, 4]),
        ("request.field.mixpanel_user_i.presence", 144, True),
        ("request.field.branch_id.required", 151, False),
        ("request.field.appsflyer_id.type", 152, None),
        ("request.field.adjust_device_id.description", 153, None),
        ("response.200.post", 157, "Success"),
        ("response.200.post.body", 159, "ProfileResponse"),
        ("response.200.post.example.component", 163, "ResponseExample"),
        ("response.errors.post.empty", 166, True),
    ],
)
def test_the_page_on_writing_says(writing: Page, subject: str, line: int, value: object) -> None:
    assert found(writing, subject) == (line, value)
