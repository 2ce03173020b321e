"""What the given report last saw: verdicts, answers to open questions, how often each place was touched, and when."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from adapty_contract.background import Place
from adapty_contract.contract import Contract
from adapty_contract.coverage import Covered, coverage
from adapty_contract.model import Clause, ClauseReport, Observation, Verdict
from adapty_contract.record import RunRecord, TargetKind

BAD = frozenset({Verdict.VIOLATED, Verdict.INCONCLUSIVE})
"""Verdicts that a reader wants explained."""

_HOST = re.compile(r"[a-z0-9._-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?", re.IGNORECASE)
_NAME = re.compile(r"\w+")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_HOST = 60
FEW = 15
"""For the results of how many clauses in trouble the front page has room."""


class Witness(StrEnum):
    """What kind of server the report is of."""

    MOCK = "the mock"
    VENDOR = "the vendor's service"
    OTHER = "another server"


@dataclass(frozen=True, slots=True)
class Last:
    """What was last seen of one place: how many of its clauses got which verdict, and where it was touched how often.

    `bad` are the reports of the clauses that were violated or inconclusive.
    """

    verdicts: tuple[tuple[Verdict, int], ...]
    covered: tuple[Covered, ...] = ()
    bad: tuple[ClauseReport, ...] = ()

    def of(self, clause: Clause) -> Verdict | None:
        """The verdict of a clause, if it is one that a reader wants explained."""
        return next((report.verdict for report in self.bad if report.clause.id == clause.id), None)


@dataclass(frozen=True, slots=True)
class LastReport:
    """A report, as the pages tell it. `verdicts` by clause, `answers` by ledger entry.

    `host` is the server's name and port, empty for the mock and for an address that is none; `ended` is nothing if the
    report does not say when it ended.
    """

    ended: datetime | None
    witness: Witness
    host: str
    faults: tuple[str, ...]
    dialects: tuple[str, ...]
    complete: bool
    same_contract: bool
    contract_version: str
    verdicts: Mapping[str, ClauseReport]
    answers: Mapping[str, tuple[Observation, ...]]
    covered: Mapping[Place, Covered]

    @property
    def moment(self) -> str:
        """When the run ended, for people: in UTC, to the minute."""
        return f"{self.ended:%Y-%m-%d %H:%M}" if self.ended else "at an unknown time"

    @property
    def stamp(self) -> str:
        """When the run ended, for programs."""
        return f"{self.ended:%Y-%m-%dT%H:%M:%SZ}" if self.ended else ""

    @property
    def server(self) -> str:
        """Which server it is of, in a few words."""
        return (self.host or self.witness.value) if self.witness is Witness.OTHER else self.witness.value

    @property
    def teller(self) -> str:
        """Which server it is of, and whether it was asked to err."""
        return f"{self.server} with faults" if self.faults else self.server

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many clauses got each verdict."""
        return _counted(self.verdicts.values())

    @property
    def few(self) -> bool:
        """Whether so few clauses were in trouble that the front page has room for what was seen of each."""
        return sum(report.verdict in BAD for report in self.verdicts.values()) <= FEW

    def last(self, clauses: Iterable[Clause], places: Iterable[Place] = ()) -> Last | None:
        """What was seen of places and the clauses that concern them; `None` if nothing was."""
        reports = [self.verdicts[clause.id] for clause in clauses if clause.id in self.verdicts]
        covered = tuple(found for place in places if (found := self.covered.get(place)) and found.exchanges)
        bad = tuple(report for report in reports if report.verdict in BAD)
        return Last(_counted(reports), covered, bad) if reports or covered else None

    def innocent(
        self, name: str, judged: Iterable[Clause], own: Collection[Clause], names: Collection[str]
    ) -> frozenset[str]:
        """The ids of the clauses whose trouble is none of the identifier `name`.

        That is so where results name identifiers and not this one, and where they name none and the clause is not
        among its `own`.
        """
        found = set()
        for clause in judged:
            report = self.verdicts.get(clause.id)
            if report is None or report.verdict not in BAD:
                continue
            named = _named(report, names)
            if name not in named and (named or clause not in own):
                found.add(clause.id)
        return frozenset(found)


def last_report(contract: Contract, record: RunRecord | None) -> LastReport | None:
    """What `record` last saw of the contract; `None` without one."""
    if record is None:
        return None
    answers: defaultdict[str, list[Observation]] = defaultdict(list)
    for observation in record.observations:
        for entry in observation.ledger:
            answers[entry].append(observation)
    witness, host = _server(contract, record)
    return LastReport(
        ended=_moment(record.ended),
        witness=witness,
        host=host,
        faults=_names(record.settings.get("faults")),
        dialects=_names(record.settings.get("dialects")),
        complete=record.complete,
        same_contract=record.contract.digest == contract.digest,
        contract_version=record.contract.version,
        verdicts={report.clause.id: report for report in record.clauses if report.clause.id in contract.clauses},
        answers={name: tuple(found) for name, found in answers.items()},
        covered={each.place: each for each in coverage(record)},
    )


def _server(contract: Contract, record: RunRecord) -> tuple[Witness, str]:
    """Who answered: the vendor only if it was the server that the spec names, and no credentials of the URL are told."""
    if record.target.kind is TargetKind.EMBEDDED:
        return Witness.MOCK, ""
    host = _host(record.target.url)
    vendors = {_host(str(server["url"])) for server in contract.spec["servers"]}
    return (Witness.VENDOR if host and host in vendors else Witness.OTHER), host


def _host(url: str) -> str:
    """Name and port of a URL's server, without the port that goes without saying."""
    try:
        parts = urlsplit(url)
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    name = f"[{name}]" if ":" in name else name
    host = name if port in (None, usual) else f"{name}:{port}"
    return host if _HOST.fullmatch(host) and len(host) <= _LONGEST_HOST else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _names(setting: object) -> tuple[str, ...]:
    """The names of faults or dialects; what is none is not repeated, since anybody may have written the report."""
    given = setting if isinstance(setting, list | tuple) else ()
    return tuple(name if isinstance(name, str) and _ID.fullmatch(name) else "(no name)" for name in given)


def _named(report: ClauseReport, names: Collection[str]) -> frozenset[str]:
    """The identifiers that the results of a clause name."""
    words = {word for each in report.results for text in (each.expected, each.seen) for word in _NAME.findall(text)}
    return frozenset(words & set(names))


def _counted(reports: Iterable[ClauseReport]) -> tuple[tuple[Verdict, int], ...]:
    """How often each verdict occurs, the worst first."""
    found = Counter(report.verdict for report in reports)
    worst_first = (Verdict.VIOLATED, Verdict.INCONCLUSIVE, Verdict.HELD, Verdict.NOT_EXERCISED)
    return tuple((verdict, found[verdict]) for verdict in worst_first if found[verdict])
