"""The HTML report as a reader has it: a file, opened in a browser, with scripts or without, in light and dark, on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.model import ClauseReport, Exchange, Observation, Verdict
from adapty_contract.record import RunRecord
from adapty_contract.redact import Redactor
from adapty_contract.reporters.html import render
from support.browser import SCHEMES, WIDTHS, opened
from support.matrix import verify

FAULTS = ("null-kept-as-text", "code-empty")
HOSTILE = (
    "</script></style></pre></textarea><img src=x onerror=\"document.title='broken in'\">"
    "<script>document.title='broken in'</script> \x1b[31m \x00 \ud800 \u202eevil\u2066 שלום {{ 7 * 7 }} "
) + "A" * 100_000


@pytest.fixture(scope="module")
def ran() -> RunRecord:
    """A run with violations and open questions."""
    return verify(faults=FAULTS)


@pytest.fixture(scope="module")
def whole(ran: RunRecord, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that run."""
    return written(ran, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def brief(ran: RunRecord, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that has one of everything, as what looks at each element takes seconds for a whole one."""
    return written(shortened(ran), tmp_path_factory.mktemp("brief"))


def shortened(record: RunRecord) -> RunRecord:
    """A clause of each verdict, a few observations and exchanges, a run that ended early."""
    first = {report.verdict: report for report in reversed(record.clauses)}
    held = first[Verdict.HELD]
    kept = [
        *[report for report in record.clauses if report.verdict is Verdict.VIOLATED][:4],
        held,
        replace(
            held, clause=replace(held.clause, id="doubtful"), verdict=Verdict.INCONCLUSIVE, why="nothing sure came"
        ),
        replace(held, clause=replace(held.clause, id="left-out"), verdict=Verdict.NOT_EXERCISED, why="needs --more"),
    ]
    shown = {number for report in kept for result in report.results for number in result.exchanges}
    contract = replace(record.contract, surface=record.contract.surface[::6], questions=record.contract.questions[:4])
    return replace(
        record,
        contract=contract,
        clauses=tuple(kept),
        observations=record.observations[:3],
        exchanges=tuple(each for each in record.exchanges if each.number in {*shown, *range(20)}),
        complete=False,
        stopped="five failures in a row",
        warnings=("HTTP_PROXY is set and was ignored",),
    )


def spoilt(record: RunRecord) -> RunRecord:
    """The same run against a server that attacks whoever reads about it."""

    def evil(exchange: Exchange) -> Exchange:
        if exchange.response is None:
            return exchange
        wire = HOSTILE.encode("utf-8", "surrogatepass")
        text = wire.decode("latin-1")
        return replace(
            exchange,
            label=HOSTILE,
            response=replace(exchange.response, body=wire, reason=text, headers=((text, text),)),
        )

    def said(report: ClauseReport) -> ClauseReport:
        results = tuple(replace(each, expected=HOSTILE, seen=HOSTILE, case=HOSTILE) for each in report.results)
        return replace(report, why=HOSTILE, results=results)

    return replace(
        record,
        clauses=tuple(map(said, record.clauses)),
        observations=(Observation(HOSTILE, HOSTILE, (HOSTILE,), (1,)),),
        exchanges=tuple(map(evil, record.exchanges)),
        stopped=HOSTILE,
        warnings=(HOSTILE,),
    )


def written(record: RunRecord, folder: Path) -> Path:
    """The page of a record, as a file."""
    path = folder / "report.html"
    path.write_bytes(render(record))
    return path


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_page_is_accessible_and_fits(browser: Browser, brief: Path, width: int, scheme: str) -> None:
    with opened(browser, brief.as_uri(), width=width, scheme=scheme) as seen:
        assert seen.violations() == []
        assert seen.overflows() == []
        assert seen.complaints == []
        assert seen.elsewhere(brief.as_uri()) == []


def test_whole_page_is_accessible(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri()) as seen:
        assert seen.violations() == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_whole_page_fits_and_asks_nobody(browser: Browser, whole: Path, width: int) -> None:
    with opened(browser, whole.as_uri(), width=width) as seen:
        assert seen.overflows() == []
        seen.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert seen.overflows() == []
        assert seen.complaints == []
        assert seen.elsewhere(whole.as_uri()) == []


def test_first_screen_says_what_broke(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri()) as seen:
        expect(seen.page.locator("h1")).to_contain_text("VIOLATED")
        for heading in ("What broke", "What to do"):
            expect(seen.page.locator("header h2", has_text=heading)).to_be_in_viewport()


def test_page_reads_without_scripts(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri(), scripts=False) as seen:
        expect(seen.page.locator("form")).to_be_hidden()
        expect(seen.page.locator(".copy").first).to_be_hidden()
        expect(seen.page.locator("table.clauses tbody tr").last).to_be_visible()
        anchor = seen.page.locator("details[id^=exchange-]:not([open])").first.get_attribute("id")
        folded = seen.page.locator(f"#{anchor}")
        expect(folded.locator("pre").first).to_be_hidden()
        folded.locator("summary").click()
        expect(folded.locator("pre").first).to_be_visible()
        assert seen.complaints == []


def test_link_unfolds_the_exchange_it_leads_to(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri()) as seen:
        link = seen.page.locator("table.questions a[href^='#exchange-']").first
        target = seen.page.locator(link.get_attribute("href") or "")
        assert target.get_attribute("open") is None
        link.click()
        expect(target.locator("pre").first).to_be_in_viewport()


def test_clauses_are_filtered_by_keyboard(browser: Browser, whole: Path, ran: RunRecord) -> None:
    with opened(browser, whole.as_uri()) as seen:
        keys, rows = seen.page.keyboard, seen.page.locator("#clause-list tr[data-item]:visible")
        violated = sum(report.verdict is Verdict.VIOLATED for report in ran.clauses)
        keys.press("/")
        keys.press("Tab")
        keys.type("violated")
        expect(rows).to_have_count(violated)
        expect(seen.page.locator("output")).to_have_text(f"{violated} of {len(ran.clauses)}")
        keys.press("Shift+Tab")
        keys.type("null refused")
        expect(rows).to_have_count(1)
        keys.press("Escape")
        expect(rows).to_have_count(violated)


def test_topic_without_a_match_disappears(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri()) as seen:
        seen.page.locator("select[name=topic]").select_option("reading")
        expect(seen.page.locator("#clause-list h3:visible")).to_have_count(1)


def test_hostile_server_gets_nothing_done(browser: Browser, ran: RunRecord, tmp_path: Path) -> None:
    path = written(spoilt(shortened(ran)), tmp_path)
    with opened(browser, path.as_uri(), width=WIDTHS["narrow"]) as seen:
        page = seen.page
        assert page.title().startswith("VIOLATED")
        assert page.locator("script").count() == 1
        assert page.locator("img").count() == 0
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert seen.overflows() == []
        assert seen.complaints == []
        assert seen.elsewhere(path.as_uri()) == []
        expect(page.locator("body")).to_contain_text(r"\u202eevil")


def test_paper_has_what_matters(browser: Browser, whole: Path) -> None:
    with opened(browser, whole.as_uri(), scheme="dark") as seen:
        seen.page.emulate_media(media="print", color_scheme="light")
        expect(seen.page.locator("nav")).to_be_hidden()
        expect(seen.page.locator("form")).to_be_hidden()
        expect(seen.page.locator("article.finding").first).to_be_visible()
        expect(seen.page.locator("details[id^=exchange-][open] pre").first).to_be_visible()
        expect(seen.page.locator("details[id^=exchange-]:not([open])").first).to_be_hidden()
        assert seen.page.pdf().startswith(b"%PDF")


def test_key_is_in_no_byte(whole: Path) -> None:
    assert not Redactor([MOCK_KEY]).found_in(whole.read_bytes())
    assert b"$ADAPTY_API_KEY" in whole.read_bytes()
