"""A comparison as text, JSON or Markdown; texts of servers are made harmless in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from adapty_contract.comparing import Change, ClauseChange, Comparison, ObservationChange, Side, Standing
from adapty_contract.record_json import encode
from adapty_contract.reporters.markdown_parts import code
from adapty_contract.visible import one_line

_TEXT = 300
_NAME = 80
_FEW = 5  # rows that say nothing but that one run has what the other has not
_WORST_FIRST = (
    Change.NEW,
    Change.STILL,
    Change.UNJUDGED,
    Change.GONE,
    Change.OTHER,
    Change.ADDED,
    Change.REMOVED,
)


def as_text(comparison: Comparison) -> str:
    """For people: what is worse first, a line per clause and observation."""
    lines = [f"{word(comparison)}  {sentence(comparison)}", ""]
    lines += [_side_line(name, side) for name, side in _sides(comparison)]
    for title, rows in _sections(comparison):
        lines += ["", f"{title}:", *(f"  {one_line(row, 3 * _TEXT)}" for row in rows)]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> str:
    """For programs: everything, complete, in ASCII."""
    data: dict[str, Any] = {
        "result": word(comparison).lower(),
        "worse": [each.clause for each in comparison.worse],
        "common": comparison.common,
        "older": comparison.older,
        "newer": comparison.newer,
        "doubts": comparison.doubts,
        "clauses": [
            {"clause": each.clause, "change": each.change, "worse": each.worse, **_standings(each)}
            for each in comparison.clauses
        ],
        "observations": [
            {
                "id": each.id,
                "before": each.before,
                "after": each.after,
                "gone": each.gone,
                "new": each.new,
                "ledger": each.ledger,
            }
            for each in comparison.observations
        ],
    }
    return json.dumps(encode(data), ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """For pages and comments: texts of servers are code of a line, so that nothing in them is a link or a mention."""
    parts = [f"## {word(comparison)}", sentence(comparison)]
    parts.append(_list(f"{name}: {code(_told(side), _TEXT)}" for name, side in _sides(comparison)))
    for title, rows in _sections(comparison):
        parts += [f"### {title.capitalize()}", _list(code(row, 3 * _TEXT) for row in rows)]
    return "\n\n".join(parts) + "\n"


FORMATS: Mapping[str, Callable[[Comparison], str]] = MappingProxyType(
    {"text": as_text, "json": as_json, "markdown": as_markdown}
)
"""The formats by their names."""


def word(comparison: Comparison) -> str:
    """What the comparison came to, in capitals."""
    if comparison.worse:
        return "WORSE"
    if not comparison.common:
        return "NOTHING TO COMPARE"
    return "SAME" if comparison.same else "NOTHING WORSE"


def sentence(comparison: Comparison) -> str:
    """How much changed, in numbers."""
    found = [(len(comparison.of(change)), str(change)) for change in _WORST_FIRST]
    parts = [f"{count} {what}" for count, what in found if count]
    told = f"Of {comparison.common} clauses that both runs exercised" if not parts else "Clauses: " + ", ".join(parts)
    told = told if parts else f"{told}, none has another verdict"
    moved = len(comparison.observations)
    observations = f"{moved} observation{'' if moved == 1 else 's'} changed" if moved else "no observation changed"
    care = " The runs were not made alike." if comparison.doubts else ""
    return f"{told}; {observations}.{care}"


def _sections(comparison: Comparison) -> Iterator[tuple[str, Sequence[str]]]:
    """Titles and rows of every part that has something to say."""
    if comparison.doubts:
        yield (
            "not comparable without thought",
            [
                f"{each.subject}: {one_line(each.before, _TEXT)} -> {one_line(each.after, _TEXT)}"
                for each in comparison.doubts
            ],
        )
    for change in _WORST_FIRST:
        if found := comparison.of(change):
            yield str(change), list(_folded(found)) if change in _ONE_SIDED else [_clause(each) for each in found]
    if comparison.observations:
        yield "observations", list(_observations(comparison.observations))


_ONE_SIDED = frozenset({Change.ADDED, Change.REMOVED})


def _folded(changes: Sequence[ClauseChange]) -> Iterator[str]:
    """Clauses that one run has and the other has not: where they are many, only who they are."""
    if len(changes) <= _FEW:
        yield from map(_clause, changes)
    else:
        yield f"{len(changes)} clauses: {_some([each.clause for each in changes])}"


def _observations(changes: Sequence[ObservationChange]) -> Iterator[str]:
    """What moved, a row each; what only one run saw, where that is much, in one row."""
    sides = {
        "only the newer run saw": [each for each in changes if each.before is None],
        "only the older run saw": [each for each in changes if each.after is None],
    }
    many = {told: found for told, found in sides.items() if len(found) > _FEW}
    folded = [each for found in many.values() for each in found]
    yield from (_observation(each) for each in changes if each not in folded)
    for told, found in many.items():
        yield f"{told} {len(found)} of them: {_some([each.id for each in found])}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(one_line(name, _NAME) for name in names[:_FEW]) + more


def _clause(change: ClauseChange) -> str:
    detail = one_line(change.after.detail, _TEXT) if change.after is not None else ""
    weight = "; this fails the run" if change.worse else ""
    told = f"{one_line(change.clause, _NAME)}: {_said(change.before)} -> {_said(change.after)}{weight}"
    return f"{told}: {detail}" if detail else told


def _said(standing: Standing | None) -> str:
    return "absent" if standing is None else f"{standing.level} {standing.verdict}"


def _observation(change: ObservationChange) -> str:
    name = one_line(change.id, _NAME)
    entries = f" (ledger: {', '.join(change.ledger)})" if change.ledger else ""
    if change.before is None:
        return f"{name}: appeared: {'; '.join(change.new)}{entries}"
    if change.after is None:
        return f"{name}: not seen any more: {'; '.join(change.gone)}{entries}"
    return f"{name}: {'; '.join(change.gone) or 'nothing'} -> {'; '.join(change.new) or 'nothing'}{entries}"


def _sides(comparison: Comparison) -> tuple[tuple[str, Side], tuple[str, Side]]:
    return ("older", comparison.older), ("newer", comparison.newer)


def _side_line(name: str, side: Side) -> str:
    return f"{name}  {one_line(_told(side), _TEXT)}"


def _told(side: Side) -> str:
    return f"{side.run_id}, {side.started}: {side.target}; contract {side.contract}; exit status {side.exit_code}"


def _standings(change: ClauseChange) -> dict[str, Standing | None]:
    return {"before": change.before, "after": change.after}


def _list(rows: Iterator[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)
