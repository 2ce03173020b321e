"""The other way round: what the ledger says of the pages, and whether the pages still say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapty_contract.drift.evidence import Evidence, PageEvidence
from adapty_contract.drift.explaining import is_claim
from adapty_contract.drift.lines import line_lacking
from adapty_contract.drift.model import Finding, Outcome, Settled, Stated
from adapty_contract.drift.subjects import matches
from adapty_contract.ledger import LedgerEntry, SourceKind, Statement


def check_anchors(evidence: Evidence) -> Iterator[Finding]:
    """What became of every statement of the ledger about a page that was given."""
    for page in evidence.pages:
        if page.reading.source is None or page.reading.source.kind is not SourceKind.PAGE:
            continue
        for entry in evidence.contract.ledger.values():
            for statement in entry.statements:
                if statement.source == page.reading.source.id:
                    yield from _check(page, entry, statement)


def _check(page: PageEvidence, entry: LedgerEntry, statement: Statement) -> Iterator[Finding]:
    found = [each for each in page.stated if is_claim(statement, each)]
    gone = [claim for claim in statement.claims if not any(matches(claim, each.subject) for each in found)]
    if _is_read_in_place(page, statement):
        gone = []
    for claim in gone:
        yield from _gone(page, entry, statement, claim)
    if found and not gone:
        yield from _stale(page, entry, statement, found)
    for pattern in statement.absent:
        for each in page.all(pattern)[:1]:
            sentence = f"the ledger says that the page does not state this: {statement.says}"
            yield _finding("ledger-statement-gone", page, entry, each.subject, sentence, at=each, outcome=Outcome.DRIFT)


def _is_read_in_place(page: PageEvidence, statement: Statement) -> bool:
    """Whether a statement names a component whose file was given, so that its claims stand where its name stood."""
    read = {each.name for each in page.reading.page.components if each.file is not None}
    return any(isinstance(value, str) and value in read for value in statement.values)


def _gone(page: PageEvidence, entry: LedgerEntry, statement: Statement, subject: str) -> Iterator[Finding]:
    now = next((each for each in page.stated if matches(subject, each.subject)), None)
    instead = "no longer states it" if now is None else f"now states {now.claim.value!r}"
    sentence = f"the page {instead}; the ledger has: {statement.says}"
    yield _finding(
        "ledger-statement-gone", page, entry, subject, sentence, at=now, outcome=Outcome.DRIFT, line=statement.line
    )


def _stale(page: PageEvidence, entry: LedgerEntry, statement: Statement, found: list[Stated]) -> Iterator[Finding]:
    """Where the line or the quote of a statement is no longer that of its claim, only that is told."""
    lines = page.reading.lines
    found = [each for each in found if not each.is_imported]
    if not lines or not found or statement.line is None or statement.quote is None:
        return
    quote = " ".join(statement.quote.split())
    fitting = [each for each in found if quote in " ".join(lines[each.claim.line - 1].split())]
    if any(each.claim.line == statement.line for each in fitting):
        return
    at = min(fitting or found, key=lambda each: abs(each.claim.line - int(statement.line or 0)))
    what = f"stands on line {at.claim.line}" if fitting else f"is worded otherwise on line {at.claim.line}"
    sentence = f"what the ledger quotes from line {statement.line} {what}"
    yield _finding(
        "ledger-line-stale",
        page,
        entry,
        at.subject if len(statement.claims) > 1 else statement.claims[0],
        sentence,
        at=at,
        outcome=Outcome.AGREES,
    )


def _finding(
    rule: str,
    page: PageEvidence,
    entry: LedgerEntry,
    subject: str,
    sentence: str,
    *,
    at: Stated | None,
    outcome: Outcome,
    line: int | None = None,
) -> Finding:
    last = max((each.claim.line for each in page.stated), default=1)
    where = at.claim.line if at is not None else line_lacking(page.reading, subject) or min(line or 1, last)
    quote = at.claim.quote if at is not None else ""
    return Finding(rule, subject, sentence, outcome, page.reading.path, where, (entry.id,), quote)


def check_needs(evidence: Evidence, settled: tuple[Settled, ...]) -> Iterator[Finding]:
    """Entries that nothing needs, and needs that no entry meets."""
    ledger = evidence.contract.ledger
    needed = dict(_needs(evidence))
    for name, needers in needed.items():
        if name not in ledger:
            where = ", ".join(needers[:3])
            sentence = f"the contract refers to the ledger entry {name}, which does not exist ({where})"
            yield Finding("ledger-entry-missing", name, sentence, Outcome.DRIFT, f"contracts/ledger/{name}.yaml", 1)
    used = {each.entry for each in settled}
    for entry in ledger.values() if _all_given(evidence) else ():
        if entry.id not in used and entry.id not in needed:
            sentence = f"no page and nothing in the contract needs this entry: {entry.title}"
            file = f"contracts/ledger/{entry.id}.yaml"
            yield Finding("ledger-entry-unneeded", entry.subject, sentence, Outcome.DRIFT, file, 1, (entry.id,))


def _all_given(evidence: Evidence) -> bool:
    """Whether all pages of the ledger were given: without one, what it needs is not known."""
    given = {page.reading.source.id for page in evidence.pages if page.reading.source is not None}
    sources = evidence.contract.sources
    pages = {name for name, source in sources.items() if source.kind is SourceKind.PAGE}
    return pages <= given


def _needs(evidence: Evidence) -> Iterator[tuple[str, list[str]]]:
    """Every entry that the contract refers to, and from where."""
    found: dict[str, list[str]] = {}
    for clause in evidence.contract.clauses.values():
        for name in clause.ledger:
            found.setdefault(name, []).append(f"clause {clause.id}")
    for pointer, name in _references(evidence.contract.spec, "#"):
        found.setdefault(name, []).append(pointer)
    yield from found.items()


def _references(node: object, pointer: str) -> Iterator[tuple[str, str]]:
    """Each `x-ledger` in the spec, with its place."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "x-ledger":
                yield from ((pointer, str(name)) for name in value)
            else:
                yield from _references(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _references(value, f"{pointer}/{index}")
