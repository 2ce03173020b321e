"""One test a clause: what one run of `verify` over every scenario said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.curl import curl_line
from adapty_contract.model import ClauseReport, Verdict
from adapty_contract.record import RunRecord, TargetKind, fails_run


@pytest.mark.parametrize("clause", sorted(load_contract().clauses))
def test_clause_holds(clause: str, record: RunRecord, report_of: Callable[[str], ClauseReport]) -> None:
    report = report_of(clause)
    if fails_run(record, report):
        pytest.fail(f"{clause}: {report.clause.statement}\n{report.why}\n{_curl(record, report)}", pytrace=False)
    if report.verdict is Verdict.NOT_EXERCISED and record.target.kind is TargetKind.EMBEDDED:
        pytest.fail(f"{clause} is not exercised by any scenario, although nothing is missing", pytrace=False)
    if report.verdict is not Verdict.HELD:
        pytest.skip(f"{report.clause.level} {report.verdict}: {report.why}")


def _curl(record: RunRecord, report: ClauseReport) -> str:
    numbers = [number for result in report.results for number in result.exchanges]
    found = (exchange for exchange in record.exchanges if exchange.number in numbers)
    return next((curl_line(exchange, record.target.url) for exchange in found), "")
