"""Formats register themselves, and those that others rely on are there."""

from __future__ import annotations

import pytest

from adapty_contract.record import RunRecord
from adapty_contract.reporters import formats, reporter


def test_formats_are_found_by_their_modules() -> None:
    assert {
        "badge": "badge.json",
        "ctrf": "ctrf.json",
        "har": "report.har",
        "json": "report.json",
        "junit": "junit.xml",
        "markdown": "summary.md",
        "sarif": "report.sarif",
    }.items() <= {name: kind.filename for name, kind in formats().items()}.items()


def test_every_format_says_what_it_is() -> None:
    for kind in formats().values():
        assert kind.summary.endswith(".") or ";" in kind.summary
        assert len(kind.summary) > 20


@pytest.mark.parametrize(("name", "filename"), [("json", "other.json"), ("other", "report.json")])
def test_two_formats_of_one_name_or_file_are_refused(name: str, filename: str) -> None:
    formats()
    with pytest.raises(ValueError, match="two report formats"):
        reporter(name, filename=filename)(lambda record: record.run_id.encode())


def test_rendering_again_gives_the_same_bytes(broken: RunRecord) -> None:
    for kind in formats().values():
        assert kind.render(broken) == kind.render(broken)
