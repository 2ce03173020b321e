"""Each dialect changes what it says, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import create_api
from adapty_contract.mock.behaviour import STRICT, Behaviour
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.dialects import compose, dialects
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.model import Response

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
PATH = CONTRACT.path
CUSTOMER = "adapty-customer-user-id"
PROFILE = "adapty-profile-id"
PROFILE_1 = "11111111-1111-4111-8111-111111111111"
PROFILE_2 = "22222222-2222-4222-8222-222222222222"
LETTERED = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

PROBES: dict[str, Callable[[Caller], Response]] = {
    "read": lambda mock: mock.read(),
    "read of an empty profile": lambda mock: mock.read({CUSTOMER: "customer-2"}),
    "read by profile id": lambda mock: mock.read({CUSTOMER: None, PROFILE: PROFILE_1}),
    "read by profile id in capitals": lambda mock: mock.read({CUSTOMER: None, PROFILE: LETTERED.upper()}),
    "read through both headers": lambda mock: mock.read({PROFILE: PROFILE_1}),
    "read through disagreeing headers": lambda mock: mock.read({PROFILE: PROFILE_2}),
    "read of a written value beyond ASCII": lambda mock: (mock.write({NAME: "Ж"}), mock.read())[1],
    "read of a value just written": lambda mock: (mock.write({NAME: "new"}), mock.read())[1],
    "read without key": lambda mock: mock.read({"authorization": None}),
    "read with the scheme in another case": lambda mock: mock.read({"authorization": f"api-key {MOCK_KEY}"}),
    "read of an unknown profile": lambda mock: mock.read({CUSTOMER: "nobody"}),
    "read of a malformed profile id": lambda mock: mock.read({CUSTOMER: None, PROFILE: "x"}),
    "read without a profile": lambda mock: mock.read({CUSTOMER: None}),
    "read accepting JSON": lambda mock: mock.read({"accept": "application/json"}),
    "read accepting XML": lambda mock: mock.read({"accept": "application/xml"}),
    "read accepting gzip": lambda mock: mock.read({"accept-encoding": "gzip"}),
    "write": lambda mock: mock.write({NAME: "new"}),
    "write to an unknown profile": lambda mock: mock.write({NAME: "new"}, {CUSTOMER: "nobody"}),
    "write of broken JSON": lambda mock: mock.write(b"{"),
    "write of an array": lambda mock: mock.write({NAME: []}),
    "write of nothing": lambda mock: mock.write({}),
    "write of an unknown field": lambda mock: mock.write({NAME: "new", "mixpanel_user_i": "x"}),
    "write of a name given twice": lambda mock: mock.write(f'{{"{NAME}": "old", "{NAME}": "new"}}'.encode()),
    "write of null": lambda mock: mock.write({NAME: None}),
    "write of a number": lambda mock: mock.write({NAME: 5}),
    "write of a boolean": lambda mock: mock.write({NAME: True}),
    "write of an empty string": lambda mock: mock.write({NAME: ""}),
    "write of a blank string": lambda mock: mock.write({NAME: "  "}),
    "write of 255 characters": lambda mock: mock.write({NAME: "é" * 255}),
    "write of 256 characters": lambda mock: mock.write({NAME: "é" * 256}),
    "write with white space around": lambda mock: mock.write({NAME: " new\n"}),
    "write of a control character": lambda mock: mock.write({NAME: "a\0b"}),
    "write of plain text": lambda mock: mock.write({NAME: "new"}, {"content-type": "text/plain"}),
    "no slash": lambda mock: mock.call("GET", target=PATH[:-1]),
    "no slash, write": lambda mock: mock.call("POST", b'{"x":1}', target=PATH[:-1] + "?a=b"),
    "another path": lambda mock: mock.call("GET", target="/"),
    "DELETE": lambda mock: mock.call("DELETE"),
    "HEAD": lambda mock: mock.call("HEAD"),
    "OPTIONS": lambda mock: mock.call("OPTIONS"),
    "the 37th read": lambda mock: [mock.read() for _ in range(37)][-1],
}

EVERY = frozenset(PROBES)
READS = frozenset(
    {
        "read",
        "read of an empty profile",
        "read by profile id",
        "read through both headers",
        "read of a written value beyond ASCII",
        "read of a value just written",
        "read accepting JSON",
        "read accepting XML",
        "read accepting gzip",
        "HEAD",
        "the 37th read",
    }
)
NO_BODY = frozenset({"HEAD", "OPTIONS", "no slash", "no slash, write"})
WRITES = frozenset(
    {
        "write",
        "write of an unknown field",
        "write of a name given twice",
        "write of an empty string",
        "write of a blank string",
        "write of 255 characters",
        "write of 256 characters",
        "write with white space around",
        "write of a control character",
    }
)
REFUSED = EVERY - READS - WRITES - {"no slash", "no slash, write", "OPTIONS"}
NAMES_METHODS = frozenset({"DELETE", "OPTIONS"})

CHANGES: dict[str, frozenset[str]] = {
    "post-200-profile": WRITES,
    "blank-200-typed": WRITES,
    "errors-as-strings": REFUSED,
    "errors-as-map": REFUSED,
    "unauthorized-code": frozenset({"read without key", "read with the scheme in another case"}),
    "not-found-code": frozenset(
        {"read of an unknown profile", "write to an unknown profile", "read by profile id in capitals"}
    ),
    "unset-omitted": READS,
    "extra-identifier": READS,
    "escaped-unicode": frozenset({"read of a written value beyond ASCII"}),
    "charset-parameter": READS | REFUSED,
    "cache-control-absent": EVERY,
    "unknown-profile-post-400": frozenset({"write to an unknown profile"}),
    "malformed-profile-id-404": frozenset({"read of a malformed profile id"}),
    "profile-id-any-case": frozenset({"read by profile id in capitals"}),
    "neither-header-401": frozenset({"read without a profile"}),
    "neither-header-404": frozenset({"read without a profile"}),
    "both-headers-400": frozenset({"read through both headers", "read through disagreeing headers"}),
    "both-headers-profile-id-wins": frozenset({"read through disagreeing headers"}),
    "scheme-case-insensitive": frozenset({"read with the scheme in another case"}),
    "unknown-fields-refused": frozenset({"write of an unknown field"}),
    "repeated-names-refused": frozenset({"write of a name given twice"}),
    "null-clears": frozenset({"write of null"}),
    "null-ignored": frozenset({"write of null"}),
    "empty-object-accepted": frozenset({"write of nothing"}),
    "scalars-coerced": frozenset({"write of a number", "write of a boolean"}),
    "blank-refused": frozenset({"write of an empty string", "write of a blank string"}),
    "blank-clears": frozenset({"write of an empty string", "write of a blank string"}),
    "length-limit": frozenset({"write of 256 characters"}),
    "values-trimmed": frozenset({"write of a blank string", "write with white space around"}),
    "control-characters-refused": frozenset({"write with white space around", "write of a control character"}),
    "any-media-type-accepted": frozenset({"write of plain text"}),
    "slash-redirect-308": frozenset({"no slash", "no slash, write"}),
    "slash-404": frozenset({"no slash", "no slash, write"}),
    "slash-served": frozenset({"no slash", "no slash, write"}),
    "method-not-allowed-plain": frozenset({"DELETE"}),
    "head-refused": frozenset({"HEAD"}) | NAMES_METHODS,
    "options-refused": NAMES_METHODS,
    "accept-honoured": frozenset({"read accepting XML"}),
    "throttled": frozenset({"the 37th read"}),
    "delayed-visibility": frozenset({"read of a written value beyond ASCII", "read of a value just written"}),
    "copies-by-turns": frozenset({"read of a written value beyond ASCII", "read of a value just written"}),
    "chunked": EVERY,
    "gzip": EVERY,  # every answer says that it depends on what is accepted
    "gzip-unasked": EVERY - NO_BODY - WRITES | {"HEAD"},  # HEAD names no length that a compressed GET would not have
}


def mock_speaking(*names: str, **settings: Any) -> Caller:
    api = create_api(CONTRACT, MockSettings(dialects=names, **settings), clock=lambda: 0.0)
    profile = api.store.by_profile_id(PROFILE_1)
    assert profile is not None
    api.store.put(profile.merged({NAME: "old"}))
    api.store.put(StoredProfile(LETTERED))
    return Caller(api)


def outcome(names: tuple[str, ...], probe: str) -> tuple[Any, ...]:
    """What a client sees of one probe: the answer, how it is sent, and what is stored afterwards."""
    mock = mock_speaking(*names)
    response = PROBES[probe](mock)
    headers = ("accept-encoding", "gzip") if probe == "read accepting gzip" else ("accept", "*/*")
    method = probe if probe == "HEAD" else "GET"
    sent = mock.api.transmission(Request(method, PATH, (headers,)), response)
    return response, sent, mock.api.store.every()


def test_every_dialect_is_expected_here() -> None:
    assert set(CHANGES) == set(dialects())


@pytest.mark.parametrize("name", CHANGES)
def test_dialect_changes_what_it_says_and_nothing_else(name: str) -> None:
    changed = {probe for probe in PROBES if outcome((name,), probe) != outcome((), probe)}
    assert changed == CHANGES[name]


@pytest.mark.parametrize("name", CHANGES)
def test_dialect_makes_one_choice(name: str) -> None:
    behaviour = compose([name])
    changed = [each.name for each in fields(Behaviour) if getattr(behaviour, each.name) != getattr(STRICT, each.name)]
    assert changed == [dialects()[name].group.replace("-", "_")]


def test_dialects_and_ledger_name_each_other() -> None:
    for entry in CONTRACT.ledger.values():
        for name in entry.dialects:
            assert entry.id in dialects()[name].ledger
    for dialect in dialects().values():
        for entry_id in dialect.ledger:
            assert dialect.id in CONTRACT.ledger[entry_id].dialects
