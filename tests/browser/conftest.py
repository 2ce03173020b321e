"""One browser for the tests of a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser, started once a module.

    Not once a run: as long as it lives, an event loop counts as running in this thread, and tests elsewhere start theirs.
    """
    with chromium() as running:
        yield running
