"""Headings, tags, admonitions and prose: what they say, and that nothing is dropped in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapty_contract.pages import Page, read_page, read_text

TABLE = "| Name | Type |\n|--|--|\n| a | String |\n"
GET = "```\nGET https://api.example/v2/a/\n```\n\n"


def claims(page: Page) -> dict[str, Any]:
    return {claim.subject: claim.value for claim in page.claims}


def lines(page: Page) -> dict[str, int]:
    return {claim.subject: claim.line for claim in page.claims}


def not_read(page: Page) -> list[tuple[int, str]]:
    return [(unread.line, unread.what) for unread in page.unread]


def test_an_endpoint_is_taken_apart() -> None:
    told = claims(read_text("p", GET))
    assert told == {
        "operation.method": "GET",
        "operation.url": "https://api.example/v2/a/",
        "operation.host": "api.example",
        "operation.path": "/v2/a/",
    }


def test_a_second_endpoint_is_told() -> None:
    page = read_text("p", f"{GET}## B\n\n```text\nPOST: /b\n```\n")
    assert not_read(page) == [(8, "a second operation on one page")]


def test_front_matter_and_the_first_paragraph_say_what_a_page_is_for() -> None:
    page = read_text("p", f'---\ntitle: " T "\ndescription: ""\n---\n\nReads\nthings.\n\n{GET}')
    assert (page.title, claims(page)["page.get.title"], claims(page)["page.get.purpose"]) == ("T", "T", "Reads things.")
    assert (lines(page)["page.get.title"], lines(page)["page.get.purpose"]) == (2, 6)


def test_front_matter_that_is_no_yaml_is_told() -> None:
    assert not_read(read_text("p", "---\na: [\n---\n\n# T\n"))[0][1] == "front matter that is no YAML"


@pytest.mark.parametrize(
    ("heading", "subject"),
    [
        ("## Parameters", "request.field.a.presence"),
        ("## Request body", "request.field.a.presence"),
        ("Request parameters:", "request.field.a.presence"),
        ("Path parameters:", "request.path.field.a.presence"),
        ("## Successful response: 200: OK", "response.200.get.field.a.presence"),
        ("## Successful response: 200 - Success", "response.200.get.field.a.presence"),
        ("### 404: Not found\n\n#### Body", "response.404.get.field.a.presence"),
        ("## 200 Success\n\n#### \tResponse object", "response.200.get.field.a.presence"),
        ("### 400: Bad request\n\n#### missing_offer_id", "response.400.get.missing_offer_id.field.a.presence"),
        ("## Errors", "response.errors.get.field.a.presence"),
        ("## Response", "response.2xx.get.field.a.presence"),
        ("## Access level", "object.access-level.field.a.presence"),
        ("## Paywall\n\n### Properties", "object.properties.field.a.presence"),
        ("<details>\n<summary>400: Bad request</summary>", "response.400.get.field.a.presence"),
        ("## 200: OK {#ok}", "response.200.get.field.a.presence"),
        ("## 401\n\n<Tabs>\n<TabItem value='k' label='No key'>", "response.401.get.no-key.field.a.presence"),
    ],
)
def test_headings_say_what_a_table_is_about(heading: str, subject: str) -> None:
    assert subject in claims(read_text("p", f"{GET}{heading}\n\n{TABLE}"))


def test_details_end_where_they_are_closed() -> None:
    text = f"{GET}## Parameters\n\n<details>\n  <summary>400: Bad request</summary>\n\nNo.\n\n</details>\n\n{TABLE}"
    assert "request.field.a.presence" in claims(read_text("p", text))


def test_statuses_tell_their_words() -> None:
    told = claims(read_text("p", f"{GET}## Successful response: 200 - Success\n\nOK\n\n### 401: Unauthorized\n\nNo.\n"))
    assert (told["response.200.get"], told["response.401.get"]) == ("Success", "Unauthorized")


@pytest.mark.parametrize("heading", ["## Errors", "#### Errors\n\n---\n\n**See also:**\n\n- [a](b)"])
def test_a_heading_of_errors_with_nothing_below_is_told(heading: str) -> None:
    assert claims(read_text("p", f"{GET}{heading}"))["response.errors.get.empty"] is True


def test_errors_with_statuses_below_are_not_empty() -> None:
    assert "response.errors.get.empty" not in claims(read_text("p", f"{GET}## Errors\n\n### 401: No\n\nNo.\n"))


def test_a_skipped_level_of_headings_is_told() -> None:
    assert claims(read_text("p", "## A\n\n#### B\n\ntext\n"))["page.any.structure"] == [2, 4]


def test_authentication_is_told_from_its_section() -> None:
    page = read_text("p", f"{GET}## Authentication header\n\nPublic API Key\n\n#### Parameters\n\nNo parameters\n")
    assert claims(page)["security.key"] == "Public API Key"
    assert claims(page)["request.parameters"] == "No parameters"


def test_a_blank_body_is_told() -> None:
    page = read_text("p", f"{GET}## 200: OK\n\nThe request is successful. The response body is blank.\n")
    assert claims(page)["response.200.get.body"] == "blank"


def test_placeholders_and_links_are_told() -> None:
    told = claims(
        read_text("p", f"{GET}Placeholders:\n\n- `<YOUR_KEY>`: The key.\n\nSee [this](that) and [x].\n\n[x]: /y\n")
    )
    assert told["page.get.placeholder.YOUR_KEY"] == "The key."
    assert (told["link.that"], "link./y" in told) == ("this", True)


def test_tabs_tell_their_group_and_their_defaults() -> None:
    tabs = '<Tabs groupId="g" queryString>\n<TabItem value="c" label="C" default> \n\n```sh\ncurl x\n```\n\n</TabItem>\n</Tabs>\n'
    page = read_text("p", tabs)
    assert claims(page)["page.get.tabs"] == {"group": "g", "defaults": ["c"]}
    assert page.samples[0].label == "C"
    assert not page.unread


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        ":::note\n\n{}\n\n:::\n",
        "{{/* a comment\n over lines */}}\n\n{}",
        "<!--- a comment --->\n\n{}",
        "<div className={{x}} style={{{{a: 'b}}'}}}}>\n\n{}\n\n</div>\n",
        "<Tabs\n  groupId='a'\n  values={{[{{a: 1}}]}}\n>\n\n{}\n\n</Tabs>\n",
        "> quoted\n\n{}",
    ],
)
def test_what_stands_around_a_table_does_not_hide_it(around: str) -> None:
    page = read_text("p", "## Parameters\n\n" + around.format(TABLE))
    assert "request.field.a.type" in claims(page)
    assert not page.unread


def test_indentation_inside_tags_makes_no_code() -> None:
    inner = "".join(f"      {line}\n" for line in TABLE.splitlines())
    assert "request.field.a.type" in claims(read_text("p", f"## Parameters\n\n<div>\n\n{inner}\n</div>\n"))


@pytest.mark.parametrize(
    "fence",
    [
        "```json\n{}\n```",
        "~~~json\n{}\n~~~",
        '```json title="x" showLineNumbers\n{}\n```',
        "``` json\n{}\n```",
        "- item\n\n  ```json\n  {}\n  ```",
    ],
)
def test_a_fence_is_read_wherever_it_stands(fence: str) -> None:
    told = claims(read_text("p", "## 200: OK\n\n" + fence.replace("{}", '{"a": 1}') + "\n"))
    assert told["response.200.any.example"] == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("{props.children}\n", 3, "an expression: {props.children}"),
        ("words {props.x} more\n", 3, "an expression: {props.x}"),
        ("<Unknown a={1} />\n", 3, "the tag <Unknown>"),
        ("<video src='a'></video>\n", 3, "the tag <video>"),
        ("![alt](picture.png)\n", 3, "an image: picture.png"),
        ("<Tabs>\n", 3, "the tag <Tabs>, which is never closed"),
        ("</Tabs>\n", 3, "the tag </Tabs>, which closes nothing"),
        ("export const a = 1;\n", 3, "an export statement of the page"),
        ("import a b c\n", 3, "an import that is no JavaScript"),
        (">" * 70 + " deep\n", 3, "a line that no rule reaches: " + (">" * 70 + " deep")[:40]),
    ],
)
def test_what_is_not_known_is_told_with_its_line(text: str, line: int, what: str) -> None:
    assert (line, what) in not_read(read_text("p", f"# T\n\n{text}"))


IMPORT = "import Answer from '@site/src/components/reusable/Answer.md';\n\n"


def test_a_component_stands_for_what_is_not_resolved() -> None:
    page = read_text("p", f"{IMPORT}{GET}## 200: OK\n\n<Answer />\n\n## Successful response example\n\n<Answer />\n")
    told = claims(page)
    assert told["response.200.get.body"] == "Answer"
    assert told["response.200.get.example.component"] == "Answer"
    assert told["component.Answer"] == "@site/src/components/reusable/Answer.md"
    assert [(c.name, c.line, c.file) for c in page.components] == [("Answer", 1, None)]
    assert not page.unread


@pytest.mark.parametrize("where", ["src/components/reusable", "reusable", "."])
def test_a_component_is_read_in_its_place(tmp_path: Path, where: str) -> None:
    folder = tmp_path / "parts"
    (folder / where).mkdir(parents=True)
    (folder / where / "Answer.md").write_text(f"<!-- c -->\n\n#### Body\n\n{TABLE}")
    (tmp_path / "p.mdx").write_text(f"{IMPORT}{GET}## 404: No\n\n<Answer />\n")
    page = read_page(tmp_path / "p.mdx", folder)
    found = next(claim for claim in page.claims if claim.subject == "response.404.get.field.a.presence")
    assert (found.page, found.line, page.components[0].file) == ("Answer.md", 7, "Answer.md")


def test_components_that_import_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "Answer.md").write_text(f"{IMPORT}text\n\n<Answer />\n")
    (tmp_path / "p.mdx").write_text(f"{IMPORT}## 200: OK\n\n<Answer />\n")
    assert claims(read_page(tmp_path / "p.mdx", tmp_path))["response.200.any.body"] == "Answer"


def test_no_component_is_read_from_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(TABLE)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "link.md").symlink_to(tmp_path / "secret.md")
    text = "import A from '../secret.md';\nimport B from './link.md';\n\n## 200: OK\n\n<A />\n\n<B />\n"
    (tmp_path / "p.mdx").write_text(text)
    page = read_page(tmp_path / "p.mdx", tmp_path / "parts")
    assert [component.file for component in page.components] == [None, None]


def test_a_component_around_content_claims_nothing_and_hides_nothing() -> None:
    page = read_text("p", f"import Zoom from 'react-zoom';\n\n## Parameters\n\n<Zoom>\n\n{TABLE}\n</Zoom>\n")
    told = ["component.Zoom", "request.columns", "request.field.a.presence", "request.field.a.type"]
    assert [c.subject for c in page.claims] == told
    assert not page.unread


def test_links_stand_on_their_own_lines() -> None:
    page = read_text("p", "One [a](x) and `code\nthat wraps`, then\n[b](y), and\n[c](x).\n")
    assert [(c.line, c.subject, c.value) for c in page.claims if c.subject.startswith("link")] == [
        (1, "link.x", "a"),
        (3, "link.y", "b"),
        (4, "link.x", "c"),
    ]


def test_authentication_may_be_told_in_a_list() -> None:
    page = read_text(
        "p", "## Authorization\n\nWhen calling:\n\n- Use JSON\n- Send the `Api-Key` header\n- Hide the key\n"
    )
    assert [(c.line, c.value) for c in page.claims if c.subject == "security.key"] == [(6, "Send the Api-Key header")]
