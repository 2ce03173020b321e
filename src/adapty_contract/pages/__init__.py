"""The vendor's pages, read by program: what each claims, on which line, and what of it was not understood."""

from __future__ import annotations

from adapty_contract.pages.model import (
    Claim,
    Component,
    Located,
    Page,
    PageError,
    Sample,
    SampleRequest,
    Unread,
    Value,
)
from adapty_contract.pages.openapi import read_openapi, read_openapi_text
from adapty_contract.pages.reading import read_page, read_text

__all__ = [
    "Claim",
    "Component",
    "Located",
    "Page",
    "PageError",
    "Sample",
    "SampleRequest",
    "Unread",
    "Value",
    "read_openapi",
    "read_openapi_text",
    "read_page",
    "read_text",
]
