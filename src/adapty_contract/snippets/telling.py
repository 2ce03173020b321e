"""Runs of samples as text and as JSON. Pure; text from pages, samples and programs is made visible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from adapty_contract.model import Exchange
from adapty_contract.record_json import encode
from adapty_contract.snippets.model import Difference, Outcome, SampleRun
from adapty_contract.snippets.sandbox import lacking
from adapty_contract.visible import one_line

_LONGEST = 300


def as_text(runs: Sequence[SampleRun]) -> Iterator[str]:
    """The lines of the report, under the names of the pages."""
    page = None
    for run in runs:
        if run.page != page:
            page = run.page
            yield one_line(page, _LONGEST)
        label = f" ({run.label})" if run.label else ""
        yield f"  {run.outcome.upper():13}  line {run.line:<4} {one_line(run.id + label, _LONGEST)}"
        yield from (f"      {one_line(line, _LONGEST)}" for line in _details(run))
    yield ""
    yield from _summary(runs)


def _details(run: SampleRun) -> Iterator[str]:
    if run.reason:
        yield run.reason
    for difference in run.differences:
        told = ", ".join(difference.explained_by)
        yield f"line {difference.line}: {difference.sentence}"
        yield f"  explained by {told}" if told else "  not explained by the ledger"
    if run.left:
        yield f"left as they stand: {', '.join(run.left)}"


def _summary(runs: Sequence[SampleRun]) -> Iterator[str]:
    ran = [run for run in runs if run.has_run]
    missing = dict.fromkeys(words for run in ran if run.ended for words in lacking(run.ended.confined))
    yield from (f"Not ensured on this machine: {words}." for words in missing)
    differences = [difference for run in runs for difference in run.differences]
    if differences:
        yield _explained(sum(not difference.explained_by for difference in differences))
    if not runs:
        yield "There are no code samples: nothing was exercised."
        return
    counts = Counter(run.outcome for run in runs)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    yield f"{len(ran)} of {len(runs)} samples ran: {told}.{_caution(len(ran), len(runs))}"


def _explained(open_: int) -> str:
    if not open_:
        return "The ledger explains every difference."
    return f"The ledger does not explain {open_} of the differences."


def _caution(ran: int, total: int) -> str:
    """What must not be concluded where samples were not run."""
    if ran == total:
        return ""
    if not ran:
        return " Nothing was exercised: none of them passed."
    return f" Nothing is known of the {total - ran} not run: not run is not passed."


def as_data(runs: Sequence[SampleRun]) -> dict[str, Any]:
    """Everything about the runs, as JSON data."""
    ran = [run for run in runs if run.has_run]
    data: dict[str, Any] = encode(
        {
            "samples": [_run(run) for run in runs],
            "summary": {
                **{outcome.value: sum(run.outcome is outcome for run in runs) for outcome in Outcome},
                "ran": len(ran),
                "unexplained": sum(not run.is_explained for run in runs),
            },
        }
    )
    return data


def _run(run: SampleRun) -> dict[str, Any]:
    data: dict[str, Any] = {
        "page": run.page,
        "line": run.line,
        "id": run.id,
        "language": run.language,
        "label": run.label,
        "outcome": run.outcome.value,
        "reason": run.reason or None,
        "differences": [_difference(difference) for difference in run.differences],
        "requests": [_exchange(exchange) for exchange in run.exchanges],
        "placeholders_left": list(run.left),
    }
    if run.ended is not None:
        data["process"] = {
            "exit_status": run.ended.status,
            "timed_out": run.ended.status is None,
            "stdout": run.ended.out,
            "stderr": run.ended.err,
            "seconds": round(run.ended.seconds, 3),
            "not_ensured": list(lacking(run.ended.confined)),
        }
    return data


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "subject": difference.subjects[0],
        "line": difference.line,
        "sentence": difference.sentence,
        "explained_by": list(difference.explained_by),
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    return {
        "method": request.method,
        "target": request.target,
        "headers": [list(header) for header in request.headers],
        "body": encode(request.body),
        "answered": exchange.status,
    }
