"""Runs the samples of a page, each against a mock of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adapty_contract.contract import Contract
from adapty_contract.mock.seeds import CUSTOMER_1
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange
from adapty_contract.pages.model import Page, Sample
from adapty_contract.redact import Redactor
from adapty_contract.snippets.comparing import Done, compare
from adapty_contract.snippets.explaining import explain
from adapty_contract.snippets.interpreters import missing_package, program
from adapty_contract.snippets.model import Outcome, SampleRun
from adapty_contract.snippets.preparing import Prepared, origin_of, prepare
from adapty_contract.snippets.sandbox import Ended, run
from adapty_contract.snippets.statements import Statements, statements_of

_VALUES = {"customer": CUSTOMER_1.customer_user_id or "", "profile": CUSTOMER_1.profile_id, "key": MOCK_KEY}


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a sample did: how it ended, and what arrived at the mock."""

    ended: Ended
    exchanges: tuple[Exchange, ...]


def run_samples(
    page: Page, contract: Contract, timeout: float, progress: Callable[[Sample], None] = lambda _: None
) -> Iterator[SampleRun]:
    """Each sample of `page`, run for at most `timeout` seconds; `progress` is called before each."""
    for sample in page.samples:
        progress(sample)
        yield _run(sample, statements_of(page, sample), contract, timeout)


def _run(sample: Sample, says: Statements, contract: Contract, timeout: float) -> SampleRun:
    made = program(sample.language, sample.code)
    if isinstance(made, str):
        return _not_run(sample, made)
    origins = _origins(sample, says)
    with MockServer(contract, MockSettings()) as server:
        prepared = prepare(sample.code, origins, server.url, _VALUES)
        if server.url not in prepared.code:
            return _not_run(sample, "no URL of the API is found in it as it stands, so that no host can be replaced")
        made = program(sample.language, prepared.code)
        assert not isinstance(made, str)
        with tempfile.TemporaryDirectory(prefix="adapty-contract-sample-", ignore_cleanup_errors=True) as folder:
            ended = run(made, Path(folder).resolve(), server.port, timeout)
        traffic = Traffic(ended, server.application.journal.exchanges())
    return _judged(sample, says, prepared, traffic, contract)


def _judged(sample: Sample, says: Statements, prepared: Prepared, traffic: Traffic, contract: Contract) -> SampleRun:
    ended, exchanges = traffic.ended, traffic.exchanges
    lacking = ended.failed or ("" if exchanges else missing_package(sample.language, ended))
    if lacking:
        return _not_run(sample, lacking)
    served = says.path is not None and says.path.value == contract.path
    done = Done(sample, says, prepared, exchanges, ended, Redactor([MOCK_KEY]), served)
    differences = compare(done)
    # The ledger speaks of the contract's two operations; a page about another one has samples of the same name.
    ledger = tuple(contract.ledger.values()) if served else ()
    return SampleRun(
        sample.page,
        sample.line,
        sample.id,
        sample.language,
        sample.label,
        Outcome.SENDS_NOTHING if not exchanges else Outcome.DIFFERS if differences else Outcome.AS_STATED,
        tuple(explain(each, sample, says.own, ledger) for each in differences),
        exchanges,
        ended,
        left=prepared.left,
    )


def _not_run(sample: Sample, reason: str) -> SampleRun:
    return SampleRun(sample.page, sample.line, sample.id, sample.language, sample.label, Outcome.NOT_RUN, reason=reason)


def _origins(sample: Sample, says: Statements) -> set[str]:
    """The schemes and hosts that the page gives for the API, and the sample for itself."""
    urls = [] if sample.request is None else [str(sample.request.url.value)]
    if says.host is not None:
        urls += [f"{scheme}://{says.host.value}" for scheme in ("https", "http")]
    return {origin for origin in map(origin_of, urls) if origin is not None}
