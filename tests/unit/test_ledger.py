"""The ledger loads, its quotes stand where it says, and a broken file is told with its name and place."""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapty_contract.contract import load_contract
from adapty_contract.errors import ContractDataError
from adapty_contract.ledger import (
    Confidence,
    LedgerEntry,
    Settles,
    SourceKind,
    SourceRecord,
    Statement,
    load_ledger,
    load_sources,
)
from adapty_contract.model import Operation, Source
from support.vendor_pages import PAGES, ROOT

CONTRACTS = ROOT / "contracts"

ENTRY: dict[str, Any] = {
    "id": "an-entry",
    "title": "Two sources disagree",
    "subject": "request.field.*.type",
    "operations": ["setIntegrationIdentifiers"],
    "statements": [
        {"source": "S-GET", "line": 94, "quote": "No parameters", "says": "There are no parameters."},
        {"source": "measured", "ran": "The sample with curl.", "says": "It sends three headers."},
    ],
    "decision": "There are three headers.",
    "why": "Every sample sends them.",
    "confidence": "high",
    "dialects": ["chunked"],
    "settles": {"probe": "GET without a header.", "observation": "neither-profile-header"},
}
SOURCE: dict[str, Any] = {"title": "A page", "kind": "page", "where": "owner/repo:docs/page.md", "file": "page.mdx"}

Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def sources() -> dict[str, SourceRecord]:
    return dict(load_sources(CONTRACTS / "sources.yaml"))


