"""The reference in a browser: quiet, harmless, readable at any width, in either scheme, on paper, without scripts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from adapty_contract.contract import load_contract
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MockSettings
from adapty_contract.mock.site import SiteSource
from adapty_contract.model import ClauseReport, Verdict
from adapty_contract.reference.building import build
from support.browser import SCHEMES, WIDTHS, Watched, opened
from support.records import made

CONTRACT = load_contract()
ENTRY = "ledger/trailing-slash.html"

_HIDDEN = """(ids) => ids.filter((id) => {
  const found = document.getElementById(id);
  return !found || !found.checkVisibility() || !found.getBoundingClientRect().height;
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference as files, with the report of a run in which everything held."""
    root = tmp_path_factory.mktemp("reference")
    record = made(*(ClauseReport(clause, Verdict.HELD) for clause in CONTRACT.clauses.values()))
    for name, content in build(CONTRACT, record).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@contextmanager
def shown(
    browser: Browser, folder: Path, name: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[Watched]:
    """A page from its file; it asks nobody for anything and complains of nothing."""
    with opened(browser, (folder / name).as_uri(), width=width, scheme=scheme, scripts=scripts) as watched:
        yield watched
        assert watched.complaints == []
        assert watched.elsewhere(folder.as_uri()) == []


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """A mock that serves its copy of the reference."""
    files = build(CONTRACT, console=True)
    with MockServer(CONTRACT, MockSettings(), site=SiteSource(lambda: files, lambda _: {})) as running:
        yield running


@pytest.mark.parametrize(("width", "scheme"), list(itertools.product(WIDTHS, SCHEMES)))
def test_the_mocks_copy_is_as_quiet_accessible_and_fitting(
    browser: Browser, mock: MockServer, width: str, scheme: str
) -> None:
    with opened(browser, f"{mock.url}/", width=WIDTHS[width], scheme=scheme) as watched:
        assert watched.violations() == []
        assert watched.overflows() == []
        assert watched.complaints == []
        assert watched.elsewhere(mock.url) == []
        assert f"{mock.url}/" in watched.requests


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [pytest.param(width, id=name) for name, width in WIDTHS.items()])
def test_front_page_is_accessible_and_fits(browser: Browser, folder: Path, width: int, scheme: str) -> None:
    with shown(browser, folder, "index.html", width=width, scheme=scheme) as watched:
        assert watched.violations() == []
        assert watched.overflows() == []


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        (ENTRY, "wide", "light"),
        (ENTRY, "narrow", "dark"),
        ("ledger/index.html", "narrow", "dark"),
        ("profile.html", "narrow", "light"),
        ("examples.html", "narrow", "dark"),
        ("clauses.html", "wide", "light"),
        ("changelog.html", "narrow", "dark"),
    ],
)
def test_other_page_is_accessible_and_fits(browser: Browser, folder: Path, name: str, width: str, scheme: str) -> None:
    with shown(browser, folder, name, width=WIDTHS[width], scheme=scheme) as watched:
        assert watched.violations() == []
        assert watched.overflows() == []


@pytest.mark.parametrize("name", ["sources.html", "clauses.html"])
def test_long_page_fits(browser: Browser, folder: Path, name: str) -> None:
    with shown(browser, folder, name, width=WIDTHS["narrow"]) as watched:
        assert watched.overflows() == []


def test_page_without_scripts_shows_everything(browser: Browser, folder: Path) -> None:
    fields = [f"{part}-{name}" for name in CONTRACT.identifiers for part in ("identifier", "get-200", "post-request")]
    ids = [
        *fields,
        *(f"clause-{name}" for name in CONTRACT.clauses),
        "get-status-401",
        "pitfall-blank-answer",
        "ledger",
    ]
    with shown(browser, folder, "index.html", scripts=False) as watched:
        page = watched.page
        assert (
            page.evaluate(_HIDDEN, [each for each in ids if not each.startswith(("get-200-", "post-request-"))]) == []
        )
        assert page.evaluate("(ids) => ids.filter((id) => !document.getElementById(id))", ids) == []
        expect(page.locator("#search")).not_to_be_visible()
        expect(page.locator("#post-fetch")).not_to_be_visible()
        page.locator("label[for=post-fetch-tab]").click()
        expect(page.locator("#post-fetch")).to_be_visible()
        expect(page.locator("#post-curl")).not_to_be_visible()
        page.locator("#example-MalformedJson a").click()
        expect(page.locator("#example-MalformedJson pre")).to_be_visible()
        expect(page).to_have_url((folder / "examples.html").as_uri() + "#example-MalformedJson")


def test_samples_are_chosen_by_keyboard(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        watched.page.locator("#get-curl-tab").focus()
        watched.page.keyboard.press("ArrowRight")
        expect(watched.page.locator("#get-httpx")).to_be_visible()
        expect(watched.page.locator("#get-httpx .copy")).to_be_visible()


def test_search_works_by_keyboard(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        page = watched.page
        page.keyboard.press("/")
        page.keyboard.type("appsflyer_id")
        expect(page.locator("#told")).to_contain_text("found")
        expect(page.locator("#found a").first).to_contain_text("appsflyer_id")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#found a").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{(folder / 'index.html').as_uri()}#identifier-appsflyer_id")
        expect(page.locator("#identifier-appsflyer_id")).to_be_in_viewport()
        page.keyboard.press("/")
        page.keyboard.type("write-merges")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        expect(page.locator("#search")).to_be_focused()
        expect(page.locator("#search")).to_have_value("")
        expect(page.locator(".found")).not_to_be_visible()


def test_search_leads_to_ledger_pages_and_says_when_nothing_is_found(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        page = watched.page
        page.locator("#search").fill("nothing has this name")
        expect(page.locator("#told")).to_have_text("0 found")
        page.locator("#search").fill("silently become")
        page.keyboard.press("Enter")
        expect(page).to_have_url((folder / ENTRY).as_uri())


@pytest.mark.parametrize(
    ("words", "href", "kind"),
    [
        pytest.param("error_code", "#schema-ErrorResponse-error_code", "member of ErrorResponse", id="member"),
        pytest.param("non_field_errors", "#schema-ErrorItem-source", "member of ErrorItem", id="text of a member"),
        pytest.param("ErrorItem", "#schema-ErrorItem", "schema", id="schema"),
        pytest.param("AccessLevel", "profile.html#schema-AccessLevel", "schema", id="schema of another page"),
        pytest.param("MalformedJson", "examples.html#example-MalformedJson", "example", id="example"),
        pytest.param("set integration", "#post", "section", id="operation"),
        pytest.param("request body", "#post-request", "section", id="section"),
        pytest.param("unauthorized-code", "ledger/unauthorized-code.html", "ledger", id="id of a ledger entry"),
        pytest.param("400 bad request get", "#get-status-400", "status, GET", id="status of a read"),
        pytest.param("400 bad request post", "#post-status-400", "status, POST", id="status of a write"),
        pytest.param("write-merges", "#clause-write-merges", "clause, POST and GET", id="clause"),
    ],
)
def test_search_finds(browser: Browser, folder: Path, words: str, href: str, kind: str) -> None:
    with shown(browser, folder, "index.html") as watched:
        watched.page.locator("#search").fill(words)
        found = watched.page.locator(f"#found a[href='{href}'] span")
        expect(found).to_have_count(2)
        expect(found.last).to_have_text(kind)


def test_members_can_be_linked_to(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        link = watched.page.locator("#schema-ErrorResponse-error_code > a.permalink")
        expect(link).to_have_attribute("href", "#schema-ErrorResponse-error_code")
        link = watched.page.locator("#clause-write-merges > a.permalink")
        expect(link).to_have_attribute("href", "clauses.html#clause-write-merges")


def test_anchors_are_reached_and_tabs_chosen(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        page = watched.page
        for anchor in ("get-200-branch_id", "example-ProxyPage", "post-fetch"):
            page.goto(f"{(folder / 'index.html').as_uri()}#{anchor}")
            expect(page.locator(f":is(dt, li, div):is(#{anchor}, :has(> #{anchor}))").first).to_be_in_viewport()
        expect(page.locator("#post-fetch pre")).to_be_visible()


def test_ages_go_by_the_readers_clock(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        expect(watched.page.locator("#ended")).to_contain_text("ago")
        expect(watched.page.locator("#schema-ErrorResponse-errors time")).to_contain_text("2026-01-31 12:00 (")
    with shown(browser, folder, "clauses.html") as watched:
        expect(watched.page.locator("#clause-write-merges + dd time")).to_contain_text("ago")


def test_paper_has_no_navigation_and_all_samples(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html") as watched:
        page = watched.page
        page.emulate_media(media="print")
        for hidden in ("#search", "#contents", ".top", ".copy >> nth=0"):
            expect(page.locator(hidden)).not_to_be_visible()
        expect(page.locator("#get-fetch")).to_be_visible()
        assert watched.overflows() == []


def test_contents_fold_where_there_is_no_room(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "index.html", width=WIDTHS["narrow"]) as watched:
        page = watched.page
        expect(page.get_by_text("Contents", exact=True).and_(page.locator(":visible"))).to_have_count(1)
        statuses = page.locator("#contents a[href='#statuses']")
        expect(statuses).not_to_be_visible()
        page.locator(".to-contents a").click()
        statuses.click()
        expect(page.locator("#statuses")).to_be_in_viewport()


def test_ledger_can_be_filtered(browser: Browser, folder: Path) -> None:
    with shown(browser, folder, "ledger/index.html") as watched:
        page = watched.page
        page.locator("select[name=confidence]").select_option("medium")
        expect(page.locator("output")).to_contain_text(f"of {len(CONTRACT.ledger)}")
        expect(page.locator("#entries > li:visible")).to_have_count(
            sum(entry.confidence == "medium" for entry in CONTRACT.ledger.values())
        )
