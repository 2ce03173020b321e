"""The HAR has every exchange and is valid whatever was sent or came."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from adapty_contract.model import Request, Response, TransportFault
from adapty_contract.record import TargetKind, TargetRecord
from adapty_contract.reporters.har import render

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

DATA = Path(__file__).parents[2] / "data/reports"
SCHEMA = json.loads((DATA / "har.schema.json").read_text(encoding="utf-8"))
PUBLISHED = jsonschema.Draft6Validator(json.loads((DATA / "published/har-1.2.schema.json").read_text(encoding="utf-8")))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def entries(record: RunRecord) -> list[dict[str, Any]]:
    """The entries of a HAR that was found valid."""
    har = json.loads(render(record))
    VALIDATOR.validate(har)
    PUBLISHED.validate(har)
    found: list[dict[str, Any]] = har["log"]["entries"]
    return found


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_archive_is_valid_and_complete(name: str, request: pytest.FixtureRequest) -> None:
    record = request.getfixturevalue(name)

    assert [entry["_adapty"]["number"] for entry in entries(record)] == [each.number for each in record.exchanges]


def test_archive_without_exchanges_is_valid(clean: RunRecord) -> None:
    assert entries(replace(clean, exchanges=())) == []


def test_entry_tells_the_exchange(clean: RunRecord) -> None:
    entry = entries(clean)[1]

    assert entry["startedDateTime"] == "2026-01-31T12:00:00.250000Z"
    assert entry["time"] == pytest.approx(12.5)
    assert entry["request"]["url"] == f"http://127.0.0.1:8080{clean.exchanges[1].request.target}"
    assert entry["request"]["postData"] == {"mimeType": "application/json", "text": '{"branch_id": "b-1"}'}
    assert {"name": "Authorization", "value": "Api-Key [redacted]"} in entry["request"]["headers"]
    assert entry["response"]["content"] == {"size": 0, "mimeType": "x-unknown", "text": ""}
    assert entry["_adapty"]["label"] == "write"
    assert entry["_adapty"]["operation"] == "setIntegrationIdentifiers"
    assert entry["_adapty"]["facts"]["key"] == "valid"


def test_body_that_is_no_text_is_base64(clean: RunRecord, make: SimpleNamespace) -> None:
    record = replace(clean, exchanges=(make.write(1, b"\xff\x00", Response(200, body=b"\x1f\x8b")),))
    [entry] = entries(record)

    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xff\x00"
    assert entry["request"]["postData"]["_encoding"] == "base64"
    assert base64.b64decode(entry["response"]["content"]["text"]) == b"\x1f\x8b"
    assert entry["response"]["content"]["encoding"] == "base64"


def test_exchange_without_a_response_has_status_0_and_its_error(clean: RunRecord, make: SimpleNamespace) -> None:
    lost = make.exchange(1, response=None, fault=TransportFault("read-timeout", "no answer within 5 s"))
    [entry] = entries(replace(clean, exchanges=(lost,)))

    assert entry["response"]["status"] == 0
    assert entry["_error"] == "read-timeout: no answer within 5 s"


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/a?b=c&d=", "http://x.test/a?b=c&d="),
        ("/a b/\xe9", "http://x.test/a%20b/%E9"),
        ("/100%/%41", "http://x.test/100%25/%41"),
        ("*", "http://x.test/*"),
        ("/a#b", "http://x.test/a%23b"),
    ],
)
def test_url_is_legal_and_the_target_is_kept(clean: RunRecord, make: SimpleNamespace, target: str, url: str) -> None:
    record = replace(
        clean,
        target=TargetRecord(TargetKind.URL, "http://x.test/base/"),
        exchanges=(make.exchange(1, request=Request("GET", target)),),
    )
    [entry] = entries(record)

    assert entry["request"]["url"] == url
    assert entry["_adapty"]["target"] == target


def test_query_is_told_pair_by_pair(clean: RunRecord, make: SimpleNamespace) -> None:
    record = replace(clean, exchanges=(make.exchange(1, request=Request("GET", "/a?b=c%20d&e=")),))

    assert entries(record)[0]["request"]["queryString"] == [{"name": "b", "value": "c d"}, {"name": "e", "value": ""}]


def test_endless_duration_is_a_number_all_the_same(clean: RunRecord) -> None:
    record = replace(clean, exchanges=tuple(replace(each, elapsed=1e308) for each in clean.exchanges))

    assert entries(record)[0]["time"] == 1e12
