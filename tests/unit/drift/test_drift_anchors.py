"""Every statement of the ledger holds the page to what it says: a claim of it that changes is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapty_contract.drift import Reading, judge, load_for_drift
from adapty_contract.drift.comparison import read
from adapty_contract.drift.subjects import matches
from adapty_contract.ledger import Statement
from adapty_contract.pages.model import Claim, Value
from support.vendor_pages import ARE_HERE, GET, POST

pytestmark = pytest.mark.skipif(not ARE_HERE, reason="the vendor's pages are not on this machine")

CONTRACT = load_for_drift()
FILES = {"S-GET": GET, "S-POST": POST}
ANCHORED = [
    pytest.param(statement, id=f"{entry.id}-{statement.source}-{statement.line}-{at}")
    for entry in CONTRACT.ledger.values()
    for at, statement in enumerate(entry.statements)
    if statement.source in FILES
]


@pytest.fixture(scope="module")
def pages() -> dict[str, Reading]:
    return {name: read(CONTRACT, path) for name, path in FILES.items()}


def other(value: Value) -> Value:
    """A value of the same kind, or a text where there was none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, "something else"]
    return {**value, "something": "else"} if isinstance(value, dict) else "something else"


def changed(claim: Claim) -> Claim:
    """The claim with another value; a row that is there is called otherwise."""
    if claim.subject.endswith(".presence"):
        return replace(claim, subject=f"{claim.subject.removesuffix('.presence')}x.presence")
    return replace(claim, value=other(claim.value))


def follows(claim: Claim, old: Claim, new: Claim) -> Claim:
    """What an edit of `old` does to another claim: the object around it holds it too, and so does the key of a header."""
    if claim is old:
        return new
    parent, _, name = old.subject.rpartition(".field.")
    if claim.subject == parent and isinstance(claim.value, dict) and name in claim.value:
        return replace(claim, value={**claim.value, name: new.value})
    is_key = old.subject.endswith((".key", ".authorization"))
    return replace(claim, value=new.value) if is_key and (claim.line, claim.value) == (old.line, old.value) else claim


def edited(reading: Reading, old: Claim) -> Reading:
    claims = tuple(follows(claim, old, changed(old)) for claim in reading.page.claims)
    return replace(reading, page=replace(reading.page, claims=claims))


def anchors(statement: Statement, reading: Reading) -> list[Claim]:
    """The claims of a page that a statement is: of those of a pattern the one on its line."""
    found = [each for each in reading.page.claims if any(matches(name, each.subject) for name in statement.claims)]
    return [each for each in found if len(statement.claims) > 1 or each.line == statement.line]


@pytest.mark.parametrize("statement", ANCHORED)
def test_an_anchored_claim_that_changes_is_reported(pages: dict[str, Reading], statement: Statement) -> None:
    reading = pages[statement.source]
    claims = anchors(statement, reading)
    assert claims
    for claim in claims:
        found = judge(CONTRACT, tuple(edited(each, claim) if each is reading else each for each in pages.values()))
        assert found.drift, claim.subject


def test_a_component_that_was_read_is_no_statement_gone(tmp_path: Path) -> None:
    (tmp_path / "ProfileResponse.md").write_text("The profile.\n", encoding="utf-8")
    (tmp_path / "ResponseExample.md").write_text('```json\n{"data": {"profile_id": "x"}}\n```\n', encoding="utf-8")
    found = judge(CONTRACT, tuple(read(CONTRACT, path, tmp_path) for path in FILES.values()))
    assert found.drift == ()
