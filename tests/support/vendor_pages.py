"""Copies of the vendor's two pages, where a machine has them, and versions of them with one thing changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

VARIABLE = "ADAPTY_CONTRACT_PAGES"
"""The environment variable that names the folder of the pages."""

BESIDE = ROOT.parent / "shared" / "pages"
"""Where they are looked for without it: beside the checkout."""

PAGES = Path(os.environ.get(VARIABLE) or BESIDE)
GET = PAGES / "get-integration-identifiers.mdx"
POST = PAGES / "add-integration-identifiers.mdx"
ARE_HERE = GET.is_file() and POST.is_file()

needs_pages = pytest.mark.skipif(not ARE_HERE, reason=f"no pages of the vendor in {VARIABLE} or beside the checkout")

Edit = Callable[[str], str]


def replaced(old: str, new: str) -> Edit:
    """An edit that puts `new` where `old` stands first; it must stand there."""

    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def without_line(start: str) -> Edit:
    """An edit that takes out the lines that start so."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        kept = [line for line in lines if not line.startswith(start)]
        assert kept != lines, start
        return "\n".join(kept)

    return edit


def first_column_last(text: str) -> str:
    """The text with the columns of its tables in another order."""
    return "\n".join(_turned(line) if line.startswith("|") else line for line in text.split("\n"))


def _turned(row: str) -> str:
    first, *others = row.strip().strip("|").split("|")
    return "|" + "|".join([*others, first]) + "|"
