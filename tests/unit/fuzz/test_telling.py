"""Walks in words: members are spelled as JSON spells them, in ASCII that no terminal obeys."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.fuzz.telling import told_members


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param("it's é", '"it\'s \\u00e9"', id="text"),
        pytest.param("a\x7f", '"a\\u007f"', id="a character to delete"),
        pytest.param([True, 5], "[true, 5]", id="a list"),
        pytest.param("x" * 81, f'"{"x" * 20}"... (81 characters)', id="a long text"),
    ],
)
def test_members_are_told_as_json_in_printable_ascii(value: Any, told: str) -> None:
    assert told_members({"branch_id": value}) == f"{{branch_id: {told}}}"
    assert told.isascii()
    assert told.isprintable()
