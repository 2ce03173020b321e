"""What several rules and entries say of one claim, told once, under a name that stays from one run to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath

from adapty_contract.drift.model import Finding, Outcome, Reading


def merge(readings: tuple[Reading, ...], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each subject of a page once, with all its lines; what is explained, once for each entry."""
    origins = _origins(readings)
    kept: dict[tuple[str, ...], Finding] = {}
    for each in findings:
        apart = each.entries if each.outcome is Outcome.EXPLAINED else ()
        key = (each.page, each.subject, each.outcome, *apart)
        named = replace(each, origin=origins.get(each.page, PurePath(each.page).name))
        kept[key] = _joined(kept[key], named) if key in kept else named
    yield from kept.values()


def _joined(first: Finding, second: Finding) -> Finding:
    sentence = first.sentence if second.sentence in first.sentence else f"{first.sentence}; {second.sentence}"
    lines = tuple(dict.fromkeys((*first.lines, *second.lines)))
    entries = tuple(dict.fromkeys((*first.entries, *second.entries)))
    return replace(first, sentence=sentence, entries=entries, also=lines[1:])


def _origins(readings: tuple[Reading, ...]) -> dict[str, str]:
    """The name of each file: the source that it is a copy of, or its own; its path where others are called the same."""
    names = {each.path: PurePath(each.path).name if each.source is None else each.source.id for each in readings}
    uses = Counter(names.values())
    return {path: name if uses[name] == 1 else path for path, name in names.items()}
