"""Takes the pictures of the README again: a report with a violation, and the reference with its verdicts.

python tests/browser/screenshots.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import chromium, opened  # noqa: E402  (the path first)

PICTURES = ROOT / ".github/images"
FAULT = "null-kept-as-text"
"""The one whose report the README shows as text too."""


def adapty_contract(*arguments: str) -> None:
    """Run the command; a violation is no failure here."""
    done = subprocess.run([sys.executable, "-m", "adapty_contract", *arguments], check=False, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        sys.exit(f"adapty-contract {' '.join(arguments)} ended with {done.returncode}")


def main() -> None:
    """Make the pages in a folder that goes away, and the pictures from them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        adapty_contract("verify", "--quiet", "--budget", "0s", "--fault", FAULT, "--report-dir", str(folder / "broken"))
        adapty_contract("verify", "--quiet", "--report-dir", str(folder / "held"))
        report = ("--report", str(folder / "held" / "report.json"))
        adapty_contract("reference", "--output", str(folder / "reference"), *report)
        pages = {
            "report": f"{(folder / 'broken' / 'report.html').as_uri()}",
            "reference": f"{(folder / 'reference' / 'index.html').as_uri()}#get-200-appsflyer_id",
        }
        PICTURES.mkdir(exist_ok=True)
        with chromium() as browser:
            for picture, url in pages.items():
                with opened(browser, url) as watched:
                    watched.page.screenshot(path=PICTURES / f"{picture}.png")


if __name__ == "__main__":
    main()
