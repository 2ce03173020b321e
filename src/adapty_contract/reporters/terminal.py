"""One screen of summary: the verdict first, then what was tested, what is wrong, and what else was seen."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapty_contract.model import Verdict
from adapty_contract.record import TargetKind, counts, findings
from adapty_contract.reporters import headline
from adapty_contract.reporters.phrases import known_as, left_out, patience, sent, unjudged
from adapty_contract.reporters.terminal_findings import finding_lines
from adapty_contract.reporters.terminal_parts import Page, heading, plural, remark, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

    from adapty_contract.record import RunRecord
    from adapty_contract.reporters.phrases import Unjudged

_WIDEST = 120
_SCREEN = 40
_FINDINGS = 10
_OBSERVATIONS = 12
_FEW = 4  # observations are shown even where the screen is full
_NAMES = 3
_REASONS = 3
_WARNINGS = 3


def print_summary(record: RunRecord, console: Console, written: Sequence[Path] = ()) -> None:
    """Print the summary of `record`; `written` names the reports on disk.

    Text from the server is made visible and shortened first. Curl lines are never wrapped, so that they can be pasted.
    Colour is the console's business: with NO_COLOR, or where nobody looks, it has none.
    """
    ascii_only = not (console.encoding or "").lower().startswith("utf")
    page = Page(console, min(console.width, _WIDEST), ascii_only=ascii_only)
    for line in _lines(record, page, written):
        console.print(line, soft_wrap=True, highlight=False)


def summary(record: RunRecord, written: Sequence[Path] = (), *, width: int = 80) -> str:
    """The summary as plain text, for files and pipes."""
    from rich.console import Console

    file = io.StringIO()
    print_summary(record, Console(file=file, width=width, color_system=None, force_terminal=False), written)
    return file.getvalue()


def _lines(record: RunRecord, page: Page, written: Sequence[Path]) -> Iterator[Text | str]:
    found = [list(finding_lines(record, finding, page)) for finding in findings(record)[:_FINDINGS]]
    before = [list(_banner(record, page)), list(_subject(record, page)), list(_counts(record)), *found]
    before.append(list(_more_findings(record)))
    after = [list(_unsettled(record, page)), list(_aftermath(record, page, written))]
    taken = sum(len(section) + 1 for section in [*before, *after] if section)
    observations = list(_observations(record, page, max(_SCREEN - taken - 3, _FEW)))
    for position, section in enumerate(filter(None, [*before, observations, *after])):
        if position:
            yield ""
        yield from section


def _banner(record: RunRecord, page: Page) -> Iterator[Text]:
    from rich.text import Text

    colour = {0: "green", 1: "red"}.get(record.exit_code, "yellow")
    word = Text(f" {headline.word(record)} ", style=f"bold reverse {colour}")
    rows = page.text(headline.sentence(record), limit=400, style="bold").wrap(
        page.console, page.width - word.cell_len - 1
    )
    for row in rows:
        row.rstrip()
        yield Text.assemble(word, " ", row)
        word = Text(" " * word.cell_len)


def _subject(record: RunRecord, page: Page) -> Iterator[Text]:
    for label, value in _settings(record):
        yield from page.labelled(label, value)


def _settings(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "target", _target(record)
    profiles = [known_as(profile) for profile in (record.target.profile, record.target.other_profile) if profile]
    if profiles:
        yield "profile", "; other: ".join(profiles)
    contract, tool = record.contract, record.tool
    yield "contract", f"{contract.version} ({contract.digest[:12]}), {tool.name} {tool.version}"
    layers = ", ".join(f"{layer.name} {layer.exchanges}" for layer in record.layers)
    yield "requests", f"{sent(record)} in {seconds(record.duration)}" + (f": {layers}" if layers else "")
    yield "seed", str(record.seed) + ("; strict" if record.strict else "")
    if tolerated := "; ".join(patience(record)):
        yield "tolerated", tolerated
    for note in dict.fromkeys(layer.note for layer in record.layers if layer.note):
        yield "layers", f"{', '.join(layer.name for layer in record.layers if layer.note == note)}: {note}"


def _target(record: RunRecord) -> str:
    """The base URL; of the embedded mock, where the path goes without saying, its origin."""
    if record.target.kind is not TargetKind.EMBEDDED:
        return record.target.url
    parts = urlsplit(record.target.url)
    return f"embedded mock at {parts.scheme}://{parts.netloc}"


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f", +{len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def _counts(record: RunRecord) -> Iterator[Text]:
    from rich.text import Text

    if not record.clauses:
        return
    styles = {Verdict.HELD: "green", Verdict.VIOLATED: "bold red", Verdict.INCONCLUSIVE: "yellow"}
    widths = {verdict: max(len(verdict), 8) + 3 for verdict in Verdict}
    yield Text(" " * 9 + "".join(verdict.rjust(width) for verdict, width in widths.items()), style="dim")
    for level, row in counts(record).items():
        line = Text(f"  {level:<7}")
        for verdict, width in widths.items():
            line.append(str(row[verdict]).rjust(width), style=styles.get(verdict, "") if row[verdict] else "dim")
        yield line


def _more_findings(record: RunRecord) -> Iterator[Text]:
    left = len(findings(record)) - _FINDINGS
    if left > 0:
        yield heading(left_out(record, left, "finding"))


def _observations(record: RunRecord, page: Page, limit: int) -> Iterator[Text]:
    """What the run saw where the contract leaves it open, by the ledger entry that it settles."""
    rows = sorted((", ".join(each.ledger) or each.id, each.answer) for each in record.observations)
    shown = rows[: min(limit, _OBSERVATIONS)]
    if not shown:
        return
    yield heading("open questions of the ledger, settled by this run")
    yield from page.columns(shown)
    if len(rows) > len(shown):
        yield remark(f"+{left_out(record, len(rows) - len(shown))}")


def _unsettled(record: RunRecord, page: Page) -> Iterator[Text]:
    """Clauses that are inconclusive or were not exercised, by their reason."""
    for verdict, reasons in groupby(unjudged(record), key=lambda each: each.verdict):
        ranked = list(reasons)
        yield heading(verdict)
        yield from page.columns([(plural(len(each.reports), "clause"), _told(each)) for each in ranked[:_REASONS]])
        if len(ranked) > _REASONS:
            yield remark(f"+{left_out(record, len(ranked) - _REASONS, 'reason')}")


def _told(reason: Unjudged) -> str:
    return f"{reason.why}: {', '.join(report.clause.id for report in reason.reports)}"


def _aftermath(record: RunRecord, page: Page, written: Sequence[Path]) -> Iterator[Text]:
    for warning in record.warnings[:_WARNINGS]:
        yield from page.labelled("warning", warning, style="yellow")
    if len(record.warnings) > _WARNINGS:
        yield from page.labelled("", f"+{left_out(record, len(record.warnings) - _WARNINGS)}")
    for restoration in record.restoration:
        names = f": {_some(restoration.names)}" if restoration.names else ""
        yield from page.labelled("afterwards", f"{known_as(restoration.profile)}: {restoration.outcome}{names}")
    if written:
        yield from page.labelled("reports", " ".join(map(str, written)))