@pytest.fixture(scope="module")
def ledger(sources: dict[str, SourceRecord]) -> dict[str, LedgerEntry]:
    return dict(load_ledger(CONTRACTS / "ledger", sources))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty ledger beside the real schemas."""
    shutil.copytree(CONTRACTS / "schemas", tmp_path / "schemas")
    (tmp_path / "ledger").mkdir()
    return tmp_path / "ledger"


def changed(data: dict[str, Any], change: Change) -> str:
    """`data` after `change`, as YAML."""
    data = copy.deepcopy(data)
    change(data)
    return yaml.safe_dump(data)


def refusal(folder: Path, text: str, sources: dict[str, SourceRecord]) -> str:
    """What the loader says of an entry with this text."""
    path = folder / "an-entry.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError) as caught:
        load_ledger(folder, sources)
    assert caught.value.what.startswith(str(path))
    return caught.value.what.removeprefix(str(path))


def test_every_file_is_an_entry_of_its_name(ledger: dict[str, LedgerEntry]) -> None:
    assert [path.stem for path in sorted((CONTRACTS / "ledger").iterdir())] == list(ledger)


def test_no_id_and_no_subject_is_used_twice(ledger: dict[str, LedgerEntry]) -> None:
    # Read past the loader: its mapping could not hold two entries of one id.
    ids = Counter(yaml.safe_load(path.read_text("utf-8"))["id"] for path in (CONTRACTS / "ledger").glob("*.yaml"))
    subjects = Counter(entry.subject for entry in ledger.values())
    assert [name for name, times in (ids + subjects).items() if times > 1] == []


def test_quotes_have_at_most_eight_words(ledger: dict[str, LedgerEntry]) -> None:
    quotes = [statement.quote for entry in ledger.values() for statement in entry.statements if statement.quote]
    assert [quote for quote in quotes if len(quote.split()) > 8] == []


def test_quotes_of_the_pages_stand_on_their_lines(
    ledger: dict[str, LedgerEntry], sources: dict[str, SourceRecord]
) -> None:
    files = {name: PAGES / str(source.file) for name, source in sources.items() if source.kind is SourceKind.PAGE}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        pytest.skip(f"no copies of the vendor's pages on this machine: {', '.join(missing)}")
    pages = {name: path.read_text("utf-8").split("\n") for name, path in files.items()}
    said: list[tuple[str, Statement | Source]] = [
        *((entry.id, statement) for entry in ledger.values() for statement in entry.statements),
        *((clause.id, source) for clause in load_contract().clauses.values() for source in clause.sources),
    ]
    misplaced = [
        (name, each.source, each.line, each.quote)
        for name, each in said
        if each.source in pages and (each.quote or "") not in _line(pages[each.source], each.line)
    ]
    assert misplaced == []
    blank = [
        (name, each.line) for name, each in said if each.source in pages and not _line(pages[each.source], each.line)
    ]
    assert blank == []


def _line(page: list[str], number: int | None) -> str:
    """A line of a page without the white space around it; nothing if there is none of this number."""
    return "".join(page[int(number or 0) - 1 :][:1]).strip()


def test_each_entry_has_different_statements(ledger: dict[str, LedgerEntry]) -> None:
    for entry in ledger.values():
        places = [(item.source, item.line, item.quote, item.ran) for item in entry.statements]
        assert len(places) == len(set(places)), entry.id


def test_an_entry_with_dialects_says_what_would_settle_it_or_is_certain(ledger: dict[str, LedgerEntry]) -> None:
    open_ended = [entry for entry in ledger.values() if entry.dialects and entry.settles is None]
    assert [entry.id for entry in open_ended if entry.confidence is not Confidence.CERTAIN] == []


def test_each_dialect_has_one_entry(ledger: dict[str, LedgerEntry]) -> None:
    dialects = Counter(name for entry in ledger.values() for name in entry.dialects)
    assert [name for name, times in dialects.items() if times > 1] == []


def test_an_entry_keeps_everything_its_file_says(folder: Path, sources: dict[str, SourceRecord]) -> None:
    (folder / "an-entry.yaml").write_text(yaml.safe_dump(ENTRY), encoding="utf-8")
    assert load_ledger(folder, sources) == {
        "an-entry": LedgerEntry(
            id="an-entry",
            title="Two sources disagree",
            subject="request.field.*.type",
            operations=(Operation.SET,),
            statements=(
                Statement("S-GET", "There are no parameters.", line=94, quote="No parameters"),
                Statement("measured", "It sends three headers.", ran="The sample with curl."),
            ),
            decision="There are three headers.",
            why="Every sample sends them.",
            confidence=Confidence.HIGH,
            dialects=("chunked",),
            settles=Settles("GET without a header.", "neither-profile-header"),
        )
    }


def test_a_statement_is_anchored_to_a_claim_that_may_say_null(folder: Path, sources: dict[str, SourceRecord]) -> None:
    anchor = {"claim": "request.field.*.type", "value": None, "absent": ["security.key"]}
    (folder / "an-entry.yaml").write_text(changed(ENTRY, lambda e: first(e).update(anchor)), encoding="utf-8")
    loaded = load_ledger(folder, sources)["an-entry"].statements
    assert (loaded[0].claim, loaded[0].values, loaded[0].absent) == ("request.field.*.type", (None,), ("security.key",))
    assert (loaded[1].claim, loaded[1].values, loaded[1].absent) == (None, (), ())


def test_what_was_loaded_cannot_be_changed(folder: Path, sources: dict[str, SourceRecord]) -> None:
    (folder / "an-entry.yaml").write_text(yaml.safe_dump(ENTRY), encoding="utf-8")
    loaded: Any = load_ledger(folder, sources)
    with pytest.raises(TypeError):
        loaded["another"] = loaded["an-entry"]
    with pytest.raises(FrozenInstanceError):
        loaded["an-entry"].decision = "something else"


def first(entry: dict[str, Any]) -> Any:
    """The first statement of an entry's data: of a page."""
    return entry["statements"][0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda e: e.pop("decision"), ("$:", "'decision' is a required"), id="missing-decision"),
        pytest.param(lambda e: e.update(verdict="held"), ("$:", "'verdict' was unexpected"), id="unknown-key"),
        pytest.param(lambda e: e.update(operations="GET"), ("$.operations:", "'array'"), id="text-for-a-list"),
        pytest.param(lambda e: e.update(operations=["getProfile"]), ("$.operations[0]:",), id="unknown-operation"),
        pytest.param(lambda e: e.update(confidence="sure"), ("$.confidence:", "'sure'"), id="unknown-confidence"),
        pytest.param(lambda e: e.update(subject="a subject"), ("$.subject:",), id="subject-that-is-no-path"),
        pytest.param(lambda e: e.update(id="another"), ("$.id:", "file's name"), id="id-differs-from-the-file"),
        pytest.param(lambda e: e["statements"].pop(), ("$.statements:",), id="a-single-statement"),
        pytest.param(lambda e: e.update(settles={"probe": "GET twice."}), ("$.settles:",), id="no-observation"),
        pytest.param(lambda e: first(e).update(source="S-PUT"), ("$.statements[0].source:", "S-PUT"), id="no-source"),
        pytest.param(lambda e: first(e).update(line="94"), ("$.statements[0].line:", "'integer'"), id="line-as-text"),
        pytest.param(lambda e: first(e).update(line=0), ("$.statements[0].line:",), id="line-zero"),
        pytest.param(
            lambda e: first(e).update(quote="a b c d e f g h i"), ("$.statements[0].quote:",), id="nine-words"
        ),
        pytest.param(lambda e: first(e).pop("quote"), ("$.statements[0]:", "'quote'"), id="line-without-a-quote"),
        pytest.param(lambda e: first(e).pop("line"), ("$.statements[0]:", "S-GET"), id="page-without-a-line"),
        pytest.param(
            lambda e: first(e).update(ran="Some program."), ("$.statements[0]:", "'ran' is not one"), id="run-on-a-page"
        ),
        pytest.param(lambda e: first(e).update(value="x"), ("$.statements[0]:", "'claim'"), id="value-of-no-claim"),
        pytest.param(
            lambda e: first(e).update(claim="a claim"), ("$.statements[0].claim:",), id="claim-that-is-no-path"
        ),
        pytest.param(lambda e: first(e).update(absent=[]), ("$.statements[0].absent:",), id="nothing-absent"),
        pytest.param(
            lambda e: e["statements"][1].update(claim="a.b"),
            ("$.statements[1]:", "'claim'"),
            id="claim-of-a-measurement",
        ),
        pytest.param(lambda e: e["statements"][1].pop("ran"), ("$.statements[1]:", "'ran'"), id="measured-how"),
    ],
)
def test_a_broken_entry_is_told_with_file_and_place(
    folder: Path, sources: dict[str, SourceRecord], change: Change, words: tuple[str, ...]
) -> None:
    said = refusal(folder, changed(ENTRY, change), sources)
    assert said.startswith(f": at {words[0]}")
    assert all(word in said for word in words)


