"""The reference, built once with a report and once without, and read as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from posixpath import join, normpath

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.model import ClauseReport, Exchange, Observation, Operation, Request, Response, Verdict
from adapty_contract.record import ContractStamp, RunRecord, TargetKind, TargetRecord
from adapty_contract.reference.building import build
from adapty_contract.surface import surface
from support.records import made

CONTRACT = load_contract()
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "dt", "dd", "li", "br", "div", "summary"})
HOSTILE = "<script>alert(1)</script>\u202e&\"'"


@dataclass
class ReadPage(HTMLParser):
    """The ids of a page, what it links to, what it would load, and its text by element with an id of its own."""

    html: str
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    policy: str = ""
    within: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag
        self.texts.append(" " if tag in _BLOCKS else "")
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"] or ""
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name == "href" and tag == "a" and value:
                self.links.append(value)
            elif name in {"src", "srcset", "href", "action", "data"} and tag != "a" and value:
                self.loads.append(value)
            elif name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self.within not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


@dataclass(frozen=True)
class Built:
    """The files of one reference; HTML pages also as read."""

    files: dict[str, bytes]
    pages: dict[str, ReadPage]

    def dangling(self) -> list[str]:
        """The links within the reference that lead nowhere."""
        return [
            f"{name}: {link}"
            for name, page in self.pages.items()
            for link in page.links
            if not link.startswith("https://") and not self._exists(name, link)
        ]

    def _exists(self, name: str, link: str) -> bool:
        path, _, anchor = link.partition("#")
        target = normpath(join(name, "..", path)) if path else name
        return target in self.files and (not anchor or anchor in self.pages[target].ids)


def built(record: RunRecord | None, *, console: bool = False) -> Built:
    files = build(CONTRACT, record, console=console)
    return Built(files, {name: ReadPage(file.decode()) for name, file in files.items() if name.endswith(".html")})


def a_run(kind: TargetKind = TargetKind.URL) -> RunRecord:
    """A run of the vendor's service: all clauses held but one; it said of one open question what no page may obey."""
    clauses = tuple(
        ClauseReport(clause, Verdict.VIOLATED if clause.id == "write-merges" else Verdict.HELD)
        for clause in CONTRACT.clauses.values()
    )
    read = Request("GET", CONTRACT.path, (("adapty-customer-user-id", "user-4711"),))
    answer = Response(200, (("content-type", "application/json"),), b'{"appsflyer_id": null, "branch_id": "b"}')
    return made(
        *clauses,
        contract=ContractStamp(CONTRACT.version, CONTRACT.digest, surface=surface(CONTRACT)),
        target=TargetRecord(kind, "https://api.adapty.io"),
        observations=(Observation("merge", HOSTILE, ("add-set-or-replace",)),),
        exchanges=(Exchange(1, read, answer, operation=Operation.GET),),
    )


@pytest.fixture(scope="session")
def plain() -> Built:
    return built(None)


@pytest.fixture(scope="session")
def served() -> Built:
    return built(None, console=True)


@pytest.fixture(scope="session")
def seen() -> Built:
    return built(a_run())


@pytest.fixture(scope="session")
def mocked() -> Built:
    return built(replace(a_run(TargetKind.EMBEDDED), complete=False, contract=ContractStamp("0.9.0", "another")))


@pytest.fixture(scope="session")
def run() -> RunRecord:
    return a_run()
