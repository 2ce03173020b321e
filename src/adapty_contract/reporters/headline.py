"""What a run came to, in a word and a sentence: the first thing that people read in any report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapty_contract.model import Level, Verdict
from adapty_contract.record import UNFINISHED, counts, findings

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord

_WORDS = {
    0: "HELD",
    1: "VIOLATED",
    2: "WRONG USAGE",
    3: "NOT TESTED",
    4: "STOPPED",
    5: "NOTHING EXERCISED",
    6: "REPORT MISSING",
    130: "INTERRUPTED",
    UNFINISHED: "UNFINISHED",
    143: "INTERRUPTED",
}
_NO_VERDICT = 2  # exit codes from here on say why there is no verdict
_HINT = "; "  # between what happened and what to do, as the record has both in one sentence


def word(record: RunRecord) -> str:
    """The run's outcome in a word or two, in capitals, by its exit status."""
    return _WORDS.get(record.exit_code, f"EXIT {record.exit_code}")


def sentence(record: RunRecord) -> str:
    """What the clauses say; before that why the run ended early, if it did, and what to do about it."""
    return _sentences(record.stopped or _early(record), clauses(record))


def lead(record: RunRecord) -> str:
    """The sentence for a reader in a hurry: what happened, without what to do; of no clauses if none was exercised."""
    reason = happened(record)
    return _sentences(reason, "" if reason and not _held(record) and not _violated(record) else clauses(record))


def happened(record: RunRecord) -> str:
    """Why the run ended early, in short; empty if it did not.

    The path of the API, which everybody here knows, and an address said twice are left out.
    """
    what = (record.stopped or _early(record)).partition(_HINT)[0]
    return _brief(what, record.target.url)


def advice(record: RunRecord) -> str:
    """What to do about it, if the record says so."""
    return _sentences((record.stopped or "").partition(_HINT)[2])


def _early(record: RunRecord) -> str:
    return "" if record.complete else "The run ended early."


def origin(url: str) -> str:
    """Scheme, host and port of a URL; empty for a text that is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _brief(what: str, url: str) -> str:
    start = origin(url)
    if not start:
        return what
    host, _, port = start.partition("://")[2].rpartition(":")
    briefer = re.sub(re.escape(start) + r"/\S*?(?=:?(?:\s|$))", lambda _: start, what)
    return briefer.replace(f" {host} port {port}:", "") if host else briefer


def _sentences(*texts: str) -> str:
    parts = [_begun(text) for text in texts if text]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def _begun(text: str) -> str:
    """`text` as a sentence begins; a URL does not change for that."""
    return text if "://" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def _held(record: RunRecord) -> int:
    return counts(record)[Level.MUST][Verdict.HELD]


def _violated(record: RunRecord) -> bool:
    return any(row[Verdict.VIOLATED] for row in counts(record).values())


def clauses(record: RunRecord) -> str:
    """How the clauses fared."""
    table = counts(record)
    violated = [f"{table[level][Verdict.VIOLATED]} {level}" for level in Level if table[level][Verdict.VIOLATED] > 0]
    if violated:
        many = sum(table[level][Verdict.VIOLATED] for level in Level) > 1
        following = sum(len(finding.consequences) for finding in findings(record))
        note = "" if record.exit_code != 0 else ", which does not fail a run without --strict"
        note += f"; {following} of them may follow from others" if following else ""
        return f"{' and '.join(violated)} {'clauses are' if many else 'clause is'} violated{note}"
    binding = table[Level.MUST]
    if not binding[Verdict.HELD]:
        return "No MUST clause was exercised"
    left = binding[Verdict.NOT_EXERCISED] + binding[Verdict.INCONCLUSIVE]
    if record.exit_code >= _NO_VERDICT or left:
        return f"{binding[Verdict.HELD]} of {sum(binding.values())} MUST clauses held, none is violated"
    return f"All {binding[Verdict.HELD]} MUST clauses held"