@pytest.mark.parametrize("text", ["", "- a\n- list\n", "only text\n"], ids=["empty", "list", "text"])
def test_a_file_without_an_entry_is_refused(folder: Path, sources: dict[str, SourceRecord], text: str) -> None:
    assert "is not of type 'object'" in refusal(folder, text, sources)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("id: an-entry\ntitle: one: two\n", 2, id="colon-in-plain-text"),
        pytest.param('id: an-entry\ntitle: "open\nwhy: never closed\n', 4, id="open-quote"),
        pytest.param("id: an-entry\nstatements:\n\t- source: S-GET\n", 3, id="tab"),
    ],
)
def test_a_yaml_error_is_told_with_its_line(
    folder: Path, sources: dict[str, SourceRecord], text: str, line: int
) -> None:
    assert refusal(folder, text, sources).startswith(f":{line}: no valid YAML")


def test_a_missing_folder_is_no_empty_ledger(tmp_path: Path, sources: dict[str, SourceRecord]) -> None:
    with pytest.raises(ContractDataError, match="no such folder"):
        load_ledger(tmp_path / "ledger", sources)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda s: s.pop("where"), ("'where' is a required",), id="missing-where"),
        pytest.param(lambda s: s.update(where="somewhere"), (".where:",), id="where-that-is-no-place"),
        pytest.param(lambda s: s.update(kind="rumour"), (".kind:", "'rumour'"), id="unknown-kind"),
        pytest.param(lambda s: s.update(revision="main"), (".revision:",), id="revision-that-is-no-commit"),
        pytest.param(lambda s: s.update(author="A. N. Other"), ("'author' was unexpected",), id="unknown-key"),
        pytest.param(lambda s: s.pop("file"), ("'file' is a required",), id="page-without-its-file"),
        pytest.param(lambda s: s.update(kind="sdk"), ("'file' is not one",), id="file-of-what-is-no-page"),
    ],
)
def test_a_broken_source_is_told_with_file_and_place(folder: Path, change: Change, words: tuple[str, ...]) -> None:
    path = folder.parent / "sources.yaml"
    path.write_text(changed({"A-PAGE": SOURCE}, lambda data: change(data["A-PAGE"])), encoding="utf-8")
    with pytest.raises(ContractDataError) as caught:
        load_sources(path)
    assert caught.value.what.startswith(f"{path}: at $['A-PAGE']")
    assert all(word in caught.value.what for word in words)
