"""Parameter tables, whatever their columns are called, in whichever order they stand, and however they are written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.pages import Page, read_text

HEADER = "# T\n\n## Parameters\n\n"


def told(page: Page, prefix: str = "request.field.") -> dict[str, Any]:
    return {c.subject.removeprefix(prefix): c.value for c in page.claims if c.subject.startswith(prefix)}


def not_read(page: Page) -> list[tuple[int, str]]:
    return [(unread.line, unread.what) for unread in page.unread]


@pytest.mark.parametrize("name", ["Parameter", "Name", "Field", "**Key**", "`Property`", "Param", "Attribute"])
def test_the_column_of_names_is_known_by_many_names(name: str) -> None:
    page = read_text("p", f"{HEADER}| {name} | Type |\n| :- | -: |\n| `user_id` | String |\n")
    assert told(page) == {"user_id.presence": True, "user_id.type": "String"}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            (mark, True)
            for mark in ("Yes", "yes", "✅", "✔️", "+", ":heavy_check_mark:", ":heavy_plus_sign:", "Required")
        ),
        *((mark, False) for mark in ("No", "❌", "-", "—", ":heavy_minus_sign:", ":x:", "optional", "**No**")),
        ("", None),
        ("only with `b`", "only with b"),
    ],
)
def test_a_mark_is_read_as_what_it_means(cell: str, value: object) -> None:
    page = read_text("p", f"{HEADER}| Name | Required in request |\n|--|--|\n| a | {cell} |\n")
    assert told(page) == {"a.presence": True, "a.required": value}


def test_a_column_of_what_is_optional_is_turned_round() -> None:
    page = read_text("p", f"{HEADER}| Name | Optional |\n|--|--|\n| a | Yes |\n")
    assert told(page)["a.required"] is False


def test_an_empty_cell_says_nothing_and_a_missing_column_does_not_even_do_that() -> None:
    page = read_text("p", f"{HEADER}| Name | Type |\n|--|--|\n| a |  |\n")
    assert told(page) == {"a.presence": True, "a.type": None}


def test_a_column_that_is_not_known_is_told_by_its_own_name() -> None:
    page = read_text("p", f"{HEADER}| Name | Since version |\n|--|--|\n| a | 3.1 |\n")
    assert told(page)["a.since-version"] == "3.1"


def test_allowed_values_and_defaults_are_told() -> None:
    page = read_text("p", f"{HEADER}| Name | Allowed values | Default |\n|--|--|--|\n| a | `x`, `y` | `x` |\n")
    assert told(page) == {"a.presence": True, "a.values": ["x", "y"], "a.default": "x"}


def test_markup_in_cells_is_read_as_words() -> None:
    row = r"| **a\_b** | String | one \| two `c` [d](e) <b>f</b> |"
    page = read_text("p", f"{HEADER}| Name | Type | Description |\n|--|--|--|\n{row}\n")
    assert told(page)["a_b.description"] == "one | two c d f"
    assert [(c.subject, c.value) for c in page.claims if c.subject.startswith("link.")] == [("link.e", "d")]


def test_a_list_in_a_cell_tells_fields() -> None:
    cell = (
        "What happened. <ul><li> **source**: (string) Where.</li><li>`list` (array, optional): Of"
        "<ul><li>**id**: (integer) Its id</li></ul></li><li>More words.</li></ul>"
    )
    page = read_text("p", f"{HEADER}| Name | Type | Description |\n|--|--|--|\n| errors | Object | {cell} |\n")
    assert told(page, "request.field.errors.") == {
        "presence": True,
        "type": "Object",
        "description": "What happened. More words.",
        "source.presence": True,
        "source.type": "string",
        "source.description": "Where.",
        "list.presence": True,
        "list.type": "array",
        "list.required": False,
        "list.description": "Of",
        "list.id.presence": True,
        "list.id.type": "integer",
        "list.id.description": "Its id",
    }


def test_a_list_below_a_scalar_tells_values() -> None:
    cell = "<ul><li>`app_store`: Apple</li><li>`play_store`: Google</li></ul>"
    page = read_text("p", f"{HEADER}| Name | Type | Description |\n|--|--|--|\n| store | String | {cell} |\n")
    assert told(page)["store.values"] == ["app_store", "play_store"]
    assert "store.app_store.presence" not in told(page)


def test_paragraphs_in_a_cell_are_words() -> None:
    cell = "<p>All of it.</p><p>**Key:** at most 30.</p>"
    page = read_text("p", f"{HEADER}| Name | Description |\n|--|--|\n| a | {cell} |\n")
    assert told(page) == {"a.presence": True, "a.description": "All of it. Key: at most 30."}


def test_a_row_may_belong_to_the_row_above() -> None:
    page = read_text(
        "p", f"{HEADER}| Name | Type |\n|--|--|\n| a | Object |\n| ↳ b | String |\n| &nbsp;c | String |\n| d | x |\n"
    )
    assert [name for name in told(page) if name.endswith("presence")] == [
        "a.presence",
        "a.b.presence",
        "a.c.presence",
        "d.presence",
    ]


def test_a_table_of_html_is_a_table() -> None:
    text = (
        f"{HEADER}<table>\n  <thead>\n    <tr><th>Field</th><th>Type</th><th>Nullable</th></tr>\n  </thead>\n  <tbody>\n"
        "    <tr>\n      <td><code>a</code></td>\n      <td>\n        String\n      </td>\n      <td>✅</td>\n    </tr>\n"
        "    <tr><td>b</td><td></td><td>No</td></tr>\n  </tbody>\n</table>\n"
    )
    page = read_text("p", text)
    assert told(page) == {
        "a.presence": True,
        "a.type": "String",
        "a.nullable": True,
        "b.presence": True,
        "b.type": None,
        "b.nullable": False,
    }
    assert {c.subject: c.line for c in page.claims if c.subject.startswith("request")}["request.field.a.type"] == 13
    assert not page.unread


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("| two words | String |", "a row whose first cell is no name"),
        ("|  | String |", "a row whose first cell is no name"),
        ("| a |", "a row of 1 cells in a table of 2 columns"),
        ("| a | String | more |", "a row of 3 cells in a table of 2 columns"),
        ("just text", "text right below a table, which makes it a row"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(row: str, what: str) -> None:
    page = read_text("p", f"{HEADER}| Name | Type |\n|--|--|\n| z | String |\n{row}\n")
    assert (8, what) in not_read(page)


def test_the_rows_of_a_table_without_names_are_told() -> None:
    page = read_text("p", f"{HEADER}| Colour | Size |\n|--|--|\n| red | 1 |\n| blue | 2 |\n")
    assert not_read(page) == [(line, "a row of a table that has no column of names") for line in (7, 8)]


def test_rows_without_a_proper_table_are_told() -> None:
    page = read_text("p", f"{HEADER}| Name | Type |\n| a | String |\n")
    assert [line for line, _ in not_read(page)] == [5, 6]


def test_a_table_of_headers_tells_headers() -> None:
    page = read_text("p", "# T\n\n| **Header** | Description |\n|--|--|\n| **Content-Type** | (optional) JSON |\n")
    assert told(page, "request.header.") == {
        "content-type": True,
        "content-type.description": "(optional) JSON",
        "content-type.required": False,
    }


def test_a_table_below_a_heading_of_headers_tells_headers() -> None:
    page = read_text("p", "# T\n\n**Headers**\n\n| Name | Required |\n|--|--|\n| adapty-profile-id | No |\n")
    assert told(page, "request.header.") == {"adapty-profile-id": True, "adapty-profile-id.required": False}


def test_a_column_may_say_that_a_parameter_is_a_header() -> None:
    page = read_text("p", f"{HEADER}| Name | In |\n|--|--|\n| X-Id | header |\n| b | body |\n")
    assert told(page, "request.header.")["x-id"] is True
    assert told(page)["b.presence"] is True


def test_a_table_of_statuses_tells_statuses() -> None:
    text = "```\nGET /a\n```\n\n## Errors\n\n| Status code | Description |\n|--|--|\n| 401 | No key |\n| 404 | No profile |\n"
    assert told(read_text("p", text), "response.") == {
        "errors.get.columns": ["Status code", "Description"],
        "401.get": True,
        "401.get.description": "No key",
        "404.get": True,
        "404.get.description": "No profile",
    }


COLUMNS = ("Parameter", "Type", "Required", "Nullable", "Description")
ROWS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True),
        st.sampled_from(["String", "Object", "", "ISO 8601 date"]),
        st.sampled_from(["Yes", "No", ":heavy_minus_sign:", ""]),
        st.sampled_from(["✅", "❌", ""]),
        st.sampled_from(["Some words.", "A [link](to).", "`code` first", "", r"a \| b"]),
    ),
    min_size=1,
    max_size=5,
)


def written(rows: list[tuple[str, ...]], order: list[int], seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311  (spaces, not secrets)

    def line(cells: tuple[str, ...]) -> str:
        padded = [" " * chance.randrange(3) + cells[at] + " " * chance.randrange(3) for at in order]
        return "|" + "|".join(padded) + "|"

    return HEADER + "\n".join([line(COLUMNS), "|" + "---|" * len(order), *map(line, rows)]) + "\n"


@given(ROWS, st.permutations(range(5)), st.integers(0, 9))
def test_order_and_spacing_change_no_claim_but_that_of_the_order(
    rows: list[tuple[str, ...]], order: list[int], seed: int
) -> None:
    def claims(text: str) -> list[tuple[int, str, str]]:
        return sorted(
            (c.line, c.subject, repr(c.value)) for c in read_text("p", text).claims if c.subject != "request.columns"
        )

    plain, shuffled = written(rows, list(range(5)), 0), written(rows, order, seed)
    assert claims(shuffled) == claims(plain)
    assert sum(subject.endswith(".presence") for _, subject, _ in claims(plain)) == len(rows)


def test_what_a_bad_merge_leaves_in_a_table_makes_no_fields() -> None:
    rows = "| **a** | str |\n=======\n| Param | Required |\n| ----- | ---- |\n| b | No |\nRequest parameters:\n"
    page = read_text("p", f"# T\n\nPath parameters:\n\n| Param | Type |\n|--|--|\n{rows}\n| Param |\n|--|\n| c |\n")
    assert told(page, "request.") == {
        "path.columns": ["Param", "Type"],
        "columns": ["Param"],
        "path.field.a.presence": True,
        "path.field.a.type": "str",
        "path.field.b.presence": True,
        "path.field.b.required": False,
        "field.c.presence": True,
    }
    assert not_read(page) == [
        (8, "text right below a table, which makes it a row"),
        (9, "headings in the midst of a table"),
        (10, "a line between headings and rows, where none is due"),
        (12, "text right below a table, which makes it a row"),
    ]
