"""HAR 1.2: all exchanges of a run, for the viewers that browsers and proxies have."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from adapty_contract.record_json import body_text, encode
from adapty_contract.reporters import reporter
from adapty_contract.reporters.evidence import bounded

if TYPE_CHECKING:
    from adapty_contract.model import Exchange, Headers, Request, Response
    from adapty_contract.record import RunRecord

_URL_CHARACTERS = "!$%&'()*+,/:;=?@~"  # legal in a target as they are, beside letters, digits, `-`, `.` and `_`
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@reporter("har", filename="report.har")
def render(record: RunRecord) -> bytes:
    """Every exchange as an HTTP archive (HAR 1.2) for the viewers of browsers and proxies."""
    origin = _origin(record.target.url)
    log = {
        "version": "1.2",
        "creator": {"name": record.tool.name, "version": record.tool.version},
        "comment": f"run {record.run_id}, seed {record.seed}",
        "pages": [],
    }
    head = _dump(log).removesuffix("}")
    entries = ",\n".join(_dump(_entry(exchange, origin, record.started)) for exchange in record.exchanges)
    return f'{{"log": {head}, "entries": [\n{entries}\n]}}}}\n'.encode("ascii")


def _dump(value: Any) -> str:
    return json.dumps(encode(value), ensure_ascii=True, allow_nan=False)


def _entry(exchange: Exchange, origin: str, started: str) -> dict[str, Any]:
    milliseconds = round(bounded(exchange.elapsed) * 1000, 3)
    entry: dict[str, Any] = {
        "startedDateTime": exchange.started or started,
        "time": milliseconds,
        "request": _request(exchange.request, origin),
        "response": _no_response() if exchange.response is None else _response(exchange.response),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_adapty": {
            "number": exchange.number,
            "label": exchange.label,
            "operation": exchange.operation,
            "target": exchange.request.target,
            "attempts": exchange.attempts,
            "facts": encode(exchange.facts),
            "remarks": [] if exchange.response is None else exchange.response.remarks,
        },
    }
    if exchange.fault is not None:
        entry["_error"] = f"{exchange.fault.kind}: {exchange.fault.detail}"
    elif exchange.response is None:
        entry["_error"] = "no response"
    return entry


def _request(request: Request, origin: str) -> dict[str, Any]:
    query = request.target.partition("?")[2]
    made: dict[str, Any] = {
        "method": request.method,
        "url": origin + _legal(request.target),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": [{"name": name, "value": value} for name, value in _pairs(query)],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        body = body_text(request.body)
        made["postData"] = {"mimeType": request.header("content-type") or "", "text": body["text"]}
        if "encoding" in body:  # HAR has no word for it in a request
            made["postData"]["_encoding"] = body["encoding"]
    return made


def _legal(target: str) -> str:
    """The target with everything percent-encoded that a URL cannot have; as it was sent it stands in `_adapty`."""
    path = target if target.startswith("/") else f"/{target}"
    return _LONE_PERCENT.sub("%25", quote(path, safe=_URL_CHARACTERS, encoding="latin-1", errors="backslashreplace"))


def _response(response: Response) -> dict[str, Any]:
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": [],
        "headers": _headers(response.headers),
        "content": {
            "size": len(response.body),
            "mimeType": response.header("content-type") or "x-unknown",
            **body_text(response.body),
        },
        "redirectURL": response.header("location") or "",
        "headersSize": -1,
        "bodySize": -1,  # the size on the wire: the body here has its content coding removed
    }


def _no_response() -> dict[str, Any]:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _pairs(query: str) -> list[tuple[str, str]]:
    """The query's pairs; thousands of them are no query that a viewer could show."""
    return parse_qsl(query, keep_blank_values=True) if query.count("&") < 1000 else []


def _origin(url: str) -> str:
    """Scheme and authority of a base URL: a request's target holds its whole path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
