"""How the pages of the reference behave: links into them, tabs, the search, paper; whatever the link and the scheme."""

from __future__ import annotations

import re
import zlib

import pytest
from playwright.sync_api import Browser, Page, expect

from adapty_contract.contract import load_contract
from adapty_contract.model import ClauseReport, Verdict
from adapty_contract.reference.building import build
from support.browser import SCHEMES, WIDTHS, opened
from support.records import made

CONTRACT = load_contract()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the front page of a reference with a report is."""
    root = tmp_path_factory.mktemp("reference")
    record = made(*(ClauseReport(clause, Verdict.HELD) for clause in CONTRACT.clauses.values()))
    for name, content in build(CONTRACT, record).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return (root / "index.html").as_uri()


@pytest.mark.parametrize("fragment", ["%E0%A4%A", "%", "nothing", "", "%67et"])
def test_no_fragment_takes_the_scripts_away(browser: Browser, front: str, fragment: str) -> None:
    with opened(browser, f"{front}#{fragment}") as watched:
        watched.page.locator("#search").fill("appsflyer_id")
        expect(watched.page.locator("#told")).to_contain_text("found")
        expect(watched.page.locator("#ended")).to_contain_text("ago")
        assert watched.complaints == []


def test_a_link_to_a_sample_chooses_its_tab_and_leaves_the_choice(browser: Browser, front: str) -> None:
    with opened(browser, f"{front}#get-requests") as watched:
        page = watched.page
        assert shown_samples(page) == ["get-requests", "post-curl"]
        expect(page.locator("#get-requests-tab")).to_be_checked()
        expect(page.locator("#get-requests")).to_be_in_viewport()
        page.locator("label[for=get-fetch-tab]").click()
        assert shown_samples(page) == ["get-fetch", "post-curl"]


def test_a_link_to_a_sample_shows_it_without_scripts_too(browser: Browser, front: str) -> None:
    with opened(browser, f"{front}#get-requests", scripts=False) as watched:
        expect(watched.page.locator("#get-requests")).to_be_visible()


def shown_samples(page: Page) -> list[str]:
    """The ids of the samples that can be seen."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.sample')].filter((each) => each.checkVisibility()).map((each) => each.id)"
    )
    return found


@pytest.mark.parametrize("width", WIDTHS.values())
def test_the_button_that_copies_takes_no_width_and_hides_no_code(browser: Browser, front: str, width: int) -> None:
    with opened(browser, front, width=width) as watched:
        page = watched.page
        code, tabs = (page.locator(each).bounding_box() for each in ("#get-curl pre", ".tabs >> nth=0"))
        assert code
        assert tabs
        assert code["width"] == pytest.approx(tabs["width"], abs=1)
        for name in ("get-curl", "post-requests"):
            page.locator(f"label[for={name}-tab]").click()
            hidden = page.evaluate(_FIRST_LINE_UNDER_BUTTON, name)
            assert not hidden


_FIRST_LINE_UNDER_BUTTON = """(name) => {
  const button = document.querySelector(`#${name} .copy`).getBoundingClientRect();
  const code = document.getElementById(`${name}-code`);
  const range = document.createRange();
  range.setStart(code.firstChild, 0);
  range.setEnd(code.firstChild, code.textContent.indexOf("\\n"));
  return [...range.getClientRects()].some((each) => each.right > button.left && each.top < button.bottom && each.bottom > button.top);
}"""


def test_the_search_closes_when_it_is_left_and_is_found_again(browser: Browser, front: str) -> None:
    with opened(browser, front) as watched:
        page, found = watched.page, watched.page.locator(".found")
        page.locator("#search").fill("write-merges")
        expect(found).to_be_visible()
        while page.evaluate("() => document.activeElement.closest('.search') !== null"):
            page.keyboard.press("Tab")
        expect(found).not_to_be_visible()
        page.locator("#search").focus()
        expect(found).to_be_visible()
        page.locator("#told").click()
        expect(found).to_be_visible()
        page.locator("main > h1").click(position={"x": 5, "y": 5})
        expect(found).not_to_be_visible()
        page.locator("#search").click()
        expect(found).to_be_visible()
        expect(page.locator("#search")).to_have_value("write-merges")


def test_examples_are_on_paper_in_full(browser: Browser, front: str) -> None:
    """They have a page of their own, on which nothing is folded."""
    with opened(browser, front.replace("index.html", "examples.html"), scripts=False) as watched:
        watched.page.emulate_media(media="print")
        examples = watched.page.locator("section[id^=example-] > pre")
        assert examples.count() > 20
        assert [each for each in examples.all() if not each.is_visible()] == []
        assert watched.overflows() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_ink_on_paper_is_dark(browser: Browser, front: str, scheme: str) -> None:
    with opened(browser, front, scheme=scheme) as watched:
        page = watched.page
        on_screen, light = colour_of(page), scheme == "light"
        assert (sum(on_screen) < 300) is light
        page.emulate_media(media="print", color_scheme="light" if light else "dark")
        assert sum(colour_of(page)) < 300


def colour_of(page: Page) -> tuple[int, ...]:
    """The colour of the text: red, green and blue."""
    told: str = page.evaluate("() => getComputedStyle(document.body).color")
    return tuple(map(int, re.findall(r"\d+", told)[:3]))


def test_a_dark_scheme_is_not_printed(browser: Browser, front: str) -> None:
    with opened(browser, front, scheme="dark") as watched:
        pages = watched.page.pdf()
    inks = {float(red) for red in re.findall(rb"([\d.]+) [\d.]+ [\d.]+ rg\b", b"\n".join(streams_of(pages)))}
    assert 0.1 < min(inks) < 0.15, "the ink of the light scheme"
    assert max(inks) <= 1


def streams_of(document: bytes) -> list[bytes]:
    """The streams of a PDF that are deflated."""
    found = []
    for each in re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(each))
        except zlib.error:
            continue
    return found
