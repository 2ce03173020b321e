"""`drift` compares pages with contract and ledger, and says so in three formats and its exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.command import CommandLine
from support.vendor_pages import ARE_HERE, GET, POST, ROOT, replaced

needs_pages = pytest.mark.skipif(not ARE_HERE, reason="the vendor's pages are not on this machine")

OWN = """---
title: "Get integration identifiers, a page of our own"
---

Reads integration identifiers.

```
GET https://api.adapty.io/api/v2/server-side-api/integration/profile/set/integration-identifiers/
```

## Successful response: 200: OK

| Name | Type | Nullable |
| --- | --- | --- |
| branch_id | String | Yes |
| shoe_size | Number | No |
"""
OTHER = """# Delete a thing

```
DELETE https://api.example.com/things/
```

## Parameters

| Parameter | Type |
| --- | --- |
| thing_id | String |
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.mdx"
    path.write_text(OWN, encoding="utf-8")
    return path


def data(command: CommandLine, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(command("drift", *arguments, "--format", "json").out)
    return found


@needs_pages
def test_the_two_pages_do_not_drift(command: CommandLine) -> None:
    outcome = command("drift", str(GET), str(POST))
    assert outcome.code == 0
    assert outcome.err == ""
    assert "No drift." in outcome.out
    assert "get-curl-sends-post" in outcome.out


@needs_pages
def test_an_edited_page_drifts_at_its_line(command: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "edited.mdx"
    page.write_text(
        replaced("| branch_id                        | String", "| branch_id | Integer")(GET.read_text("utf-8"))
    )
    outcome = command("drift", str(page), str(POST))
    assert outcome.code == 1
    assert f"{page}:107  response.200.get.field.branch_id.type" in outcome.out


def test_an_unknown_field_is_named_with_file_and_line(command: CommandLine, own: Path) -> None:
    outcome = command("drift", str(own))
    assert outcome.code == 1
    assert f"{own}:16  response.200.get.field.shoe_size.presence" in outcome.out


def test_json_has_claims_findings_and_discrepancies(command: CommandLine, own: Path) -> None:
    found = data(command, str(own))
    outcomes = {each["subject"]: each["outcome"] for each in found["claims"]}
    assert outcomes["operation.method"] == "agrees"
    assert outcomes["response.200.get.field.branch_id.type"] == "agrees"
    assert outcomes["response.200.get.field.shoe_size.presence"] == "drift"
    assert found["summary"]["findings"] == len([each for each in found["findings"] if each["outcome"] == "drift"])
    assert found["pages"][0]["source"] == "S-GET"


def test_sarif_has_errors_where_they_stand(command: CommandLine, own: Path) -> None:
    outcome = command("drift", str(own), "--format", "sarif")
    run = json.loads(outcome.out)["runs"][0]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    errors = [each for each in run["results"] if each["level"] == "error"]
    assert errors
    for each in run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"]
        assert each["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    lines = {each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in errors}
    assert 16 in lines


@needs_pages
def test_sarif_suppresses_what_is_explained(command: CommandLine) -> None:
    results = json.loads(command("drift", str(GET), str(POST), "--format", "sarif").out)["runs"][0]["results"]
    assert {each["level"] for each in results} == {"note"}
    assert all("ledger entry" in each["suppressions"][0]["justification"] for each in results)


def test_a_page_about_another_operation_is_listed_and_compared_with_nothing(
    command: CommandLine, tmp_path: Path
) -> None:
    page = tmp_path / "other.mdx"
    page.write_text(OTHER, encoding="utf-8")
    outcome = command("drift", str(page))
    assert outcome.code == 5
    assert "not one of the two operations" in outcome.out
    assert "request.field.thing_id.type" in outcome.out


@needs_pages
def test_a_page_of_which_nothing_is_known_any_more_is_drift(command: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "other.mdx"
    page.write_text(OTHER, encoding="utf-8")
    outcome = command("drift", str(page), str(POST))
    assert outcome.code == 1
    assert "no page about GET was given" in outcome.out
    assert "other.mdx is about neither operation" in outcome.out
    assert command("drift", str(page), str(GET), str(POST)).code == 0


@needs_pages
def test_a_page_whose_path_is_renamed_drifts(command: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "renamed.mdx"
    page.write_text(GET.read_text("utf-8").replace("integration-identifiers/", "ids/"), encoding="utf-8")
    outcome = command("drift", str(page), str(POST))
    assert outcome.code == 1
    assert f"{page}:20  operation.path" in outcome.out


def test_the_same_subject_on_two_pages_has_two_ids_and_fingerprints(command: CommandLine, tmp_path: Path) -> None:
    moved = OWN.replace("/v2/", "/v1/")
    pages = tmp_path / "one.mdx", tmp_path / "two.mdx"
    pages[0].write_text(moved, encoding="utf-8")
    pages[1].write_text(moved.replace("GET", "POST"), encoding="utf-8")
    arguments = [str(each) for each in pages]
    ids = {each["id"] for each in data(command, *arguments)["findings"] if each["subject"] == "operation.path"}
    assert sorted(each.split(":")[1] for each in ids) == ["S-GET", "S-POST"]
    results = json.loads(command("drift", *arguments, "--format", "sarif").out)["runs"][0]["results"]
    assert ids <= {each["partialFingerprints"]["finding/v2"] for each in results}


def test_lines_of_one_subject_are_related_locations(command: CommandLine, own: Path) -> None:
    own.write_text(OWN + "| shoe_size | Number | No |\n", encoding="utf-8")
    results = json.loads(command("drift", str(own), "--format", "sarif").out)["runs"][0]["results"]
    (found,) = [each for each in results if "shoe_size.presence" in each["partialFingerprints"]["finding/v2"]]
    places = [found["locations"][0], *found["relatedLocations"]]
    assert {each["physicalLocation"]["region"]["startLine"] for each in places} == {16, 17}


def test_another_contract_is_compared_with(command: CommandLine, own: Path, tmp_path: Path) -> None:
    other = tmp_path / "contract"
    for name in ("openapi", "contracts"):
        shutil.copytree(ROOT / name, other / name)
    entry = other / "contracts/ledger/get-errors-incomplete.yaml"
    entry.unlink()
    outcome = command("drift", str(own), "--contract", str(other))
    assert "ledger-entry-missing" in outcome.out
    assert "ledger-entry-missing" not in command("drift", str(own)).out
    assert command("drift", str(own), "--contract", str(tmp_path)).code == 2


def test_components_that_were_not_read_are_named_with_their_lines(command: CommandLine, own: Path) -> None:
    own.write_text(OWN.replace("---\n\nReads", "---\n\nimport Own from '@site/own.md';\n\nReads"), encoding="utf-8")
    assert "own.mdx:5  Own, from @site/own.md" in command("drift", str(own)).out


def test_against_tells_what_changed_as_claims(command: CommandLine, own: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.mdx"
    old.write_text(
        OWN.replace("Reads", "\n\nReads").replace("shoe_size", "hat_size").replace("| Yes", "| No"), encoding="utf-8"
    )
    told = {(each["kind"], each["subject"]) for each in data(command, str(own), "--against", str(old))["changes"]}
    base = "response.200.get.field"
    assert ("added", f"{base}.shoe_size.presence") in told
    assert ("gone", f"{base}.hat_size.presence") in told
    assert ("changed", f"{base}.branch_id.nullable") in told
    assert not [subject for _, subject in told if not subject.startswith(base)]


def test_a_page_against_itself_has_no_changes(command: CommandLine, own: Path) -> None:
    assert data(command, str(own), "--against", str(own))["changes"] == []


def test_hostile_text_reaches_no_terminal(command: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "hostile.mdx"
    page.write_text(OWN.replace("Number", "Num\x1b[2Jber\u202e"), encoding="utf-8")
    for name in ("text", "json", "sarif"):
        out = command("drift", str(page), "--format", name).out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_output_goes_to_a_file(command: CommandLine, own: Path, tmp_path: Path) -> None:
    target = tmp_path / "drift.json"
    outcome = command("drift", str(own), "--format", "json", "--output", str(target))
    assert outcome.out == ""
    assert json.loads(target.read_text("utf-8"))["version"] == 1


def test_an_output_that_cannot_be_written_has_its_own_status(command: CommandLine, own: Path, tmp_path: Path) -> None:
    assert command("drift", str(own), "--output", str(tmp_path)).code == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\0\1\2", "binary"), (b"\xff\xfe text", "UTF-8"), (None, "no such file")],
    ids=["binary", "latin", "missing"],
)
def test_what_is_no_page_is_refused(command: CommandLine, tmp_path: Path, content: bytes | None, words: str) -> None:
    page = tmp_path / "page.mdx"
    if content is not None:
        page.write_bytes(content)
    outcome = command("drift", str(page))
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_no_page_is_wrong_usage(command: CommandLine) -> None:
    assert command("drift").code == 2


def test_the_help_has_examples(command: CommandLine) -> None:
    outcome = command("drift", "--help")
    assert outcome.code == 0
    assert "--against" in outcome.out
    assert "not of a document" in " ".join(outcome.said.split())
    assert "adapty-contract drift pages/*.mdx" in outcome.said


DOCUMENT = """openapi: 3.1.0
info: {title: A document of ours, version: '1'}
servers: [{url: https://api.adapty.io/api/v2/server-side-api}]
paths:
  /integration/profile/set/integration-identifiers/:
    post:
      summary: Set integration identifiers
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                branch_id: {type: string, nullable: true}
                shoe_size: {type: number}
      responses:
        '200': {description: OK}
"""


def test_our_own_document_agrees_with_the_contract(command: CommandLine) -> None:
    outcome = command("drift", "--openapi", str(ROOT / "openapi/integration-identifiers.yaml"))
    assert "Drift\n" not in outcome.out
    assert outcome.code == 0


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def test_a_document_of_others_is_one_more_page(command: CommandLine, document: Path) -> None:
    found = data(command, "--openapi", str(document))
    outcomes = {each["subject"]: (each["outcome"], each["line"]) for each in found["claims"]}
    assert outcomes["request.field.shoe_size.presence"] == ("drift", 15)
    assert outcomes["request.field.branch_id.type"] == ("agrees", 14)
    assert outcomes["operation.path"][0] == "agrees"


def test_nullable_in_a_version_without_it_is_explained(command: CommandLine, document: Path) -> None:
    found = data(command, "--openapi", str(document))
    explained = {each["subject"]: each["entries"] for each in found["findings"] if each["outcome"] == "explained"}
    assert explained["spec.nullable"] == ["nullable-keyword"]


def test_a_path_that_only_ends_alike_is_drift(command: CommandLine, document: Path) -> None:
    document.write_text(DOCUMENT.replace("/integration/profile/set/", "/profile/"), encoding="utf-8")
    outcome = command("drift", "--openapi", str(document))
    assert outcome.code == 1
    assert f"{document}:5  operation.path" in outcome.out
