"""Texts that are files: the pitfalls, the titles of topics, the contract's changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from adapty_contract.contract import Contract
from adapty_contract.errors import ContractDataError
from adapty_contract.ledger import LedgerEntry
from adapty_contract.reference import anchors
from adapty_contract.yamldata import read_yaml

CHANGELOG_FILE = "contracts/CHANGELOG.md"

_PITFALL = re.compile(r"^## (?P<id>[a-z0-9-]+): (?P<title>.+)\n+Ledger: (?P<ledger>.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pitfall:
    """What costs people time, and how to avoid it: Markdown, with the ledger entries that it rests on."""

    anchor: str
    id: str
    title: str
    text: str
    entries: tuple[LedgerEntry, ...]


def pitfalls(contract: Contract) -> tuple[Pitfall, ...]:
    """Every pitfall, in the order of their file. Entries that a contract of one's own lacks are left out."""
    text = (files("adapty_contract.reference") / "texts" / "pitfalls.md").read_text(encoding="utf-8")
    return tuple(_pitfalls(contract, text))


def _pitfalls(contract: Contract, text: str) -> Iterator[Pitfall]:
    heads = [*_PITFALL.finditer(text)]
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        names = head["ledger"].split(", ")
        yield Pitfall(
            anchor=anchors.of_pitfall(head["id"]),
            id=head["id"],
            title=head["title"],
            text=text[head.end() : after.start() if after else len(text)].strip(),
            entries=tuple(contract.ledger[name] for name in names if name in contract.ledger),
        )


def topic_titles(contract: Contract) -> dict[str, str]:
    """What each topic of clauses is called, by its id, in the order of its clauses."""
    topics = dict.fromkeys(clause.topic for clause in contract.clauses.values())
    return {topic: str(read_yaml(contract.root / f"contracts/clauses/{topic}.yaml")["title"]) for topic in topics}


def changelog(contract: Contract) -> str:
    """The contract's changelog, Markdown. Raises ContractDataError if it has none."""
    path = contract.root / CHANGELOG_FILE
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractDataError(f"{path} cannot be read: {error}", hint="a contract tells its changes there") from error
