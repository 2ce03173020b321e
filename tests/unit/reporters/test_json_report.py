"""report.json is the record: complete, readable again, one line per clause and exchange."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.reporters.json_report import read_report, render

if TYPE_CHECKING:
    from pathlib import Path

    from adapty_contract.record import RunRecord


def test_report_that_was_read_is_the_record_that_was_written(broken: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(render(broken))

    assert read_report(path) == broken


def test_every_clause_observation_and_exchange_has_a_line(broken: RunRecord) -> None:
    lines = render(broken).decode().splitlines()

    assert sum('"exercised":' in line for line in lines) == len(broken.clauses)
    assert sum('"answer":' in line for line in lines) == len(broken.observations)
    assert sum('"attempts":' in line for line in lines) == len(broken.exchanges)
    assert lines[1] == '"format_version": 1,'


def test_report_is_pure_ascii_and_says_the_same(hostile: RunRecord) -> None:
    content = render(hostile)

    assert content.isascii()
    assert not set(content) & set(range(0x20)) - {0x0A}
    assert json.loads(content)["warnings"][0].startswith("\x00\x01\x1b[31m")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "is no JSON", id="empty"),
        pytest.param(b'{"format_version": 1', "is no JSON", id="cut short"),
        pytest.param(b"\xff\xfe\x00", "is no JSON", id="no text"),
        pytest.param(b'{"seed": NaN}', "NaN is not a JSON value", id="not a number"),
        pytest.param(b"[" * 100_000, "is no JSON", id="nested too deep"),
        pytest.param(b'{"seed": ' + b"9" * 5000 + b"}", "is no JSON", id="number too long"),
        pytest.param(b"{}", "no record of a run", id="something else"),
    ],
)
def test_file_that_holds_no_record_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)

    with pytest.raises(ContractDataError, match=words) as raised:
        read_report(path)
    assert str(path) in raised.value.what


def test_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_report(path)
