"""The summary fits a screen, says the worst first, and its curl lines can be pasted."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from adapty_contract.curl import curl_line
from adapty_contract.model import Level, Profile, TransportFault, Verdict
from adapty_contract.record import LayerRecord, Restoration, RestorationRecord, TargetKind, TargetRecord
from adapty_contract.reporters.terminal import print_summary, summary

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

REPORTS = [Path("reports/report.json"), Path("reports/junit.xml"), Path("reports/report.har")]


def crowded(record: RunRecord, make: SimpleNamespace) -> RunRecord:
    """A run with as much to say beside its verdicts as a clean run can have."""
    unsettled = [
        make.report(make.clause(f"{verdict}-{number}"), verdict, why=f"reason {number} " + "of many words " * 20)
        for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED)
        for number in range(9)
    ]
    return replace(record, clauses=(*record.clauses, *unsettled), warnings=tuple(f"warning {n}" for n in range(9)))


@pytest.mark.parametrize("width", [80, 100, 120, 250])
def test_clean_run_fits_a_screen(clean: RunRecord, width: int) -> None:
    lines = summary(clean, REPORTS, width=width).splitlines()

    assert len(lines) <= 40
    assert max(map(cell_len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)


def test_crowded_clean_run_fits_a_screen(clean: RunRecord, make: SimpleNamespace) -> None:
    text = summary(crowded(clean, make), REPORTS)

    assert len(text.splitlines()) <= 40
    assert "+8 more reasons in report.json" in text
    assert "+7 more reasons in report.json" in text
    assert "+6 more in report.json" in text
    assert "entry-0" in text


def test_clean_run_says_what_was_tested_and_what_came_of_it(clean: RunRecord) -> None:
    text = summary(clean, REPORTS, width=120)

    for part in (
        " HELD  48 of 53 MUST clauses held, none is violated.",
        "target     embedded mock at http://127.0.0.1:8080",
        "profile    suite-1; other: suite-2",
        "contract   1.0.0 (3f2a9c1b7e04), adapty-contract 0.1.0",
        "requests   3 in 1.94 s: scenarios 412, model 120, schema 80",
        "seed       20260131",
        "writes seen up to 0.40 s late (waited for at most 5.00 s); 2 throttled answers (status 429), 2.00 s",
        "entry-0   answers 400 validation_error, variant 0",
        "+5 more in report.json",
        "5 clauses  needs a second profile (--other-customer-user-id): needs-0, needs-1",
        "afterwards suite-1: restored",
        "reports    reports/report.json reports/junit.xml reports/report.har",
    ):
        assert part in text
    rows = [line.split() for line in text.splitlines()]
    assert ["MUST", "48", "0", "0", "5"] in rows
    assert ["MAY", "0", "0", "2", "0"] in rows


def test_target_is_told_with_the_path_where_it_may_differ(clean: RunRecord) -> None:
    url = "http://127.0.0.1:8080/api/v2/some/path/"
    embedded = TargetRecord(TargetKind.EMBEDDED, url)
    other = TargetRecord(TargetKind.URL, url)

    assert "target     embedded mock at http://127.0.0.1:8080\n" in summary(replace(clean, target=embedded))
    assert f"target     {url}\n" in summary(replace(clean, target=other))


def test_all_held_is_said_in_so_many_words(clean: RunRecord) -> None:
    held = tuple(report for report in clean.clauses if report.verdict is Verdict.HELD)

    assert summary(replace(clean, clauses=held)).startswith(" HELD  All 48 MUST clauses held.")


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        (
            {"exit_code": 3, "stopped": "the key was refused", "clauses": ()},
            " NOT TESTED  The key was refused. No MUST",
        ),
        ({"exit_code": 4, "complete": False, "stopped": "budget spent."}, " STOPPED  Budget spent. 48 of 53 MUST"),
        ({"exit_code": 5, "clauses": ()}, " NOTHING EXERCISED  No MUST clause was exercised."),
        ({"exit_code": 6}, " REPORT MISSING  48 of 53"),
        ({"exit_code": 130, "complete": False}, " INTERRUPTED  The run ended early. 48 of 53"),
        ({"exit_code": 143, "complete": False}, " INTERRUPTED  "),
        ({"exit_code": 99}, " EXIT 99  "),
    ],
)
def test_first_words_are_the_outcome(clean: RunRecord, changes: dict[str, Any], start: str) -> None:
    assert summary(replace(clean, **changes)).startswith(start)


def test_finding_shows_clause_expectation_sight_and_origin(broken: RunRecord) -> None:
    text = summary(broken, REPORTS)

    assert text.startswith(" VIOLATED  14 MUST and 1 SHOULD clauses are violated; 12 of them may follow from")
    for part in (
        "  ✗ write-is-stored  MUST\n",
        "    clause     The sentence of write is stored says what the API promises.\n",
        "    expected   the read after it says b-1\n",
        "    seen       the read after it says null\n",
        "    found by   scenarios, write-then-read; seed 20260131\n",
        "  ✗ post-success-is-blank  SHOULD, does not fail the run\n",
    ):
        assert part in text


def test_root_comes_before_its_consequences_and_ten_of_them_are_enough(broken: RunRecord) -> None:
    text = summary(broken)

    assert text.index("✗ write-is-stored") < text.index("↳ follows-0") < text.index("✗ read-is-private")
    assert text.count("↳ follows-") == 10
    assert "↳ 2 more in report.json" in text
    assert "✗ follows" not in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_curl_line_stands_in_one_piece(broken: RunRecord, width: int) -> None:
    lines = [line.strip() for line in summary(broken, width=width).splitlines()]

    for exchange in broken.exchanges[1:]:
        assert curl_line(exchange, broken.target.url) in lines


def test_request_too_long_to_paste_is_named(clean: RunRecord, make: SimpleNamespace) -> None:
    found = make.violated(make.clause("long"), "seen", 7)
    record = replace(clean, exit_code=1, clauses=(found,), exchanges=(make.write(7, b"x" * 5000),))

    assert "the request is exchange 7 in report.har; it is too long" in summary(record)


def test_more_than_ten_findings_are_counted(clean: RunRecord, make: SimpleNamespace) -> None:
    many = tuple(make.violated(make.clause(f"broken-{number}"), "seen") for number in range(25))
    text = summary(replace(clean, exit_code=1, clauses=many))

    assert text.count("✗ broken-") == 10
    assert "15 more findings in report.json" in text


def test_further_results_of_a_clause_are_counted(clean: RunRecord, make: SimpleNamespace) -> None:
    one = make.violated(make.clause("often"), "seen")
    text = summary(replace(clean, exit_code=1, clauses=(replace(one, results=one.results * 3),)), width=120)

    assert "; 3 of 3 results; all in report.json" in text


def test_violated_should_that_fails_no_run_is_no_alarm(clean: RunRecord, make: SimpleNamespace) -> None:
    record = replace(clean, clauses=(make.violated(make.clause("s", level=Level.SHOULD), "x"), *clean.clauses))

    assert summary(record).startswith(" HELD  1 SHOULD clause is violated, which does not fail a run without --strict.")


def test_what_was_left_behind_and_left_out_is_told(clean: RunRecord) -> None:
    record = replace(
        clean,
        layers=tuple(LayerRecord(name, 0, 0.0, 0, "left out: no budget") for name in ("model", "schema")),
        restoration=(RestorationRecord(Profile(None, "b"), Restoration.NOT_UNSET, ("branch_id", "appsflyer_id")),),
    )
    text = summary(record)

    assert "layers     model, schema: left out: no budget" in text
    assert "afterwards profile b: could not be unset: branch_id, appsflyer_id" in text


def test_markup_of_a_server_is_text(clean: RunRecord, make: SimpleNamespace) -> None:
    found = make.violated(make.clause("plain"), "[bold red]x[/bold red] [link=http://x.test]y[/link] :smile:")

    assert "[bold red]x[/bold red] [link=http://x.test]y[/link] :smile:" in summary(replace(clean, clauses=(found,)))


def test_terminal_gets_colour_and_nobody_else(broken: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    def printed(*, terminal: bool) -> str:
        file = io.StringIO()
        print_summary(broken, Console(file=file, force_terminal=terminal, width=80, color_system="standard"))
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31m" in printed(terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in printed(terminal=True)
    assert "\x1b" not in summary(broken)


def test_stream_that_knows_only_ascii_gets_only_ascii(broken: RunRecord, make: SimpleNamespace) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    record = replace(broken, clauses=(*broken.clauses, make.violated(make.clause("é"), "ё 😀" * 200, 1)))
    print_summary(record, Console(file=stream, width=80))
    stream.flush()

    assert "x write-is-stored" in raw.getvalue().decode("ascii")
    assert r"\u0451 \U0001f600" in raw.getvalue().decode("ascii")


def test_wide_characters_do_not_break_the_columns(clean: RunRecord, make: SimpleNamespace) -> None:
    found = make.report(make.clause("広い" * 20), Verdict.INCONCLUSIVE, why="漢字" * 60)
    lines = summary(replace(clean, clauses=(found,))).splitlines()

    assert max(map(cell_len, lines)) <= 80


def test_violations_are_counted_where_the_record_keeps_some(clean: RunRecord, make: SimpleNamespace) -> None:
    often = replace(make.violated(make.clause("often"), "no", 1), count=541, exercised=566)

    text = summary(replace(clean, clauses=(often,), exit_code=1), width=120)
    assert "; seed 20260131; 541 of 566 results; 1 of them in report.json" in text


def test_request_that_was_never_sent_has_no_line(clean: RunRecord, make: SimpleNamespace) -> None:
    refused = make.exchange(4, response=None, fault=TransportFault("unsendable", "no HTTP"))
    found = make.violated(make.clause("odd"), "no", 4)
    text = summary(replace(clean, clauses=(found,), exchanges=(*clean.exchanges, refused), exit_code=1), width=120)

    assert "curl" not in text
    assert "the request is exchange 4 in report.har; no HTTP client can send it" in text
    assert "requests   3 in" in text


def test_nothing_is_said_to_be_in_a_file_that_was_not_written(clean: RunRecord) -> None:
    assert "report.json" in summary(clean)
    assert "report.json" not in summary(replace(clean, settings={}))
    assert "+5 more in the record" in summary(replace(clean, settings={"formats": ["html"]}), width=120)
