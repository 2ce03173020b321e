"""Bodies of requests: JSON where it is JSON, or else the text itself."""

from __future__ import annotations

from adapty_contract.pages.model import Located
from adapty_contract.pages.samples.json_text import NoJson, read_json


def read_body(text: str, line: int) -> Located:
    """The body `text`, which begins on `line`."""
    if not text.lstrip().startswith(("{", "[")):
        return Located(text, line)
    try:
        document = read_json(text, line)
    except NoJson:
        return Located(text, line)
    return Located(document.value, line, document.members, document.items)
