"""A comparison as the command makes it: the files that were read, what they gave, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from adapty_contract.contract import Contract
from adapty_contract.drift.changes import Change, changes
from adapty_contract.drift.judging import judge
from adapty_contract.drift.model import Reading, Report
from adapty_contract.drift.roles import recognise, recognise_document
from adapty_contract.errors import UsageError
from adapty_contract.pages import PageError, read_page

_OLD_NEW_HINT = "--against takes an older version of one of the pages; documents have none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, with the contract and with what came before."""

    contract: Contract
    report: Report
    changes: tuple[Change, ...] | None = None


def compare(
    contract: Contract,
    pages: Iterable[Path],
    documents: Iterable[Path] = (),
    components: Path | None = None,
    older: Iterable[Path] = (),
) -> Comparison:
    """Read the files and compare them; raises PageError for one that is no page, UsageError for unfitting versions."""
    readings = (
        *(read(contract, path, components) for path in dict.fromkeys(pages)),
        *(_read_document(path) for path in dict.fromkeys(documents)),
    )
    before = tuple(read(contract, path, components) for path in older)
    told = tuple(change for old in before for change in _changes(old, readings)) if before else None
    return Comparison(contract, judge(contract, readings), told)


def read(contract: Contract, path: Path, components: Path | None = None) -> Reading:
    """One page from a file; raises PageError."""
    page = read_page(path, components)
    return replace(recognise(contract, page, str(path)), lines=_lines(path))


def _read_document(path: Path) -> Reading:
    from adapty_contract.pages.openapi import read_openapi

    return replace(recognise_document(read_openapi(path), str(path)), lines=_lines(path))


def _lines(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"{path}: cannot be read: {error}") from error
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _changes(old: Reading, readings: tuple[Reading, ...]) -> tuple[Change, ...]:
    """The changes since an older page: of the page about the same operation, or of the only page that was given."""
    pages = [each for each in readings if not each.openapi]
    same = [each for each in pages if each.method == old.method and old.method is not None] or (
        pages if len(pages) == 1 else [each for each in pages if each.page.name == old.page.name]
    )
    if len(same) != 1:
        raise UsageError(
            f"{old.path}: it is not clear which of the pages this is an older version of", hint=_OLD_NEW_HINT
        )
    return changes(old.page, same[0].page)
