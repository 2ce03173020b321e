"""The two pages of the vendor: every discrepancy is found, each explained by its entry, and every entry is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from adapty_contract.contract import Contract
from adapty_contract.drift import Finding, Outcome, Reading, Report, judge, load_for_drift
from adapty_contract.drift.changes import changes
from adapty_contract.drift.comparison import read
from adapty_contract.drift.subjects import matches
from adapty_contract.ledger import LedgerEntry, SourceKind
from support.vendor_pages import ARE_HERE, GET, POST, Edit, first_column_last, replaced, without_line

pytestmark = pytest.mark.skipif(not ARE_HERE, reason="the vendor's pages are not on this machine")

CONTRACT = load_for_drift()
ROWS = {
    1: "get-curl-sends-post",
    2: "get-fetch-throws",
    3: "three-get-samples-differ",
    4: "get-parameters-missing",
    5: "string-beside-null",
    6: "unset-null-or-omitted",
    7: "field-order",
    8: "branch-id-meaning",
    9: "identifier-kind-wording",
    10: "link-cosmetics",
    11: "fence-with-space",
    12: "get-errors-incomplete",
    13: "profile-id-header-missing",
    14: "path-says-set",
    15: "example-ids-edited",
    16: "public-key-or-secret-key",
    17: "mixpanel-user-i",
    18: "appsflyer-id-untyped",
    19: "thirteen-or-sixteen-fields",
    20: "empty-object",
    21: "nullable-on-write",
    22: "post-success-body",
    23: "post-errors-empty",
    24: "platform-header",
    25: "placeholders-missing",
    26: "sample-bodies-differ",
    27: "add-set-or-replace",
    28: "example-values",
    29: "tab-defaults",
    30: "header-sets-differ",
    31: "authentication-on-one-page",
    32: "post-errors-empty",
    33: "field-order",
    34: "one-signal-legacy",
    35: "flat-or-enveloped",
}
"""The discrepancies in and between the pages, as they were collected by hand, and the entry that explains each."""
NEEDED = sorted({*ROWS.values(), "adjust-device-id-untyped"})


@pytest.fixture(scope="module")
def pages() -> tuple[Reading, ...]:
    return read(CONTRACT, GET), read(CONTRACT, POST)


@pytest.fixture(scope="module")
def report(pages: tuple[Reading, ...]) -> Report:
    return judge(CONTRACT, pages)


def edited(tmp_path: Path, get: Edit | None = None, post: Edit | None = None) -> tuple[Reading, ...]:
    """The pages after an edit, under other names."""
    read_page, write_page = tmp_path / "one.mdx", tmp_path / "two.mdx"
    read_page.write_text((get or str)(GET.read_text("utf-8")), encoding="utf-8")
    write_page.write_text((post or str)(POST.read_text("utf-8")), encoding="utf-8")
    return read(CONTRACT, read_page), read(CONTRACT, write_page)


def with_ledger(ledger: dict[str, LedgerEntry]) -> Contract:
    return replace(CONTRACT, ledger=MappingProxyType(ledger))


def subjects(findings: tuple[Finding, ...]) -> set[str]:
    return {each.subject for each in findings}


def test_nothing_drifts(report: Report) -> None:
    assert report.drift == ()
    assert [each for each in report.claims if each.outcome is Outcome.DRIFT] == []


def test_every_discrepancy_is_explained_by_its_entry(report: Report) -> None:
    assert {each.entry for each in report.settled} == set(NEEDED)


@pytest.mark.parametrize("row", ROWS)
def test_a_discrepancy_collected_by_hand_is_found_by_program(report: Report, row: int) -> None:
    assert ROWS[row] in {each.entry for each in report.settled}


def test_no_line_of_the_ledger_is_stale(report: Report) -> None:
    assert [each for each in report.findings if each.outcome is Outcome.AGREES] == []


def test_every_statement_of_the_pages_is_anchored() -> None:
    pages = {name for name, source in CONTRACT.sources.items() if source.kind is SourceKind.PAGE}
    loose = [
        (entry.id, statement.line)
        for entry in CONTRACT.ledger.values()
        for statement in entry.statements
        if statement.source in pages and not statement.claims
    ]
    assert loose == []


@pytest.mark.parametrize("removed", NEEDED)
def test_without_an_entry_its_claims_drift(pages: tuple[Reading, ...], report: Report, removed: str) -> None:
    left = {name: entry for name, entry in CONTRACT.ledger.items() if name != removed}
    found = judge(with_ledger(left), pages)
    explained = [each for each in report.settled if each.entry == removed]
    named = " ".join(f"{each.subject} {each.sentence}" for each in found.drift)
    for each in explained:
        stated = [*(c.subject for c in each.discrepancy.claims), *(m.subject for m in each.discrepancy.missing)]
        assert any(subject in named for subject in stated), each.discrepancy


@pytest.mark.parametrize("removed", CONTRACT.ledger)
def test_without_any_entry_there_is_drift(pages: tuple[Reading, ...], removed: str) -> None:
    left = {name: entry for name, entry in CONTRACT.ledger.items() if name != removed}
    assert judge(with_ledger(left), pages).drift != ()


@pytest.mark.parametrize("like", ["get-curl-sends-post", "caching", "nullable-keyword"])
def test_an_entry_that_nothing_needs_is_told(pages: tuple[Reading, ...], like: str) -> None:
    extra = replace(CONTRACT.ledger[like], id="zzz-extra")
    found = judge(with_ledger({**CONTRACT.ledger, extra.id: extra}), pages)
    assert [each.entries for each in found.drift] == [(extra.id,)]


def test_a_line_that_moves_is_told_with_its_new_place_and_is_no_drift(tmp_path: Path) -> None:
    found = judge(CONTRACT, edited(tmp_path, get=replaced("## Parameters", "New.\n\n## Parameters")))
    assert found.drift == ()
    stale = {each.subject: each for each in found.findings if each.rule == "ledger-line-stale"}
    assert stale["request.parameters"].line == 96
    assert "line 94" in stale["request.parameters"].sentence


BRANCH = "| branch_id                        | String | The Branch Key of the user's app in the Branch integration.  |"
MEMBER = '"branch_id": "example_branch_id",\n'
MINUS = ":heavy_minus_sign:"


def twice(part: str, at: int) -> Edit:
    """An edit that repeats `part` where it stands for the n-th time, from 0."""

    def edit(text: str) -> str:
        pieces = text.split(part)
        return part.join(pieces[: at + 1]) + part * 2 + part.join(pieces[at + 1 :])

    return edit


def with_column(text: str) -> str:
    """The tables with one more column."""
    lines = text.split("\n")
    return "\n".join(
        f"{line} {'Since' if 'Parameter' in line else '---' if '---' in line else 'v1'} |" if line[:1] == "|" else line
        for line in lines
    )


def without_types(text: str) -> str:
    """The tables without their second column."""
    rows = [(line, line.split("|")) for line in text.split("\n")]
    return "\n".join("|".join([*row[:2], *row[3:]]) if line[:1] == "|" else line for line, row in rows)


EDITS = {
    "field-renamed": (
        replaced("| airbridge_device_id  ", "| airbridge_install_id "),
        None,
        {
            "response.200.get.field.airbridge_install_id.presence",
            "response.200.get.field.airbridge_device_id.presence",
        },
    ),
    "field-misspelt": (
        None,
        replaced("| pushwoosh_hwid  ", "| pushwoosh_hwidd "),
        {"request.field.pushwoosh_hwidd.presence"},
    ),
    "type-changed": (
        replaced("| branch_id                        | String ", "| branch_id                        | Integer "),
        None,
        {"response.200.get.field.branch_id.type"},
    ),
    "unknown-row-added": (
        None,
        replaced("\n\n\n\n#### Succ", f"\n| new_id | String | {MINUS} | {MINUS} | [New](new) |\n\n\n#### Succ"),
        {"request.field.new_id.presence"},
    ),
    "missing-row-added": (
        None,
        replaced(
            "\n\n\n\n#### Succ",
            f"\n| one_signal_player_id | String | {MINUS} | {MINUS} | [OneSignal](onesignal) |\n\n\n#### Succ",
        ),
        {"request.field.one_signal_player_id.presence"},
    ),
    "row-removed": (
        None,
        without_line("| pushwoosh_hwid"),
        {"request.field.pushwoosh_hwid.presence", "link.pushwoosh"},
    ),
    "mark-changed": (
        None,
        replaced(f"| appmetrica_device_id       | String | {MINUS} ", "| appmetrica_device_id | String | Yes "),
        {"request.field.appmetrica_device_id.required"},
    ),
    "status-removed": (
        replaced("### 404: Not found\n\n<ProfileResponseNotFound />", ""),
        None,
        {"response.404.get"},
    ),
    "status-added": (
        replaced("### 404: Not found", "### 418: Teapot\n\nTea.\n\n### 404: Not found"),
        None,
        {"response.418.get"},
    ),
    "python-method-changed": (
        replaced('requests.request("GET"', 'requests.request("POST"'),
        None,
        {"sample.get.python.method"},
    ),
    "javascript-method-changed": (
        None,
        replaced('method: "POST"', 'method: "PUT"'),
        {"sample.post.javascript.method"},
    ),
    "curl-method-corrected": (
        replaced("curl --location", "curl --request GET --location"),
        None,
        {"sample.get.curl.method"},
    ),
    "header-of-one-sample-removed": (
        without_line('myHeaders.append("adapty-customer-user-id"'),
        None,
        {"sample.get.javascript.header.adapty-customer-user-id"},
    ),
    "example-value-changed": (
        replaced('"branch_id": null', '"branch_id": 5'),
        None,
        {"response.200.get.example.field.branch_id"},
    ),
    "path-changed": (
        replaced("GET https://api.adapty.io/api/v2/", "GET https://api.adapty.io/api/v1/"),
        None,
        {"operation.url", "operation.path"},
    ),
    "key-corrected": (None, replaced("Public API Key", "Secret API Key"), {"security.key"}),
    "columns-reordered": (first_column_last, first_column_last, {"response.200.get.columns", "request.columns"}),
    "column-reordered-on-one-page": (None, first_column_last, {"request.columns"}),
    "column-renamed": (None, replaced("Nullable in request", "Nullable"), {"request.columns"}),
    "column-renamed-beyond-recognition": (
        None,
        replaced("Nullable in request", "May be empty"),
        {
            "request.columns",
            "request.field.*.nullable",
            "request.field.adjust_device_id.nullable",
            "request.field.appsflyer_id.nullable",
        },
    ),
    "column-added": (None, with_column, {"request.columns"}),
    "column-removed": (
        without_types,
        None,
        {"response.200.get.columns", "response.200.get.field.*.type"},
    ),
    "note-added": (
        replaced("## Parameters", ":::warning\nDo not use.\n:::\n\n## Parameters"),
        None,
        {"page.get.note.warning"},
    ),
    "row-repeated": (
        replaced(BRANCH, f"{BRANCH}\n{BRANCH}"),
        None,
        {"response.200.get.field.branch_id.presence"},
    ),
    "status-repeated": (
        replaced("### 404: Not found\n", "### 404: Not found\n\nOne.\n\n### 404: Not found\n"),
        None,
        {"response.404.get"},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_reported_and_nothing_else(tmp_path: Path, name: str) -> None:
    get, post, expected = EDITS[name]
    assert subjects(judge(CONTRACT, edited(tmp_path, get, post)).drift) == expected


@pytest.mark.parametrize("name", EDITS)
def test_what_is_reported_are_claims_that_changed(tmp_path: Path, name: str) -> None:
    get, post, _ = EDITS[name]
    new = edited(tmp_path, get, post)
    old = edited(tmp_path / "..")
    changed = {
        change.subject for before, after in zip(old, new, strict=True) for change in changes(before.page, after.page)
    }
    told = subjects(judge(CONTRACT, new).drift)
    assert [each for each in told if not any(matches(each, subject) for subject in changed)] == []


def test_a_page_without_its_operation_is_drift(tmp_path: Path) -> None:
    found = judge(CONTRACT, edited(tmp_path, get=without_line("GET https://")))
    assert [each.rule for each in found.drift] == ["operation-missing"]


def test_one_page_alone_is_compared_and_the_other_is_told_as_missing(pages: tuple[Reading, ...]) -> None:
    for page in pages:
        found = judge(CONTRACT, (page,))
        assert found.drift == ()
        assert [each.rule for each in found.findings if each.outcome is Outcome.AGREES] == ["page-not-given"]


SEGMENT = "integration-identifiers/"


def everywhere(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SEGMENT, "integration-ids/"),
        ("/integration/profile/set/integration-identifiers/", "/profile/integrations/"),
        ("https://api.adapty.io/api/v2/server-side-api/integration/", "https://api.example.com/v3/"),
    ],
    ids=["renamed", "moved", "other-host"],
)
@pytest.mark.parametrize("which", ["get", "post"])
def test_a_page_whose_path_is_another_is_known_and_drifts(tmp_path: Path, old: str, new: str, which: str) -> None:
    found = judge(CONTRACT, edited(tmp_path, **{which: everywhere(old, new)}))
    assert [reading.method for reading in found.readings] == ["GET", "POST"]
    assert "operation.path" in subjects(found.drift)
    assert all(each.subject.partition(".")[0] in ("operation", "sample") for each in found.drift)


def test_a_page_is_known_by_the_addresses_of_its_samples_alone(tmp_path: Path) -> None:
    def without_tables(text: str) -> str:
        lines = (line for line in text.split("\n") if not line.startswith(("|", '    "')))
        return replaced(f"GET https://api.adapty.io/api/v2/server-side-api/integration/profile/set/{SEGMENT}",
                        "GET https://api.adapty.io/api/v3/ids/")("\n".join(lines))  # fmt: skip

    assert edited(tmp_path, get=without_tables)[0].method == "GET"


def test_the_same_subject_on_two_pages_is_two_findings(tmp_path: Path) -> None:
    found = judge(CONTRACT, edited(tmp_path, everywhere(SEGMENT, "ids/"), everywhere(SEGMENT, "ids/")))
    paths = [each.id for each in found.drift if each.subject == "operation.path"]
    assert sorted(name.split(":")[1] for name in paths) == ["S-GET", "S-POST"]


def test_no_two_findings_have_one_id(report: Report) -> None:
    ids = [each.id for each in report.findings]
    assert len(set(ids)) == len(ids)


def test_findings_of_one_subject_keep_their_lines(tmp_path: Path) -> None:
    twice = judge(CONTRACT, edited(tmp_path, get=replaced(BRANCH, "\n".join([BRANCH.replace("_id ", "_it ")] * 2))))
    (added,) = [each for each in twice.drift if each.subject.endswith("branch_it.presence")]
    assert added.lines == (107, 108)


@pytest.mark.parametrize(
    ("subject", "line"),
    [("request.field.one_signal_player_id.presence", 139), ("response.400.post", 166), ("response.400.get", 142)],
)
def test_what_is_missing_is_told_where_it_should_stand(report: Report, subject: str, line: int) -> None:
    assert {each.line for each in report.findings if each.subject == subject} == {line}


@pytest.mark.parametrize(("at", "language"), list(enumerate(("curl", "python", "javascript"))))
def test_a_member_that_a_body_has_twice_drifts(tmp_path: Path, at: int, language: str) -> None:
    (found,) = judge(CONTRACT, edited(tmp_path, post=twice(MEMBER, at))).drift
    assert (found.rule, found.subject) == ("said-twice", f"sample.post.{language}.body.field.branch_id")


@pytest.mark.parametrize(
    ("which", "old", "new", "subject"),
    [
        ("get", "The ID of the user in [Mixpanel", "Deprecated. The ID of the user in [Mixpanel", "mixpanel_user_id.description"),
        ("get", "identifiers of a profile.", "identifiers of all profiles.", "page.get.purpose"),
    ],
    ids=["description", "purpose"],
)  # fmt: skip
def test_a_text_that_says_more_than_the_name_is_no_agreement(
    tmp_path: Path, which: str, old: str, new: str, subject: str
) -> None:
    found = judge(CONTRACT, edited(tmp_path, **{which: replaced(old, new)}))
    (claim,) = [each for each in found.claims if each.stated.subject.endswith(subject)]
    assert claim.outcome is Outcome.BESIDE


def test_running_text_is_beside_the_api(tmp_path: Path) -> None:
    found = judge(CONTRACT, edited(tmp_path, get=replaced("## Parameters", "Only on Mondays.\n\n## Parameters")))
    (claim,) = [each for each in found.claims if each.stated.claim.value == "Only on Mondays."]
    assert (claim.outcome, found.drift) == (Outcome.BESIDE, ())
