"""Who says so: sources, the lines of theirs that are cited, and where each can be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import SourceKind, SourceRecord, Statement
from adapty_contract.model import Source

_OWN_DOCUMENT = "YAML"
_HERE = "here"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source and those of its lines that are cited at one place, in order."""

    source: SourceRecord
    lines: tuple[int, ...] = ()

    @property
    def abbreviated(self) -> bool:
        """Whether the source is one of the few that pages introduce once and then name by their ids."""
        return is_known_by_its_id(self.source)


Said = Source | Statement
"""What cites a source: the source of a clause, or a statement of a ledger entry."""


def url_of(source: SourceRecord, line: int | None = None) -> str | None:
    """Where a source, or a line of it, can be read; `None` for what this project ran itself.

    A file on GitHub without a known revision is shown by its history, where the version that was read can be found.
    """
    if source.where == _HERE:
        return None
    if source.where.startswith("https://"):
        return source.where
    repository, _, path = source.where.partition(":")
    if source.revision is None:
        return f"https://github.com/{repository}/commits/HEAD/{path}"
    at_line = "" if line is None else f"?plain=1#L{line}"
    return f"https://github.com/{repository}/blob/{source.revision}/{path}{at_line}"


def cited(contract: Contract, said: Iterable[Said]) -> tuple[Citation, ...]:
    """The sources of what was said, each once with all its lines, in the order of the list of sources."""
    lines: dict[str, set[int]] = {}
    for each in said:
        found = lines.setdefault(each.source, set())
        if each.line is not None:
            found.add(each.line)
    return tuple(
        Citation(source, tuple(sorted(lines[name]))) for name, source in contract.sources.items() if name in lines
    )


def is_known_by_its_id(source: SourceRecord) -> bool:
    """Whether pages explain its id once, since it is cited everywhere: the vendor's two pages and its own document."""
    return source.kind is SourceKind.PAGE or source.id == _OWN_DOCUMENT
