"""What the mock serves to people at `/`: files and judgements that whoever starts it gives to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from adapty_contract.mock.asgi import Send
    from adapty_contract.model import Exchange, Headers

_log = logging.getLogger("adapty_contract.mock")

_FRONT: Final = "index.html"

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "yaml": "application/yaml",
}

_HEADERS: Final = (
    ("cache-control", "no-cache"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)


@dataclass(frozen=True, slots=True)
class SiteSource:
    """Where a site comes from: `files` makes its files by relative path, `judge` says of an exchange what a page shows.

    Its files are pages and data at its root, and whatever lies in its `folders`: so is known, without making them, that
    a request for anything else asks for none of them.
    """

    files: Callable[[], Mapping[str, bytes]]
    judge: Callable[[Exchange], Any]
    folders: tuple[str, ...] = ()

    def may_have(self, name: str) -> bool:
        """Whether there can be a file or a folder of that name."""
        first, _, rest = name.partition("/")
        return first in self.folders or (not rest and first.rpartition(".")[2] in _TYPES)


def file_for(path: str, files: Container[str]) -> str | None:
    """The name of the file that a URL path asks for; `None` if there is none.

    A folder with a front page that is asked for without the slash at its end is named with it.
    """
    name = path.removeprefix("/")
    if not name or name.endswith("/"):
        name += _FRONT
    if name in files:
        return name
    return f"{name}/" if f"{name}/{_FRONT}" in files else None


def answer_with(name: str, files: Mapping[str, bytes]) -> tuple[HTTPStatus, Headers, bytes]:
    """Status, headers and body for what `file_for` found."""
    if name.endswith("/"):
        return HTTPStatus.MOVED_PERMANENTLY, (("location", f"/{name}"), ("content-length", "0"), *_HEADERS), b""
    body = files[name]
    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return HTTPStatus.OK, (("content-type", kind), ("content-length", str(len(body))), *_HEADERS), body


class Site:
    """The files of a source, made when the first of them is asked for; nothing that is not among them is served."""

    def __init__(self, source: SiteSource, reserved: tuple[str, ...]) -> None:
        """What lies below the `reserved` prefixes belongs to others."""
        self._source = source
        self._reserved = reserved
        self._lock = asyncio.Lock()
        self._files: Mapping[str, bytes] | None = None

    def judge(self, exchange: Exchange) -> Any:
        """What a page shows of an exchange."""
        return self._source.judge(exchange)

    async def name_of(self, scope: MutableMapping[str, Any]) -> str | None:
        """The name of the file that a request asks for, as `file_for` has it; `None` if it asks for none."""
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or path.startswith(self._reserved):
            return None
        if path != "/" and not self._source.may_have(path.removeprefix("/")):
            return None
        return file_for(path, await self._made())

    async def send(self, name: str, method: str, send: Send) -> None:
        """Sends what `name_of` found."""
        status, fields, body = answer_with(name, await self._made())
        headers = [(field.encode("ascii"), value.encode("ascii")) for field, value in fields]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})

    async def _made(self) -> Mapping[str, bytes]:
        async with self._lock:
            if self._files is None:
                self._files = await asyncio.to_thread(self._files_or_none)  # the API is served meanwhile
            return self._files

    def _files_or_none(self) -> Mapping[str, bytes]:
        try:
            return self._source.files()
        except Exception:  # noqa: BLE001  (a site that cannot be made must not take the API with it)
            _log.exception("the site at / cannot be made")
            return {}
