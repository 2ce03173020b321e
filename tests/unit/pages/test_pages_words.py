"""Words that say nothing more special, how columns are called, and what other Markdowns have."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.pages import Page, read_text

GET = "# T\n\nReads.\n\n```\nGET https://api.example/v2/a/\n```\n\n"
TABLE = "| Name | Type of it |\n|--|--|\n| a | String |\n"


def words(page: Page) -> dict[str, tuple[int, Any]]:
    """The line and the value of every claim that is made of words alone."""
    return {c.subject: (c.line, c.value) for c in page.claims if ".text." in c.subject or ".note." in c.subject}


def columns(page: Page) -> dict[str, tuple[int, Any]]:
    return {c.subject: (c.line, c.value) for c in page.claims if "columns" in c.subject}


def not_read(page: Page) -> list[tuple[int, str]]:
    return [(unread.line, unread.what) for unread in page.unread]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Words.\n", {"page.get.text.top": (9, "Words.")}, id="above all headings"),
        pytest.param("## A b\n\nOne\ntwo.\n", {"page.get.text.a-b": (11, "One two.")}, id="below a heading"),
        pytest.param(
            "## A\n\nOne.\n\nTwo.\n",
            {"page.get.text.a": (11, "One."), "page.get.text.a-2": (13, "Two.")},
            id="a second one",
        ),
        pytest.param("> Quoted.\n", {"page.get.text.top": (9, "Quoted.")}, id="a quotation"),
        pytest.param("<p>Said.</p>\n", {"page.get.text.top": (9, "Said.")}, id="HTML"),
        pytest.param("<p>\n  Said.\n</p>\n", {"page.get.text.top": (10, "Said.")}, id="HTML over lines"),
        pytest.param("<p>Said.</p><p>Twice.</p>\n", {"page.get.text.top": (9, "Said. Twice.")}, id="HTML in one line"),
        pytest.param("- An item.\n", {"page.get.text.top": (9, "An item.")}, id="an item"),
        pytest.param(
            "See [this](that) first.\n", {"page.get.text.top": (9, "See this first.")}, id="words with a link"
        ),
        pytest.param("- [this](that)\n", {}, id="a link and nothing else"),
        pytest.param("**All of it is slow.**\n", {"page.get.text.top": (9, "All of it is slow.")}, id="in bold"),
        pytest.param("- `<KEY>`: the key\n", {}, id="a placeholder"),
        pytest.param("## 200: OK\n\nThe body is blank.\n", {}, id="a body"),
        pytest.param("## Parameters\n\n- `a` (string): b\n", {}, id="a field"),
    ],
)
def test_words_are_told(text: str, expected: dict[str, tuple[int, Any]]) -> None:
    assert words(read_text("p", GET + text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            ":::note\n\nWait.\n\n- Then go.\n\n:::\n", {"page.get.note.note": (9, "Wait. Then go.")}, id="note"
        ),
        pytest.param(":::tip[Be quick]\nGo.\n:::\n", {"page.get.note.tip": (9, "Be quick Go.")}, id="title"),
        pytest.param(":::danger Be quick\nGo.\n:::\n", {"page.get.note.danger": (9, "Be quick Go.")}, id="bare title"),
        pytest.param(
            ":::tip\nA.\n:::\n\n:::tip\nB.\n:::\n",
            {"page.get.note.tip": (9, "A."), "page.get.note.tip-2": (13, "B.")},
            id="two",
        ),
        pytest.param(
            "::::tip\nA.\n:::note\nB.\n:::\n::::\n",
            {"page.get.note.note": (11, "B."), "page.get.note.tip": (9, "A.")},
            id="nested",
        ),
        pytest.param(
            "::: tip A. :::\n\nB.\n", {"page.get.note.tip": (9, "A."), "page.get.text.top": (11, "B.")}, id="line"
        ),
    ],
)
def test_admonitions_are_told(text: str, expected: dict[str, tuple[int, Any]]) -> None:
    page = read_text("p", GET + text)
    assert (words(page), not_read(page)) == (expected, [])


def test_admonitions_that_are_not_closed_or_opened_are_told() -> None:
    assert not_read(read_text("p", f"{GET}:::\n\n:::note\n\nWords.\n")) == [
        (9, "the end of an admonition, which closes nothing"),
        (11, "an admonition that is never closed"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("## Parameters\n\n", {"request.columns": (11, ["Name", "Type of it"])}, id="request"),
        pytest.param("## 200: OK\n\n", {"response.200.get.columns": (11, ["Name", "Type of it"])}, id="response"),
        pytest.param("## Headers\n\n", {"request.headers.columns": (11, ["Name", "Type of it"])}, id="headers"),
        pytest.param(
            f"## Parameters\n\n{TABLE}\n",
            {"request.columns": (11, ["Name", "Type of it"]), "request.columns-2": (15, ["Name", "Type of it"])},
            id="a second table",
        ),
    ],
)
def test_tables_tell_how_their_columns_are_called(text: str, expected: dict[str, tuple[int, Any]]) -> None:
    assert columns(read_text("p", GET + text + TABLE)) == expected


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("$$\na^2\n$$\n", 9, "maths: $$"),
        ("Said[^1].\n", 9, "a footnote: Said[^1]."),
        ("[^1]: Some words.\n", 9, "a footnote: [^1]: Some words."),
        ("[^1]: word\n", 9, "a footnote: word"),
        ("Term\n: What it means\n", 10, "a list of definitions: : What it means"),
        ("::video\n", 9, "a directive: ::video"),
        ("It is ~~slow~~ fast.\n", 9, "words that are struck out"),
        ("It is <del>slow</del> fast.\n", 9, "words that are struck out"),
        ("| Name |\n|--|\n| ~~a~~ |\n", 11, "words that are struck out in a table"),
        (
            "<table>\n<caption>\nSince May\n</caption>\n<!-- c < d -->\n<tr><th>Name</th></tr>\n</table>\n",
            11,
            "text beside the cells of a table: Since May",
        ),
    ],
)
def test_what_other_markdowns_have_is_told_as_not_read(text: str, line: int, what: str) -> None:
    assert (line, what) in not_read(read_text("p", GET + text))
