"""Files that are no pages, and laws that hold for every page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.pages import Page, PageError, read_page, read_text
from adapty_contract.pages.reading import MAX_BYTES

PAGE = """---
title: T
---

import Tabs from '@theme/Tabs';
import Answer from './Answer.md';

Does things.

## Endpoint and method

```
GET https://api.example/v2/a/
```

<Tabs>
<TabItem value="curl" label="cURL" default>

```bash
curl 'https://api.example/v2/a/' \\
--header 'Authorization: Api-Key <KEY>' \\
--data ''
```

</TabItem>
</Tabs>

## Parameters

| Name | Type   | Required | Description |
| ---- | ------ | -------- | ----------- |
| a    | String | No       | The [a](a). |
| b    |        |          |             |

## Successful response: 200: OK

``` json
{"a": null,
 "b": {"c": 1}}
```

## Errors

### 401: Unauthorized

<Answer />
"""


@pytest.mark.parametrize(
    ("content", "part"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "binary", id="binary"),
        pytest.param(b"caf\xe9", "not UTF-8, at byte 3", id="not UTF-8"),
        pytest.param(b"x" * (MAX_BYTES + 1), "over 5 MB", id="large"),
        pytest.param(b"", "nothing is found", id="empty"),
        pytest.param(b"just words\n", None, id="a purpose and nothing else"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(tmp_path: Path, content: bytes, part: str | None) -> None:
    path = tmp_path / "p.mdx"
    path.write_bytes(content)
    if part is None:
        assert [claim.subject for claim in read_page(path).claims] == ["page.any.purpose"]
        return
    with pytest.raises(PageError, match=part) as raised:
        read_page(path)
    assert (raised.value.exit_code, bool(raised.value.hint)) == (2, True)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("missing.mdx", "no such file"),
        ("pipe/missing.mdx", "no such file"),
        (".", "a folder, not a file"),
        ("pipe", "a pipe, not a file"),
        ("/dev/null", "a device, not a file"),
    ],
)
def test_what_is_no_file_is_called_what_it_is(tmp_path: Path, name: str, what: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PageError, match=what) as raised:
        read_page(tmp_path / name)
    assert "Markdown" in raised.value.hint


OPENAPI = "openapi: 3.1.0\npaths: {}\n"


@pytest.mark.parametrize(
    ("name", "text", "what", "hint"),
    [
        ("a.yaml", OPENAPI, "an OpenAPI document", "--openapi"),
        ("a.yml", "# words\n" + OPENAPI, "an OpenAPI document", "--openapi"),
        ("a.json", '{"openapi": "3.1.0"}', "an OpenAPI document", "--openapi"),
        ("a.json", '{\n  "info": {},\n  "openapi": "3.1.0"\n}', "an OpenAPI document", "--openapi"),
        ("a.mdx", OPENAPI, "an OpenAPI document", "--openapi"),
        ("a", "---\nswagger: '2.0'\n", "an OpenAPI document", "--openapi"),
        ("a.yaml", "a: b\n", "YAML, not a page", "Markdown"),
        ("a.toml", "a = 1\n", "TOML, not a page", "Markdown"),
        ("a.js", "// # A heading\n", "JavaScript, not a page", "Markdown"),
        ("a.md", '[{"a": 1}]', "JSON, not a page", "Markdown"),
    ],
)
def test_a_file_in_another_language_is_no_page(tmp_path: Path, name: str, text: str, what: str, hint: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PageError, match=what) as raised:
        read_page(path)
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    "text",
    [
        f"# T\n\n```yaml\n{OPENAPI}```\n",
        "---\nopenapi: GET /a\ntitle: T\n---\n\nWords.\n",
        "[a](b)\n",
    ],
    ids=["a fence", "front matter", "a link"],
)
def test_a_page_that_speaks_of_openapi_is_a_page(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.mdx"
    path.write_text(text, encoding="utf-8")
    assert read_page(path).claims


def test_a_folder_of_components_must_exist(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="no such folder"):
        read_page(tmp_path / "p.mdx", tmp_path / "missing")


def test_of_a_huge_file_only_the_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.mdx"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(PageError, match="over 5 MB"):
        read_page(path)


def facts(page: Page) -> list[tuple[str, str]]:
    return [(claim.subject, repr(claim.value)) for claim in page.claims]


@pytest.mark.parametrize(
    "change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r")]
)
def test_line_ends_and_marks_change_nothing(change: object) -> None:
    assert callable(change)
    assert read_text("p", change(PAGE)) == read_text("p", PAGE)


def hold_quotes(page: Page, text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for claim in page.claims:
        assert claim.quote in lines[claim.line - 1]
        assert len(claim.quote.split()) <= 8
    for unread in page.unread:
        assert 1 <= unread.line <= len(lines)


def test_quotes_stand_on_their_lines() -> None:
    page = read_text("p", PAGE)
    assert all(claim.quote for claim in page.claims)
    hold_quotes(page, PAGE)


BREAKS = [at for at, line in enumerate(PAGE.split("\n")) if line.startswith("## ")]


@given(st.sampled_from(BREAKS), st.integers(1, 4))
def test_a_further_paragraph_moves_lines_and_nothing_else(at: int, count: int) -> None:
    lines = PAGE.split("\n")
    added = [line for _ in range(count) for line in ("Words of no consequence.", "")]
    before, after = read_text("p", PAGE), read_text("p", "\n".join([*lines[:at], *added, *lines[at:]]))
    kept = [claim for claim in after.claims if "Words of no consequence" not in str(claim.value)]
    assert [(c.subject, repr(c.value), c.quote) for c in kept] == [
        (c.subject, repr(c.value), c.quote) for c in before.claims
    ]
    moved = [(new.line - old.line, old.line > at) for new, old in zip(kept, before.claims, strict=True)]
    assert all(by == (len(added) if is_below else 0) for by, is_below in moved)


PIECES = st.sampled_from(
    ["# ", "## Parameters\n\n", "| a | b |\n", "|--|--|\n", "```", "```js\n", "```python\n", "```sh\ncurl ", "~~~", "\n", "\n\n",
     "<", ">", "/>", "<Tabs>", "</Tabs>", "<table>", "</table>", "<tr><td>", "<ul><li>**x**: ", "</ul>", "<details>", "<summary>",
     "{", "}", "{/*", "*/}", "<!--", "-->", "import A from 'b';\n", "export ", "---\n", ":::note\n", "- ", "> ", "1. ", "`", "**",
     "[a](b)", "[a]: c\n", "![x](y)", "200: OK", "## Errors\n", "fetch('a', {body: x})", "requests.get('http://a', b)", '{"a": [1]}',
     "\\", "'", '"', "\t", "    ", "é", "\u2028", "GET /a\n", "$", "(", ")", "=", "&nbsp;", "<YOUR_KEY>"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
@settings(max_examples=200)
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        page = read_text("p", text)
    except PageError:
        return
    hold_quotes(page, text.removeprefix("\ufeff"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# T\n" + "{" * 50_000, id="braces"),
        pytest.param("# T\n" + "<a {" * 10_000, id="tags"),
        pytest.param("# T\n" + "<Tabs>" * 3_000, id="open tags"),
        pytest.param("# T\n" + "[" * 20_000, id="brackets"),
        pytest.param("# T\n\n| a | b |\n|--|--|\n| c | " + "<ul><li>**d**: e" * 2_000 + " |\n", id="lists"),
        pytest.param("```json\n" + "[" * 50_000 + "\n```\n", id="json"),
        pytest.param("```js\nx = " + "[" * 20_000 + "]" * 20_000 + "\n```\n", id="javascript"),
        pytest.param("```python\nx = " + "1+" * 20_000 + "1\n```\n", id="python"),
        pytest.param("---\n" + "a: [" * 4_000 + "\n---\n", id="front matter"),
        pytest.param("|a|b|\n|-|-|\n|c|" + "x [y](z) " * 4_000 + "|\n", id="a long row"),
        pytest.param(PAGE * 60, id="long"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    read_text("p", PAGE)
    start = time.process_time()
    read_text("p", text)
    assert time.process_time() - start < 5  # a fraction of a second each; a slow way of reading takes minutes


def test_a_table_of_200_kilobytes_is_read_in_less_than_a_second() -> None:
    head = "# T\n\n## Parameters\n\n| Parameter | Type | Required | Nullable | Description |\n|--|--|--|--|--|\n"
    row = "| **field_{}** | String | :heavy_minus_sign: | No | The id of a `user` in [a service](https://a.example/{}). |\n"
    text = head + "".join(row.format(number, number) for number in range(2000))
    assert len(text) > 200_000
    spent = []
    for _ in range(3):
        start = time.process_time()
        page = read_text("p", text)
        spent.append(time.process_time() - start)
    assert len([claim for claim in page.claims if claim.subject.endswith(".presence")]) == 2000
    assert min(spent) < 1


def test_parsers_are_loaded_when_the_first_page_is_read() -> None:
    code = "import sys, adapty_contract.pages; print([m for m in sys.modules if m in ('markdown_it', 'tree_sitter', 'yaml')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_cell_is_quoted_as_a_whole() -> None:
    quotes = {claim.subject: claim.quote for claim in read_text("p", PAGE).claims}
    assert quotes["request.field.a.description"] == "The [a](a)."
    assert quotes["request.field.a.type"] == "String"
    assert quotes["request.field.b.type"].startswith("| b ")


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param("| a    |", "| x    |", {"a.presence", "a.type", "a.required", "a.description"}, id="renamed"),
        pytest.param("| String |", "| UUID   |", {"a.type"}, id="type"),
        pytest.param("| b    |        |", "| b    | String |", {"b.type"}, id="filled"),
        pytest.param("--data ''", "-X GET", {"curl.method", "curl.body"}, id="method of a sample"),
        pytest.param("### 401: Unauthorized\n", "", {"401.get", "401.get.body"}, id="status removed"),
        pytest.param('{"c": 1}', '{"c": 2}', {"example", "example.field.b", "field.b.c"}, id="example"),
    ],
)
def test_an_edit_changes_its_own_claims_and_no_others(old: str, new: str, changed: set[str]) -> None:
    before, after = set(facts(read_text("p", PAGE))), set(facts(read_text("p", PAGE.replace(old, new))))
    gone = {subject for subject, _ in before - after}
    assert {next((name for name in changed if subject.endswith("." + name)), subject) for subject in gone} == changed


def test_the_order_of_columns_changes_nothing_but_what_is_said_of_it() -> None:
    rows = [line for line in PAGE.split("\n") if line.startswith("|")]
    turned = PAGE
    for row in rows:
        turned = turned.replace(row, "|" + "|".join(reversed(row.strip("|").split("|"))) + "|")
    before, after = set(facts(read_text("p", PAGE))), set(facts(read_text("p", turned)))
    assert {subject for subject, _ in before ^ after} == {"request.columns"}
