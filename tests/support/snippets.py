"""Small pages with code samples."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapty_contract.contract import load_contract

PATH = load_contract().path
URL = f"https://api.adapty.io{PATH}"
HEADERS = ("adapty-customer-user-id: <YOUR_CUSTOMER_USER_ID>", "Authorization: Api-Key <YOUR_SECRET_API_KEY>")
FENCES = {"curl": "bash", "python": "python", "javascript": "javascript"}

needs_curl = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="no bash or curl here")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")


def curl(*rest: str, url: str = URL) -> str:
    """A curl sample with the two headers and more words."""
    return " ".join(["curl", f"'{url}'", *(f"--header '{header}'" for header in HEADERS), *rest])


def python(method: str = "GET", body: str = "None", url: str = URL) -> str:
    """A Python sample."""
    headers = dict(header.split(": ") for header in HEADERS)
    return f"import requests\n\nresponse = requests.request({method!r}, {url!r}, headers={headers!r}, data={body})\n"


def javascript(options: str = "", end: str = ".catch((error) => console.error(error))") -> str:
    """A JavaScript sample; `options` are more members of fetch's options."""
    headers = dict(header.split(": ") for header in HEADERS)
    return f"fetch({URL!r}, {{ method: 'GET', headers: {headers!r}, {options} }})\n  {end};\n"


def page(folder: Path, *samples: tuple[str, str], method: str = "GET", url: str = URL, name: str = "page.mdx") -> Path:
    """A page about one operation with those samples, each a language and its code."""
    fences = [f"```{FENCES.get(language, language)}\n{code}\n```\n" for language, code in samples]
    text = "\n".join(["# A page", "", "## Endpoint and method", "", f"```\n{method} {url}\n```", "", *fences])
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
