"""JUnit XML: a suite per topic and a test case per clause, for the pages of build servers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from adapty_contract.curl import curl_line
from adapty_contract.model import Verdict
from adapty_contract.record import fails_run
from adapty_contract.reporters import reporter
from adapty_contract.visible import one_line, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapty_contract.model import ClauseReport, Exchange
    from adapty_contract.record import RunRecord

_MESSAGE = 300
_TEXT = 4000
_RESULTS = 5  # of one clause; the record has them all


@reporter("junit", filename="junit.xml")
def render(record: RunRecord) -> bytes:
    """JUnit XML as build servers read it: a suite per topic, a test case per clause.

    A violated MUST is a failure; so is a violated SHOULD of a strict run, which otherwise is a passed case that says so
    in its output. Not exercised and inconclusive clauses are skipped cases. A run that ended early, or could not test
    its target, has one more suite with an error, so that no reader shows it as passed.
    """
    exchanges = {exchange.number: exchange for exchange in record.exchanges}
    root = ET.Element("testsuites", name="adapty-contract", time=f"{record.duration:.3f}")
    for topic, reports in _by_topic(record.clauses).items():
        root.append(_suite(record, topic, [_case(record, report, exchanges) for report in reports]))
    if (trouble := _trouble(record)) is not None:
        root.append(_suite(record, "run", [trouble]))
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    ET.indent(root)
    file = io.BytesIO()
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    return file.getvalue() + b"\n"


def _by_topic(reports: Iterable[ClauseReport]) -> dict[str, list[ClauseReport]]:
    topics: dict[str, list[ClauseReport]] = {}
    for report in reports:
        topics.setdefault(report.clause.topic, []).append(report)
    return topics


def _suite(record: RunRecord, name: str, cases: list[ET.Element]) -> ET.Element:
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    seconds = sum(float(case.get("time", "0")) for case in cases)
    suite = ET.Element("testsuite", {"name": one_line(name)} | {kind: str(count) for kind, count in counts.items()})
    suite.set("time", f"{seconds:.3f}")
    suite.set("timestamp", one_line(record.started)[:19])  # readers want no zone
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(record).items():
        ET.SubElement(properties, "property", name=key, value=one_line(value, _MESSAGE))
    suite.extend(cases)
    return suite


def _properties(record: RunRecord) -> Mapping[str, str]:
    return {
        "seed": str(record.seed),
        "target": record.target.url,
        "target-kind": record.target.kind,
        "tool": f"{record.tool.name} {record.tool.version}",
        "contract": f"{record.contract.version} ({record.contract.digest})",
        "run-id": record.run_id,
        "strict": str(record.strict).lower(),
    }


def _case(record: RunRecord, report: ClauseReport, exchanges: Mapping[int, Exchange]) -> ET.Element:
    numbers = {number for result in report.results for number in result.exchanges}
    seconds = sum(exchanges[number].elapsed for number in numbers if number in exchanges)
    case = _element("testcase", name=report.clause.id, classname=f"adapty-contract.{report.clause.topic}")
    case.set("time", f"{seconds:.3f}")
    if fails_run(record, report):
        _add(case, "failure", _details(record, report, exchanges), type=report.clause.level, message=_message(report))
    elif report.verdict is Verdict.VIOLATED:
        lead = f"{report.clause.level} clause violated; this does not fail a run without --strict\n"
        _add(case, "system-out", lead + _details(record, report, exchanges))
    elif report.verdict is not Verdict.HELD:
        _add(case, "skipped", "", type=report.verdict, message=one_line(f"{report.verdict}: {report.why}", _MESSAGE))
    return case


def _message(report: ClauseReport) -> str:
    seen = next((result.seen for result in report.results if result.verdict is Verdict.VIOLATED), "")
    return one_line(f"{report.clause.statement} Seen: {one_line(seen, _MESSAGE)}", 2 * _MESSAGE)


def _details(record: RunRecord, report: ClauseReport, exchanges: Mapping[int, Exchange]) -> str:
    """The evidence: for each violation what was expected and seen, and a line that sends the request again."""
    lines = [f"{report.clause.level} {report.clause.id}: {report.clause.statement}"]
    violations = [result for result in report.results if result.verdict is Verdict.VIOLATED]
    for result in violations[:_RESULTS]:
        lines += ["", f"expected: {shortened(result.expected, _TEXT)}", f"seen:     {shortened(result.seen, _TEXT)}"]
        lines += [f"found by: {result.layer}, {shortened(result.case, _MESSAGE)}; seed {record.seed}"]
        for number in result.exchanges[-_RESULTS:]:
            if number in exchanges:
                line = curl_line(exchanges[number], record.target.url)
                lines.append(
                    f"exchange {number}: {line if len(line) <= _TEXT else 'too long for a line; see report.har'}"
                )
    if len(violations) > _RESULTS:
        lines += ["", f"{len(violations) - _RESULTS} more in report.json"]
    return "\n".join(lines)


def _trouble(record: RunRecord) -> ET.Element | None:
    """A case with an error if the verdicts of the clauses do not tell the whole story."""
    if record.complete and record.exit_code in (0, 1):
        return None
    case = _element("testcase", name="run-is-complete", classname="adapty-contract.run")
    case.set("time", f"{record.duration:.3f}")
    why = record.stopped or f"the run ended with exit status {record.exit_code}"
    _add(case, "error", "\n".join([why, *record.warnings]), type="run", message=one_line(why, _MESSAGE))
    return case


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: one_line(value, _MESSAGE) for name, value in attributes.items()})


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    child = ET.SubElement(parent, tag, {name: str(value) for name, value in attributes.items()})
    child.text = visible(text) or None
