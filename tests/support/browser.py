"""Pages in Debian's Chromium: opened as readers open them, with everything recorded that a page should not do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"wide": 1280, "narrow": 390}
SCHEMES = ("light", "dark")


@dataclass
class Watched:
    """A page and what it did: requests by URL, messages of warnings and errors on its console, uncaught errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def elsewhere(self, *origins: str) -> list[str]:
        """The requests to anywhere but these origins; `data:` URLs reach nobody."""
        return [url for url in self.requests if not url.startswith((*origins, "data:"))]

    def violations(self) -> list[str]:
        """What axe-core finds wrong, one line each; it never comes back from a page whose scripts are off."""
        found: list[dict[str, Any]] = Axe().run(self.page, options=_VIOLATIONS).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]

    def overflows(self) -> list[str]:
        """Elements that stick out of the page at its right; what scrolls within itself does not count."""
        found: list[str] = self.page.evaluate(_OVERFLOWS)
        return found


_VIOLATIONS = {"resultTypes": ["violations"]}  # of what is right nothing is collected: that takes most of the time

_OVERFLOWS = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, the one that is installed: nothing is downloaded."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    assert program, "the tests of pages need a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = WIDTHS["wide"], scheme: str = "light", scripts: bool = True
) -> Iterator[Watched]:
    """A page at `url` in a window of so many pixels, in a colour scheme, with or without scripts; loaded."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )
    try:
        watched = Watched(context.new_page())
        page = watched.page
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("console", lambda said: watched.complaints.append(said.text) if said.type in _BAD else None)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.goto(url, wait_until="load")
        yield watched
    finally:
        context.close()


_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_BAD = frozenset({"warning", "error", "assert"})
