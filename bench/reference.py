"""How soon a reader of the reference sees its last field, and how long it takes to build.

The front page is opened at the last identifier, in a window of 1280 by 900, each time in a browser context of its own,
from a file and from the mock in turn. Counted is from the start of the navigation to the frame after the one in which
that field stands in the window.

    python bench/reference.py [LOADS] [REPORT]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from adapty_contract.contract import Contract, load_contract
from adapty_contract.reference import anchors
from adapty_contract.reference.building import build
from adapty_contract.replaying import read_run
from servers import machine, mock_process, spread

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from adapty_contract.record import RunRecord

LOADS = 10
BUILDS = 5

_WATCH = """(id) => {
  window.shownAfter = new Promise((resolve) => {
    const look = () => {
      const field = document.getElementById(id)?.getBoundingClientRect();
      const stands = field && field.height && field.top < innerHeight && field.bottom > 0;
      requestAnimationFrame(stands ? () => resolve(performance.now()) : look);
    };
    requestAnimationFrame(look);
  });
}"""


def shown_after(browser: Browser, url: str, field: str) -> float:
    """Seconds until `field` is shown by a browser that has not seen the page before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.add_init_script(f"({_WATCH})({field!r})")
        page.goto(f"{url}#{field}", wait_until="load")
        after: float = page.evaluate("() => window.shownAfter")
        return after / 1000
    finally:
        context.close()


def written(files: dict[str, bytes], folder: Path) -> str:
    """The address of the front page, once the files are there."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return (folder / "index.html").as_uri()


def builds(contract: Contract, record: RunRecord | None) -> list[float]:
    """Seconds for each of some builds; the imports and the templates are there from the first."""
    taken = []
    for _ in range(BUILDS):
        begin = time.monotonic()
        build(contract, record)
        taken.append(time.monotonic() - begin)
    return taken


def loads(url: str, served: str, field: str, count: int) -> tuple[list[float], list[float]]:
    """Seconds for `count` loads from the file and as many from the mock, in turn."""
    from_file, from_mock = [], []
    with chromium() as browser:
        for each in (url, served):  # once for the browser's own start, and for the mock to build its copy
            shown_after(browser, each, field)
        for _ in range(count):
            from_file.append(shown_after(browser, url, field))
            from_mock.append(shown_after(browser, served, field))
    return from_file, from_mock


def load() -> str:
    """How busy the machine is: on a busy one the figures say little."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def main() -> None:
    """Print how long it takes to build, and to see the last field from either place."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LOADS
    options = ("--report", sys.argv[2]) if len(sys.argv) > 2 else ()
    contract = load_contract()
    record = read_run(Path(sys.argv[2])) if options else None
    files = build(contract, record)
    before = load()
    taken = builds(contract, record)
    field = anchors.of_identifier(contract.identifiers[-1])
    with tempfile.TemporaryDirectory() as name, mock_process(*options) as mock:
        mock.front_page()
        from_file, from_mock = loads(written(files, Path(name)), f"{mock.url}/", field, count)
    print(f"{machine()}, {before} before and {load()} after")
    print(f"front page {len(files['index.html'])} bytes; median, least and most:")
    print(f"  build, {BUILDS} times        {spread(taken)}")
    print(f"  last field, from a file   {spread(from_file)}   {count} loads")
    print(f"  last field, from the mock {spread(from_mock)}   {count} loads")


if __name__ == "__main__":
    main()
