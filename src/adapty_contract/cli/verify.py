"""`adapty-contract verify`: judge the embedded mock, or the server at a URL."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from adapty_contract.contract import Contract, load_contract
from adapty_contract.errors import InternalError, ReportError, TargetError, UsageError
from adapty_contract.model import Profile
from adapty_contract.options import DEFAULT_FORMATS, VerifyOptions, per_second, seconds
from adapty_contract.printing import shown_summary, write_output


class _Parsed(click.ParamType[float]):
    """A text that a function of `options` reads."""

    def __init__(self, name: str, read: Any) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that the text stands for."""
        if isinstance(value, int | float):
            return float(value)
        try:
            return float(self._read(str(value)))
        except UsageError as error:
            self.fail(f"{error.what}; {error.hint}", param, ctx)


if TYPE_CHECKING:
    from adapty_contract.plan import Plan
    from adapty_contract.record import RunRecord

_DURATION = _Parsed("duration", seconds)
_RATE = _Parsed("rate", per_second)


@click.command("verify")
@click.argument("url", required=False)
@click.option("--customer-user-id", metavar="ID", help="The test profile, by its customer user id.")
@click.option("--profile-id", metavar="UUID", help="The test profile, by its profile id (both for the same one).")
@click.option(
    "--other-customer-user-id", metavar="ID", help="A second test profile, to see that profiles are kept apart."
)
@click.option("--other-profile-id", metavar="UUID", help="The second test profile, by its profile id.")
@click.option(
    "--allow-writes", is_flag=True, help="Write to the test profiles of a server; they are put back afterwards."
)
@click.option("--key-file", type=click.Path(path_type=Path), help="Read the key from a file instead of ADAPTY_API_KEY.")
@click.option(
    "--ca-file", type=click.Path(path_type=Path), help="Trust this certificate authority besides the usual ones."
)
@click.option("--strict", is_flag=True, help="Take the stricter reading of open questions: SHOULD counts as MUST.")
@click.option("--only", multiple=True, metavar="CLAUSE", help="Only these clauses or topics; repeatable.")
@click.option(
    "--budget", type=_DURATION, default="10s", show_default=True, help="Time for generated cases; 0s for none."
)
@click.option("--max-requests", type=int, metavar="N", help="Stop after so many requests.")
@click.option("--rate", type=_RATE, metavar="5/s", help="No more requests than this.")
@click.option(
    "--timeout", type=_DURATION, default="30s", show_default=True, help="The longest that one exchange may take."
)
@click.option("--lag", type=_DURATION, default="5s", show_default=True, help="How late a write may be seen.")
@click.option(
    "--max-retry-after",
    type=_DURATION,
    default="30s",
    show_default=True,
    help="How long to wait when throttled (429, Retry-After); a server that asks for more ends the run.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed sends the same requests.")
@click.option(
    "--report-dir", type=click.Path(path_type=Path), default="reports", show_default=True, help="Where reports go."
)
@click.option("--format", multiple=True, metavar="FORMAT",
              help=f"A report to write; repeatable. Default: {', '.join(DEFAULT_FORMATS)}.")  # fmt: skip
