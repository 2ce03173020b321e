"""JUnit XML: a suite per topic and a test case per clause, for the pages of build servers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from adapty_contract.model import Verdict
from adapty_contract.record import fails_run
from adapty_contract.reporters import reporter
from adapty_contract.reporters.evidence import SHORT, elapsed, facts, in_full, in_short, numbered, trouble
from adapty_contract.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapty_contract.model import ClauseReport, Exchange
    from adapty_contract.record import RunRecord


@reporter("junit", filename="junit.xml")
def render(record: RunRecord) -> bytes:
    """JUnit XML as build servers read it: a suite per topic, a test case per clause.

    What a clause is (level, sources, ...) stands in its case's output, a line for each: readers that hold files to a
    schema refuse `properties` within a case.

    A violated MUST is a failure; so is a violated SHOULD of a strict run, which otherwise is a passed case that says so
    there. Not exercised and inconclusive clauses are skipped cases. A run that ended early, or could not test
    its target, has one more suite with an error, so that no reader shows it as passed.
    """
    exchanges = numbered(record)
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
        ET.SubElement(properties, "property", name=key, value=one_line(value, SHORT))
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
    case = _element("testcase", name=report.clause.id, classname=f"adapty-contract.{report.clause.topic}")
    case.set("time", f"{elapsed(report, exchanges):.3f}")
    output = [f"{name}: {one_line(value, SHORT)}" for name, value in facts(report).items() if value]
    if fails_run(record, report):
        evidence = in_full(record, report, exchanges)
        _add(case, "failure", evidence, type=report.clause.level, message=in_short(report))
    elif report.verdict is Verdict.VIOLATED:
        lead = f"{report.clause.level} clause violated; this does not fail a run without --strict"
        output += ["", lead, in_full(record, report, exchanges)]
    elif report.verdict is not Verdict.HELD:
        _add(case, "skipped", "", type=report.verdict, message=one_line(f"{report.verdict}: {report.why}", SHORT))
    _add(case, "system-out", "\n".join(output))
    return case


def _trouble(record: RunRecord) -> ET.Element | None:
    """A case with an error if the verdicts of the clauses do not tell the whole story."""
    why = trouble(record)
    if why is None:
        return None
    case = _element("testcase", name="run-is-complete", classname="adapty-contract.run")
    case.set("time", f"{record.duration:.3f}")
    _add(case, "error", "\n".join([why, *record.warnings]), type="run", message=one_line(why, SHORT))
    return case


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: one_line(value, SHORT) for name, value in attributes.items()})


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    child = ET.SubElement(parent, tag, {name: str(value) for name, value in attributes.items()})
    child.text = visible(text) or None
