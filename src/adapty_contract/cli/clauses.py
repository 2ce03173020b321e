"""`adapty-contract clauses`: what is judged, what proves it, what is left open."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rich_click as click

from adapty_contract.printing import write_output

if TYPE_CHECKING:
    from adapty_contract.contract import Contract
    from adapty_contract.mock.proofs import Proof

_UNPROVEN = 1
"""The exit status where a clause has neither a fault nor a reason."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a list: the heading it stands under, its id, a short mark, its sentence, and all of it as data."""

    heading: str
    id: str
    mark: str
    text: str
    data: dict[str, Any]


@click.command("clauses")
@click.option(
    "--faults", "what", flag_value="faults", help="List the faults of the mock, with the clauses they violate."
)
@click.option(
    "--dialects", "what", flag_value="dialects", help="List the permitted behaviours that the mock can speak."
)
@click.option("--ledger", "what", flag_value="ledger", help="List the discrepancies of the documentation.")
@click.option("--proof", "what", flag_value="proof", help="Show which faults prove each clause; 1 if one has none.")
@click.option("--topic", metavar="TOPIC", help="Only what concerns the clauses of this topic.")
@click.option(
    "--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it."
)
def command(what: str | None, topic: str | None, fmt: str) -> int:
    """List the clauses of the contract, or what belongs to them.

    A clause is one sentence that the API promises. It is proven by a fault of the mock that violates it and is caught.

    \b
    Examples:
      adapty-contract clauses --topic writing
      adapty-contract clauses --proof
      adapty-contract clauses --faults --format json | jq -r '.[].id'
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract

    contract = load_contract()
    wanted = _clauses_of(contract, topic)
    rows = list(_LISTS[what or "clauses"](contract, wanted))
    if fmt == "json":
        write_output(json.dumps([row.data for row in rows], indent=2, ensure_ascii=False) + "\n")
    else:
        write_output("\n".join([*_lines(rows), ""]))
    return _UNPROVEN if any(row.data.get("settled") is False for row in rows) else 0


def _clauses_of(contract: Contract, topic: str | None) -> frozenset[str]:
    """The ids of the clauses of a topic, or all. Raises UsageError with the nearest name for an unknown topic."""
    from adapty_contract.errors import UsageError

    if topic is None:
        return frozenset(contract.clauses)
    if topic in contract.clauses:
        raise UsageError(f"{topic} is a clause, not a topic", hint=f"its topic is {contract.clauses[topic].topic}")
    return contract.select([topic])


def _clauses(contract: Contract, wanted: frozenset[str]) -> Iterator[_Row]:
    from adapty_contract.record_json import encode

    for clause in contract.clauses.values():
        if clause.id in wanted:
            mark = f"{clause.level}, left open" if clause.open else str(clause.level)
            yield _Row(clause.topic, clause.id, mark, clause.statement, encode(clause))


def _faults(_: Contract, wanted: frozenset[str]) -> Iterator[_Row]:
    from adapty_contract.mock.faults import faults

    for each in sorted(faults().values(), key=lambda each: (each.topic, each.id)):
        if wanted.intersection(each.violates):
            data = {
                "id": each.id,
                "topic": each.topic,
                "description": each.description,
                "violates": list(each.violates),
                "random": each.random,
            }
            text = f"{each.description} Violates {', '.join(each.violates)}."
            yield _Row(each.topic, each.id, "random" if each.random else "", text, data)


def _dialects(contract: Contract, wanted: frozenset[str]) -> Iterator[_Row]:
    from adapty_contract.mock.dialects import dialects

    entries = _entries_of(contract, wanted)
    for each in dialects().values():
        if entries.intersection(each.ledger) or wanted == frozenset(contract.clauses):
            data = {"id": each.id, "group": each.group, "description": each.description, "ledger": list(each.ledger)}
            yield _Row(each.group, each.id, "", each.description, data)


def _ledger(contract: Contract, wanted: frozenset[str]) -> Iterator[_Row]:
    from adapty_contract.record_json import encode

    entries = _entries_of(contract, wanted)
    for entry in contract.ledger.values():
        if entry.id in entries or wanted == frozenset(contract.clauses):
            text = f"{entry.title}. {entry.decision}"
            yield _Row("ledger", entry.id, f"{entry.confidence} confidence", text, encode(entry))


def _entries_of(contract: Contract, wanted: frozenset[str]) -> frozenset[str]:
    """The ledger entries that these clauses name."""
    return frozenset(entry for name in wanted for entry in contract.clauses[name].ledger)


def _proof(contract: Contract, wanted: frozenset[str]) -> Iterator[_Row]:
    from adapty_contract.mock.proofs import proofs

    for proof in proofs(contract):
        if proof.clause.id in wanted:
            data = {
                "id": proof.clause.id,
                "topic": proof.clause.topic,
                "level": str(proof.clause.level),
                "faults": list(proof.faults),
                "waiver": proof.waiver,
                "settled": proof.is_settled,
            }
            yield _Row(proof.clause.topic, proof.clause.id, *_told(proof), data)


def _told(proof: Proof) -> tuple[str, str]:
    """How proven a clause is, in a word or two, and by what."""
    if proof.faults:
        count = len(proof.faults)
        return f"proven by {count} fault{'s' if count > 1 else ''}", ", ".join(proof.faults)
    if proof.waiver is not None:
        return "unproven", proof.waiver
    return "UNPROVEN", "No fault violates it, and no reason is written down."


_LISTS: dict[str, Callable[[Contract, frozenset[str]], Iterable[_Row]]] = {
    "clauses": _clauses,
    "faults": _faults,
    "dialects": _dialects,
    "ledger": _ledger,
    "proof": _proof,
}


def _lines(rows: Iterable[_Row]) -> Iterator[str]:
    """The rows as text, under their headings, as wide as the terminal."""
    width = max(40, min(shutil.get_terminal_size().columns, 120))
    heading = None
    for row in rows:
        if row.heading != heading:
            yield f"{'' if heading is None else chr(10)}{row.heading}"
            heading = row.heading
        yield f"  {row.id}{f'  [{row.mark}]' if row.mark else ''}"
        yield textwrap.fill(
            row.text, width, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False
        )