@click.option("--json", is_flag=True, help="The whole record as JSON on standard output, no summary.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--dialect", multiple=True, metavar="NAME", help="A dialect of the embedded mock; repeatable.")
@click.option("--fault", multiple=True, metavar="NAME", help="A fault of the embedded mock; repeatable.")
@click.option(
    "--contract", type=click.Path(path_type=Path, file_okay=False), help="Another folder with openapi/ and contracts/."
)
def command(*, key_file: Path | None, quiet: bool, **given: Any) -> int:
    """Judge the server at URL clause by clause, or, without a URL, the embedded mock.

    Nothing is ever written to a server unless --allow-writes is given. The API key comes from ADAPTY_API_KEY, from
    --key-file, or from a prompt; never from an argument.

    \b
    Examples:
      adapty-contract verify
      adapty-contract verify --dialect post-200-profile --dialect throttled
      adapty-contract verify --only authentication --budget 0s
      adapty-contract verify https://api.adapty.io --customer-user-id test-user
      adapty-contract verify http://127.0.0.1:4010 --customer-user-id customer-1 \\
        --other-customer-user-id customer-2 --allow-writes
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.reporters.writing import find_format

    as_json = given.pop("json")
    options = VerifyOptions(
        formats=tuple(given.pop("format")) or DEFAULT_FORMATS,
        dialects=tuple(given.pop("dialect")),
        faults=tuple(given.pop("fault")),
        **given,
    )
    for name in options.formats:
        find_format(name)
    contract = load_contract(options.contract)
    contract.select(options.only)  # before anything is written
    with _plan(options, contract, key_file, quiet=quiet or as_json) as plan:
        record, unlogged = _run(plan)
    return _report(record, options, unlogged, as_json=as_json)


def _run(plan: Plan) -> tuple[RunRecord, ReportError | None]:
    """The record of the run, and why its event log is not whole, if it is not; told at once, as a run may be long."""
    from adapty_contract.event_log import EventLog
    from adapty_contract.reporters.writing import remove_reports
    from adapty_contract.runner import run

    events = EventLog(plan.options.report_dir)
    try:
        remove_reports(plan.options.report_dir, plan.options.formats)
    except ReportError as error:
        events.problem = events.problem or error
    if events.problem is not None:
        plan.progress.note(f"{events.problem.what}; the run goes on, and its exit status will tell")
    try:
        with plan.interrupt.listening():
            return run(replace(plan, events=events)), events.problem
    finally:
        events.close()


@contextmanager
def _plan(options: VerifyOptions, contract: Contract, key_file: Path | None, *, quiet: bool) -> Iterator[Any]:
    from adapty_contract.interrupts import Interrupt
    from adapty_contract.plan import Plan
    from adapty_contract.reporters.progress import progress_for
    from adapty_contract.target import environment_warnings, parse_target, read_key

    progress = progress_for(sys.stderr, silent=quiet)
    interrupt = Interrupt()
    if options.url is not None:
        target = parse_target(options.url, contract.path)
        key = read_key(key_file, os.environ, _prompt if sys.stdin.isatty() else None)
        warnings = () if target.is_loopback else tuple(environment_warnings(os.environ, Path.home()))
        if target.sends_key_in_clear:
            warnings += ("the URL is plain http: the key crosses the network unencrypted",)
        yield Plan(
            options, contract, target, key, options.profile or Profile(), options.other, progress, interrupt, warnings
        )
        return
    from adapty_contract.mock.embedded import embedded_mock

    with embedded_mock(contract, options.dialects, options.faults, options.seed) as mock:
        target = parse_target(mock.url, contract.path, embedded=True)
        yield Plan(options, contract, target, mock.key, mock.profile, mock.other, progress, interrupt)


def _prompt() -> str:
    return str(click.prompt("API key", hide_input=True, err=True))


def _report(record: RunRecord, options: VerifyOptions, unlogged: ReportError | None, *, as_json: bool) -> int:
    """Write the reports, then tell; a report that could not be written is an error even after a clean run."""
    from adapty_contract.reporters.step_summary import append_step_summary
    from adapty_contract.reporters.writing import ReportsNotWrittenError, write_reports

    problems = [unlogged] if unlogged else []
    try:
        written = tuple(write_reports(record, options.report_dir, options.formats))
    except ReportsNotWrittenError as error:
        written = error.written
        problems += error.missing.values()
    try:
        append_step_summary(record, os.environ)
    except ReportError as error:
        problems.append(error)
    untestable = record.exit_code in {InternalError.exit_code, TargetError.exit_code}
    if untestable:
        promise = "" if problems else f"  The report says so too: {options.report_dir}\n"
        sys.stderr.write(f"Error: {record.stopped}\n{promise}")
    if as_json or not untestable:
        text = _as_json(record) if as_json else shown_summary(record, [item.path for item in written])
        write_output(text, hint="the reports are on disk all the same")
    for what, hint in dict.fromkeys((problem.what, problem.hint) for problem in problems):
        sys.stderr.write(f"Error: {what}\n  {hint}\n")
    return record.exit_code or (ReportError.exit_code if problems else 0)


def _as_json(record: RunRecord) -> str:
    import json

    from adapty_contract.record import to_json

    return json.dumps(to_json(record), ensure_ascii=True) + "\n"
