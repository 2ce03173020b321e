"""What the mock serves to people at `/`: files and judgements that whoever starts it gives to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from adapty_contract.mock.asgi import Send
    from adapty_contract.model import Exchange

_log = logging.getLogger("adapty_contract.mock")

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
    """Where a site comes from: `files` makes its files by relative path, `judge` says of an exchange what a page shows."""

    files: Callable[[], Mapping[str, bytes]]
    judge: Callable[[Exchange], Any]


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
        """The name of the file that a request asks for; `None` if it asks for none."""
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or path.startswith(self._reserved):
            return None
        name = path.removeprefix("/")
        if not name or name.endswith("/"):
            name += "index.html"
        return name if name in await self._made() else None

    async def send(self, name: str, method: str, send: Send) -> None:
        """Sends the file `name`, which there is."""
        body = (await self._made())[name]
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        fields = (("content-type", kind), ("content-length", str(len(body))), *_HEADERS)
        headers = [(field.encode("ascii"), value.encode("ascii")) for field, value in fields]
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
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
