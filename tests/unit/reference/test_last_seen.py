"""What the last report makes the pages say: of which server, what was seen of a place, and whose fault it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.model import ClauseReport, Result, Verdict
from adapty_contract.record import RunRecord, TargetKind, TargetRecord
from adapty_contract.reference.building import build
from adapty_contract.reference.facts import Facts
from adapty_contract.reference.last_report import last_report
from adapty_contract.reference.view import View, view

CONTRACT = load_contract()


def report_of(run: RunRecord, **clauses: ClauseReport) -> RunRecord:
    """The run with other reports of some clauses, whose names have underscores here."""
    reports = {report.clause.id: report for report in run.clauses}
    changed = {name.replace("_", "-"): report for name, report in clauses.items()}
    return replace(run, clauses=tuple((reports | changed).values()))


def violated(name: str, seen: str) -> ClauseReport:
    result = Result(name, Verdict.VIOLATED, f"{seen}: 1", f"{seen}: 2", exchanges=(1,))
    return ClauseReport(CONTRACT.clauses[name], Verdict.VIOLATED, results=(result,) if seen else (), count=1)


def field(told: View, name: str) -> Facts:
    return next(each.facts for each in told.identifiers if each.name == name)


def bad(facts: Facts) -> list[str]:
    assert facts.last
    return [report.clause.id for report in facts.last.bad]


def told_of(run: RunRecord, url: str, kind: TargetKind = TargetKind.URL, **settings: object) -> dict[str, str]:
    record = replace(run, target=TargetRecord(kind, url), settings={**run.settings, **settings})
    return {name: content.decode() for name, content in build(CONTRACT, record).items()}


def test_a_violation_is_of_the_fields_that_it_names(run: RunRecord) -> None:
    broken = violated("values-round-trip", "one_signal_subscription_id")
    told = view(CONTRACT, report_of(run, values_round_trip=broken, write_merges=ClauseReport(
        CONTRACT.clauses["write-merges"], Verdict.HELD)))  # fmt: skip

    assert bad(field(told, "one_signal_subscription_id")) == ["values-round-trip"]
    assert bad(field(told, "airbridge_device_id")) == []


def test_a_fields_own_clause_is_no_fault_of_its_if_another_is_named(run: RunRecord) -> None:
    """`posthog_distinct_user_id` shares a ledger entry with the clause."""
    broken = violated("every-identifier-is-writable", "one_signal_subscription_id")
    told = view(CONTRACT, report_of(run, every_identifier_is_writable=broken))

    assert "every-identifier-is-writable" in {each.id for each in field(told, "posthog_distinct_user_id").clauses}
    assert "every-identifier-is-writable" not in bad(field(told, "posthog_distinct_user_id"))


def test_a_violation_that_names_no_field_is_of_those_whose_clause_it_is(run: RunRecord) -> None:
    told = view(CONTRACT, report_of(run, every_identifier_is_writable=violated("every-identifier-is-writable", "")))

    assert "every-identifier-is-writable" in bad(field(told, "posthog_distinct_user_id"))
    assert "every-identifier-is-writable" not in bad(field(told, "airbridge_device_id"))


def test_a_status_is_not_blamed_for_a_clause_that_only_shares_an_entry(run: RunRecord) -> None:
    told = view(CONTRACT, report_of(run, options_tells_no_data=violated("options-tells-no-data", "")))
    found = next(each.facts for each in told.statuses if each.code == "405")

    assert "options-tells-no-data" in {each.id for each in found.clauses}
    assert "options-tells-no-data" not in bad(found)


def test_violated_clauses_are_named_and_linked_and_tell_what_was_seen(run: RunRecord) -> None:
    broken = violated("values-round-trip", "branch_id")
    files = build(CONTRACT, report_of(run, values_round_trip=broken))
    front, clauses = files["index.html"].decode(), files["clauses.html"].decode()

    assert "1 <b>violated</b> (<a href=#clause-values-round-trip>values-round-trip</a>)" in front
    assert "expected <code>branch_id: 1</code>, seen <code>branch_id: 2</code>" in front
    assert "expected <code>branch_id: 1</code>, seen <code>branch_id: 2</code>" in clauses


def test_what_was_seen_of_a_clause_that_held_is_not_told(run: RunRecord) -> None:
    broken = replace(violated("values-round-trip", "branch_id"), verdict=Verdict.HELD)
    files = build(CONTRACT, report_of(run, values_round_trip=broken))

    assert not [name for name, content in files.items() if b"branch_id: 2" in content]


def test_a_status_that_never_came_was_not_seen(seen: Any) -> None:
    text = seen.pages["index.html"].text

    assert "Last: not seen; 1 held" in text.partition("500 Internal Server Error")[2].partition("5XX")[0]


def test_the_server_of_the_contract_is_the_vendors(run: RunRecord) -> None:
    for url in ("https://api.adapty.io", "https://API.adapty.io:443/"):
        files = told_of(run, url)
        assert "of the vendor's service, <code>api.adapty.io</code>" in files["index.html"]
        assert "; settled" in files["ledger/add-set-or-replace.html"]


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "api.adapty.io.example.test", "[::1]:8080", "api.adapty.io:8443"])
def test_no_other_server_settles_anything(run: RunRecord, host: str) -> None:
    files = told_of(run, f"http://{host}")

    assert f"of another server, <code>{host}</code>" in files["index.html"]
    assert "it says nothing about the vendor's service" in files["index.html"]
    assert f"; answered by {host}" in files["ledger/add-set-or-replace.html"]
    assert "and settles nothing" in files["ledger/add-set-or-replace.html"]


def test_credentials_of_a_url_are_not_published(run: RunRecord) -> None:
    files = told_of(run, "https://user:hunter2@staging.example.test/base")

    assert "staging.example.test" in files["index.html"]
    assert [name for name, text in files.items() if "hunter2" in text or "user:" in text] == []


@pytest.mark.parametrize("url", ["https://a`b](x)<i>/", "http://[", "nonsense", "https://a:99999999/"])
def test_an_address_that_is_none_is_not_repeated(run: RunRecord, url: str) -> None:
    files = told_of(run, url)

    assert "of another server," in files["index.html"]
    assert "](x)" not in files["reference.md"]


def test_a_run_with_faults_says_so_at_every_place(run: RunRecord) -> None:
    faults, dialects = ["write-lost", "<b>x</b>"], ["chunked"]
    files = told_of(run, "http://127.0.0.1:1", TargetKind.EMBEDDED, faults=faults, dialects=dialects)

    for page in ("index.html", "clauses.html", "reference.md"):
        assert "write-lost" in files[page], page
        assert "chunked" in files[page], page
        assert "<b>x" not in files[page], page
    assert "the mock with faults, <time>" in files["index.html"]
    assert "the mock with faults" in files["ledger/add-set-or-replace.html"]


@pytest.mark.parametrize("ended", ["", "yesterday", "<b>2026</b>"])
def test_a_run_without_an_end_has_no_date(run: RunRecord, ended: str) -> None:
    report = last_report(CONTRACT, replace(run, ended=ended))
    assert report
    assert report.moment == "at an unknown time"
    files = build(CONTRACT, replace(run, ended=ended))
    assert b"at an unknown time" in files["index.html"]
    assert b"<b>2026" not in files["reference.md"]
