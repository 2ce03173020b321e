"""The console of the reference: it asks the mock that served it, shows the verdicts, and believes no answer."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from adapty_contract.cli.mock import _site
from adapty_contract.contract import load_contract
from adapty_contract.mock.asgi import OWN_PREFIX
from adapty_contract.mock.seeds import CUSTOMER_1, Seed
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.mock.site import SiteSource
from adapty_contract.model import Exchange
from adapty_contract.reference.form import form
from adapty_contract.web import assets, environment
from support.browser import SCHEMES, WIDTHS, Watched, opened

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
OWN_KEY = "OwnKey01.abcdefghijklmnopqrstuvwxyz012345"
HOSTILE = (
    "</pre><script>document.title = 'broken in'</script><img src=x onerror=\"document.title = 'broken in'\">\u202e"
)


ALONE = """{% extends "base.html" %}{% block title %}The console{% endblock %}
{% block body %}<main id="content">{% include "_console.html" %}</main>{% endblock %}"""
"""The console and nothing else; two tests take the page of the reference."""


@pytest.fixture(scope="module")
def reference() -> SiteSource:
    """The whole reference, made once for all mocks of these tests."""
    made = _site(CONTRACT, MockSettings(), lambda: "http://127.0.0.1:4010")
    files = made.files()
    return SiteSource(lambda: files, made.judge)


@pytest.fixture(scope="module")
def site(reference: SiteSource) -> SiteSource:
    """The console alone."""
    package = "adapty_contract.reference"
    page = environment(package).from_string(ALONE)
    parts = assets(package, ("console.css", "console.js"), connect="'self'")
    text = page.render(form=form(CONTRACT), assets=parts)
    return SiteSource(lambda: {"index.html": text.encode()}, reference.judge)


@contextmanager
def serving(site: SiteSource, settings: MockSettings | None = None) -> Iterator[MockServer]:
    with MockServer(CONTRACT, settings or MockSettings(), site=site) as server:
        yield server


@pytest.fixture(scope="module")
def server(site: SiteSource) -> Iterator[MockServer]:
    with serving(site) as running:
        yield running


@contextmanager
def console(browser: Browser, server: MockServer, page: str = "") -> Iterator[Watched]:
    """The page with its form filled in; afterwards nothing may have been asked of anybody but the mock."""
    with opened(browser, f"{server.url}/{page}") as watched:
        expect(watched.page.locator("#console-mock")).not_to_be_empty()
        yield watched
        assert watched.elsewhere(f"{server.url}/") == []
        assert [said for said in watched.complaints if "Failed to load resource" not in said] == []


def told(page: Locator, text: str) -> None:
    expect(page.locator("#console-told")).to_have_text(re.compile(text))


def verdict_of(page: Locator, clause: str) -> str:
    return page.locator(f"#console-clauses li:has(a[href$='#clause-{clause}']) .badge").inner_text()


def last(server: MockServer) -> Exchange:
    return server.application.journal.exchanges()[-1]


PRESETS = [
    ("a read", 200, "known-profile-is-read-with-200"),
    ("a write", 200, "valid-write-is-200"),
    ("an unknown profile", 404, "unknown-profile-is-404"),
    ("a wrong key", 401, "key-wrong-is-401"),
    ("malformed JSON", 400, "broken-json-is-400"),
    ("a number for an id", 400, "refusal-code-fits"),
    ("a write without the slash", 301, "answer-holds-no-trace"),
]
BEYOND = {"a number for an id": "scalar-is-refused", "a write without the slash": "missing-slash-loses-no-write"}


def test_every_example_reaches_the_mock_and_is_judged(browser: Browser, reference: SiteSource) -> None:
    with serving(reference) as server, console(browser, server, "console.html") as watched:
        page = watched.page.locator(".console")
        buttons = page.locator(".presets button")
        assert buttons.all_inner_texts() == [name for name, _, _ in PRESETS]
        for name, status, clause in PRESETS:
            page.get_by_role("button", name=name, exact=True).click()
            told(page, rf"^Status {status}\. Clauses: \d+ held\.$")
            expect(page.locator("#console-clauses a").first).to_have_text(clause)
            assert verdict_of(page, clause) == "held"
            if name in BEYOND:
                expect(page.locator("#console-beyond a").first).to_have_text(BEYOND[name])
                expect(page.locator("#console-beyond")).to_contain_text("only a run judges")
            assert last(server).status == status
            assert page.locator("#console-answer").inner_text().startswith(str(status))
            assert "curl -i" in page.locator("#console-curl").inner_text()
        sent = last(server).request
        assert (sent.method, sent.target) == ("POST", CONTRACT.path.rstrip("/"))
        assert json.loads(sent.body)
        expect(page.locator("#console-told")).to_have_attribute("role", "status")


def test_it_is_used_with_the_keyboard_alone(browser: Browser, server: MockServer) -> None:
    with console(browser, server) as watched:
        page = watched.page.locator(".console")
        page.get_by_label("Method").focus()
        watched.page.keyboard.press("P")  # chooses POST
        for label in ("with its slash at the end", "Profile, by", "Id of the profile", "adapty-platform", "API key"):
            watched.page.keyboard.press("Tab")
            expect(page.get_by_label(label)).to_be_focused()
        watched.page.keyboard.press("Tab")
        watched.page.keyboard.type('{"')
        expect(page.locator("#console-body-hint")).to_have_text(re.compile("^No JSON: "))
        watched.page.keyboard.type(f'{NAME}": 5')
        watched.page.keyboard.type("}")
        expect(page.locator("#console-body-hint")).to_have_text(f"JSON; no string: {NAME}.")
        watched.page.keyboard.press("Tab")
        watched.page.keyboard.press("Enter")
        told(page, r"^Status 400\.")
        assert last(server).request.body == f'{{"{NAME}": 5}}'.encode()


def test_all_that_the_form_offers_is_sent(browser: Browser, server: MockServer) -> None:
    with console(browser, server) as watched:
        page = watched.page.locator(".console")
        page.get_by_label("Profile, by").select_option("adapty-profile-id")
        page.get_by_label("Id of the profile").fill(CUSTOMER_1.profile_id)
        page.get_by_label("adapty-platform").select_option("iOS")
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 200\.")
        sent = last(server).request
        assert sent.header("adapty-profile-id") == CUSTOMER_1.profile_id
        assert sent.header("adapty-platform") == "iOS"
        assert sent.header("adapty-customer-user-id") is None
        page.get_by_label("Profile, by").select_option("no header")
        page.get_by_label("API key").fill("")
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 401\.")
        assert verdict_of(page, "refusal-is-json") == "held"
        sent = last(server).request
        assert (sent.header("authorization"), sent.header("adapty-profile-id")) == (None, None)
        page.get_by_label("Profile, by").select_option("adapty-customer-user-id")
        page.get_by_label("Id of the profile").fill("Ж")
        page.get_by_role("button", name="Send to the mock").click()
        told(page, "^No header can carry such a value")
        expect(page.locator("#console-result")).to_be_hidden()


def test_an_id_follows_the_header_that_it_is_for(browser: Browser, server: MockServer) -> None:
    with console(browser, server) as watched:
        page = watched.page.locator(".console")
        header, value = page.get_by_label("Profile, by"), page.get_by_label("Id of the profile")
        expect(value).to_have_value(str(CUSTOMER_1.customer_user_id))
        header.select_option("adapty-profile-id")
        expect(value).to_have_value(CUSTOMER_1.profile_id)
        header.select_option("adapty-customer-user-id")
        expect(value).to_have_value(str(CUSTOMER_1.customer_user_id))
        value.fill("made-up")
        header.select_option("adapty-profile-id")
        expect(value).to_have_value("made-up")


def test_a_hostile_answer_is_text(browser: Browser, site: SiteSource) -> None:
    profile = Seed("55555555-5555-4555-8555-555555555555", "hostile", identifiers={NAME: HOSTILE})
    with serving(site, MockSettings(profiles=(profile,))) as server, console(browser, server) as watched:
        page = watched.page.locator(".console")
        title = watched.page.title()
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 200\.")
        answer = page.locator("#console-answer")
        assert "</pre><script>" in answer.inner_text()
        assert "\\u202e" in answer.inner_text()
        assert "\u202e" not in answer.inner_text()
        assert answer.locator("*").count() == 0
        assert watched.page.title() == title


def test_long_bodies_are_cut_and_numbers_stay_as_they_were_written(browser: Browser, server: MockServer) -> None:
    body = f'{{"{NAME}":12345678901234567890,"a":1.0,"a":2,"b":"{"x" * 30_000}"}}'
    with console(browser, server) as watched:
        page = watched.page.locator(".console")
        page.get_by_label("Method").select_option("POST")
        page.get_by_label("Body").fill(body)
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 400\.")
        assert last(server).request.body == body.encode()
        page.get_by_text("The request as it reached the mock").click()
        shown = page.locator("#console-request").inner_text()
        assert f'"{NAME}": 12345678901234567890,\n  "a": 1.0,\n  "a": 2,\n' in shown
        assert len(shown) < 21_000
        assert shown.endswith("characters in all]")


def test_a_key_of_its_own_is_not_told(browser: Browser, site: SiteSource) -> None:
    with serving(site, MockSettings(key=OWN_KEY)) as server, console(browser, server) as watched:
        page = watched.page.locator(".console")
        expect(page.get_by_label("API key")).to_have_attribute("type", "password")
        expect(page.get_by_label("API key")).to_have_value("")
        assert OWN_KEY not in watched.page.content()
        page.get_by_role("button", name="a read", exact=True).click()
        told(page, "^Type the key first")
        expect(page.get_by_label("API key")).to_be_focused()
        page.get_by_label("API key").fill(OWN_KEY)
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 200\.")
        for preset, status in (("a write", 200), ("a wrong key", 401), ("an unknown profile", 404), ("a read", 200)):
            page.get_by_role("button", name=preset, exact=True).click()
            told(page, rf"^Status {status}\.")
        assert OWN_KEY not in watched.page.content()


def test_a_journal_that_is_switched_off_and_a_mock_that_is_gone_are_told(browser: Browser, site: SiteSource) -> None:
    with serving(site, MockSettings(journal_size=0)) as server, console(browser, server) as watched:
        page = watched.page.locator(".console")
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 200\. The mock's journal has no such exchange")
        expect(page.locator("#console-result")).to_be_hidden()
        server.stop()
        page.get_by_role("button", name="Send to the mock").click()
        told(page, "^The mock does not answer. Start it again")


def test_a_fault_is_shown_as_a_violation_by_a_page_that_is_accessible_and_fits(
    browser: Browser, reference: SiteSource
) -> None:
    settings = MockSettings(faults=("read-as-html", "key-beside-them"), dialects=("unset-omitted",))
    with serving(reference, settings) as server, console(browser, server, "console.html") as watched:
        page = watched.page.locator(".console")
        expect(page.locator("#console-mock")).to_have_text(
            "The mock has these dialects: unset-omitted; faults: read-as-html, key-beside-them."
        )
        page.get_by_role("button", name="Send to the mock").click()
        told(page, r"^Status 200\. Clauses: 2 violated, 1 inconclusive, \d+ held\.$")
        first = page.locator("#console-clauses li").first
        expect(first.locator(".badge")).to_have_text("violated")
        expect(first).to_contain_text("expected: ")
        expect(first).to_contain_text("seen: ")
        assert MOCK_KEY not in page.locator("#console-answer").inner_text()
        assert_accessible(watched)
        page.locator("#console-clauses a").first.click()
        expect(watched.page.locator(":target")).to_be_in_viewport()
        assert "/index.html#clause-" in watched.page.url


def assert_accessible(watched: Watched) -> None:
    """Nothing is wrong with the console in any scheme and width, and the page fits; the rest has its own tests."""
    for scheme, width in itertools.product(SCHEMES, WIDTHS.values()):
        watched.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        watched.page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(watched.page, context=".console").response["violations"]
        assert [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]] == [], scheme
        assert watched.overflows() == [], width


def test_the_page_and_the_mock_mean_the_same_place(reference: SiteSource) -> None:
    page = reference.files()["console.html"].decode()
    assert re.search(rf'data-own="?{OWN_PREFIX}"?[ >]', page)
    assert "connect-src &#39;self&#39;" in page or "connect-src 'self'" in page


@pytest.mark.parametrize("options", [(), ("--host", "0.0.0.0", "--allow-public")], ids=["loopback", "everywhere"])  # noqa: S104
def test_the_command_prints_where_it_is(options: tuple[str, ...]) -> None:
    plain = {name: value for name, value in os.environ.items() if name != "ADAPTY_API_KEY"}
    command = [sys.executable, "-u", "-m", "adapty_contract", "mock", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=plain) as process:
        try:
            assert process.stdout is not None
            printed = "".join(iter(process.stdout.readline, "Ctrl-C stops it.\n"))
            (url,) = re.findall(
                r"^Reference, with a console to try it:\n  (http://127\.0\.0\.1:\d+/)$", printed, re.MULTILINE
            )
            with urllib.request.urlopen(f"{url}console.html") as response:  # noqa: S310  (the mock's own)
                assert response.headers.get_content_type() == "text/html"
                assert re.search(rb'id="?console-form', response.read())
        finally:
            process.kill()
