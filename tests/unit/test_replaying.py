"""Whatever is cut from the end of an event log, what is left makes a record of what it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapty_contract.contract import load_contract
from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.event_log import EventLog
from adapty_contract.framed import Closing, Opening, record_of
from adapty_contract.model import Exchange, Observation, Request, Response, Result, Verdict
from adapty_contract.record import UNFINISHED, LayerRecord, RunRecord, from_json, to_json
from adapty_contract.replaying import read_events
from adapty_contract.tally import Tally
from support.records import made

CONTRACT = load_contract()
CLAUSES = CONTRACT.clauses
OPENED = made()
OPENING = Opening(
    tool=OPENED.tool,
    contract=OPENED.contract,
    run_id="run-1",
    target=OPENED.target,
    settings={"strict": False},
    seed=1,
    started="2026-01-31T12:00:00.000+00:00",
    clauses=tuple(CLAUSES.values()),
)
CLOSING = Closing(
    ended="2026-01-31T12:00:09.000+00:00",
    duration=9.0,
    complete=True,
    stopped=None,
    exit_code=0,
    layers=(LayerRecord("scenarios", 3, 9.0, 2),),
    missing={"writes": "--allow-writes"},
)

RESULTS = st.builds(
    Result,
    clause=st.sampled_from(sorted(CLAUSES)),
    verdict=st.sampled_from([Verdict.HELD, Verdict.VIOLATED, Verdict.INCONCLUSIVE]),
    expected=st.text(max_size=4),
    seen=st.text(max_size=4),
    exchanges=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    case=st.sampled_from(["one case", "another"]),
)
OBSERVATIONS = st.builds(
    Observation, id=st.sampled_from(["blank-value", "caching"]), answer=st.text(max_size=4), exchanges=st.just((1,))
)
STEPS = st.lists(
    st.one_of(st.lists(RESULTS, max_size=4), OBSERVATIONS, st.sampled_from(sorted(CLAUSES)), st.integers(200, 599)),
    max_size=8,
)


def exchange(number: int, status: int) -> Exchange:
    body = b"\xff\x00" if status % 2 else b'{"a": "\xed\xa0\x80"}'
    return Exchange(number, Request("GET", "/"), Response(status, body=body), started="2026-01-31T12:00:01.000+00:00")


def logged(folder: Path, steps: list[object]) -> RunRecord:
    """Have these things happen in a run, its events logged in `folder`; the record that it makes."""
    log = EventLog(folder)
    log.write("run", OPENING)
    tally = Tally(CLAUSES, events=log)
    exchanges: list[Exchange] = []
    log.write("layer-start", "scenarios")
    for step in steps:
        if isinstance(step, int):
            exchanges.append(exchange(len(exchanges) + 1, step))
            log.write("exchange", exchanges[-1])
        elif isinstance(step, Observation):
            tally.observe(step)
        elif isinstance(step, str):
            tally.skip([step], "no time")
        else:
            assert isinstance(step, list)
            tally.add(step)
    log.write("layer", CLOSING.layers[0])
    log.write("end", CLOSING)
    log.close()
    assert log.problem is None
    return record_of(OPENING, CLOSING, tally.reports(CLOSING.missing), tally.observations, exchanges)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, data=st.data())
def test_a_log_makes_the_record_and_its_beginning_one_of_what_was_seen(
    tmp_path: Path, steps: list[object], data: st.DataObject
) -> None:
    record = from_json(to_json(logged(tmp_path, steps)))  # lone surrogates are written out there
    path = tmp_path / "events.ndjson"
    assert read_events(path) == record

    content = path.read_bytes()
    first = content.index(b"\n") + 1
    cut = data.draw(st.integers(first, len(content) - 1))
    path.write_bytes(content[:cut])
    part = read_events(path)
    assert not part.complete
    assert part.exit_code == UNFINISHED
    assert part.exchanges == record.exchanges[: len(part.exchanges)]
    whole = {report.clause.id: report.exercised for report in record.clauses}
    assert all(report.exercised <= whole[report.clause.id] for report in part.clauses)


def test_a_run_that_did_not_end_says_how_far_it_came(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    log.write("run", OPENING)
    log.write("layer-start", "scenarios")
    log.write("exchange", exchange(1, 429))
    log.close()
    record = read_events(tmp_path / "events.ndjson")
    assert record.stopped is not None
    assert "did not end" in record.stopped
    assert record.layers == (LayerRecord("scenarios", 1, 0.0, 0, "stopped"),)
    assert record.tolerated.throttled == 1
    assert record.duration == 1.0
    assert {report.why for report in record.clauses} == {"the run did not come to it"}
    assert [each.id for each in record.observations] == ["rate-limited"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no whole line"),
        ('{"event": "run", "data"', "no whole line"),
        ("[1]\n", "line 1"),
        ('{"event": "end", "data": {}}\n', "does not begin with the event `run`"),
        ('{"event": "run", "data": {"tool": 3}}\n', "line 1"),
        ("RUN\n{broken\n", "line 2"),
        ('RUN\n{"event": "dance", "data": 1}\n', "unknown kind dance"),
        ('RUN\n{"event": "exchange", "data": {"number": 1}}\n', "line 2"),
        ('RUN\n{"event": "results", "data": ["no-such-clause"]}\n', "line 2"),
    ],
)
def test_what_is_no_event_log_is_told_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    log = EventLog(tmp_path)
    log.write("run", OPENING)
    log.close()
    path = tmp_path / "events.ndjson"
    opening = path.read_text(encoding="ascii").rstrip("\n")
    path.write_text(content.replace("RUN", opening), encoding="utf-8")
    with pytest.raises(ContractDataError, match="is no event log") as raised:
        read_events(path)
    assert said in raised.value.what


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_events(tmp_path / "events.ndjson")


def test_every_line_is_ascii_and_one_event(tmp_path: Path) -> None:
    logged(tmp_path, [[Result("never-500", Verdict.VIOLATED, "\u2028", "\x1b[31m\n\ud800")], 200])
    lines = (tmp_path / "events.ndjson").read_bytes().splitlines()
    assert all(line.isascii() and json.loads(line)["event"] for line in lines)
    assert len(lines) == 6
