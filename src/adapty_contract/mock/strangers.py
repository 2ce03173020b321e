"""Who may see what is shown on this machine only: not a web page elsewhere that makes a browser ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapty_contract.mock.ports import is_loopback
from adapty_contract.model import header_values

if TYPE_CHECKING:
    from adapty_contract.model import Headers


def stranger(headers: Headers, client: str | None) -> str | None:
    """Why a request is not from a program on this machine that means this server; `None` if it is.

    A page elsewhere can make a browser send requests here, under another host name or with its origin; so can a page of
    another server on this machine, which is another origin too. `client` is the address that the request came from.
    """
    hosts, origins = header_values(headers, "host"), header_values(headers, "origin")
    if len(hosts) != 1 or not is_loopback(_place(f"//{hosts[0]}")[0]):
        return "ask by a loopback host name, such as 127.0.0.1"
    if any(_place(origin) != _place(f"http://{hosts[0]}") for origin in origins):
        return "a page of another origin may not ask"
    if client is not None and not is_loopback(client):
        return "ask from the same machine"
    return None


def _place(url: str) -> tuple[str, int]:
    """Host and port of an `http` URL, or of a part of one; of what is none, nobody's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", 0
    return (parts.hostname or "", port or 80) if parts.scheme in {"http", ""} else ("", 0)
