"""What the mock notes of a request before it answers: no more than it knows."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from adapty_contract.checks import judge
from adapty_contract.contract import load_contract
from adapty_contract.mock.app import create_api, create_store
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.facts import facts_of
from adapty_contract.mock.identity import SCHEME
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange, Facts, Headers, KeyFact, Operation, ProfileFact, Request, Verdict

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
STORE = create_store(CONTRACT, MockSettings())
KEY = ("Authorization", f"Api-Key {MOCK_KEY}")
CUSTOMER = ("adapty-customer-user-id", "customer-1")
PROFILE_1 = "11111111-1111-4111-8111-111111111111"
NOBODYS_ID = "ABCDEFAB-cdef-4abc-8def-abcdefabcdef"
JSON = ("content-type", "application/json")


def known_of(*headers: tuple[str, str], method: str = "GET", body: bytes = b"") -> Facts:
    return facts_of(Request(method, CONTRACT.path, headers, body), MOCK_KEY, STORE)


def test_the_scheme_of_the_key_is_that_of_the_spec() -> None:
    (scheme,) = CONTRACT.spec["components"]["securitySchemes"].values()
    assert scheme["x-value-prefix"] == f"{SCHEME} "


@pytest.mark.parametrize(
    ("headers", "fact", "clause"),
    [
        ((KEY,), KeyFact.VALID, None),
        ((), KeyFact.REFUSED, "key-missing-is-401"),
        ((("authorization", " "),), KeyFact.REFUSED, "key-missing-is-401"),
        ((("x-api-key", MOCK_KEY),), KeyFact.REFUSED, "key-missing-is-401"),
        ((("authorization", MOCK_KEY),), KeyFact.REFUSED, "key-under-other-scheme-is-401"),
        ((("authorization", f"Bearer {MOCK_KEY}"),), KeyFact.REFUSED, "key-under-other-scheme-is-401"),
        ((("authorization", f"Api-Key {MOCK_KEY}x"),), KeyFact.REFUSED, None),
        ((("authorization", f"Api-Key {MOCK_KEY.lower()}"),), KeyFact.REFUSED, None),
        ((("authorization", f"api-key {MOCK_KEY}"),), KeyFact.OPEN, None),
        ((("authorization", f"Api-Key  {MOCK_KEY}"),), KeyFact.OPEN, None),
        ((("authorization", "Api-Key public_live_x"),), KeyFact.OPEN, None),
        ((KEY, KEY), KeyFact.OPEN, None),
    ],
)
def test_keys(headers: Headers, fact: KeyFact, clause: str | None) -> None:
    known = known_of(*headers)
    assert (known.key, known.clause) == (fact, clause)
    assert known.key_expression == ("another-key" if fact is KeyFact.REFUSED else "$ADAPTY_API_KEY")
    assert MOCK_KEY not in repr(known)


@pytest.mark.parametrize(
    ("headers", "fact"),
    [
        ((CUSTOMER,), ProfileFact.KNOWN),
        ((("adapty-profile-id", PROFILE_1),), ProfileFact.KNOWN),
        ((), ProfileFact.NEITHER),
        ((("adapty-customer-user-id", ""),), ProfileFact.NEITHER),
        ((("adapty-customer-user-id", "Customer-1"),), ProfileFact.UNKNOWN),
        ((("adapty-customer-user-id", PROFILE_1),), ProfileFact.UNKNOWN),
        ((("adapty-customer-user-id", "cust\xf6mer"),), ProfileFact.OPEN),
        ((("adapty-profile-id", NOBODYS_ID.lower()),), ProfileFact.UNKNOWN),
        ((("adapty-profile-id", NOBODYS_ID),), ProfileFact.OPEN),
        ((("adapty-profile-id", PROFILE_1.replace("-", "")),), ProfileFact.OPEN),
        ((("adapty-profile-id", "customer-1"),), ProfileFact.MALFORMED),
        ((CUSTOMER, ("adapty-profile-id", PROFILE_1)), ProfileFact.OPEN),
        ((CUSTOMER, CUSTOMER), ProfileFact.OPEN),
    ],
)
def test_profiles(headers: Headers, fact: ProfileFact) -> None:
    assert known_of(KEY, *headers).profile is fact


def test_what_a_server_may_refuse_for_its_form_is_a_probe() -> None:
    assert not known_of(KEY, CUSTOMER).probe
    assert not known_of(KEY, CUSTOMER, JSON, method="POST", body=b"{}").probe
    assert known_of(KEY, CUSTOMER, ("accept", "text/html")).probe
    assert known_of(KEY, CUSTOMER, body=b"{}").probe
    assert known_of(KEY, CUSTOMER, ("content-type", "text/plain"), method="POST", body=b"{}").probe
    assert known_of(KEY, CUSTOMER, JSON, ("content-encoding", "gzip"), method="POST", body=b"{}").probe


KEYS: tuple[Headers, ...] = (
    (KEY,),
    (KEY,),
    (),
    (("authorization", f"Api-Key {MOCK_KEY}x"),),
    (("authorization", f"api-key {MOCK_KEY}"),),
    (("authorization", "Basic x"),),
)
IDS: tuple[Headers, ...] = (
    (CUSTOMER,),
    (CUSTOMER,),
    (("adapty-profile-id", PROFILE_1),),
    (("adapty-profile-id", PROFILE_1.upper()),),
    (("adapty-profile-id", NOBODYS_ID),),
    (("adapty-profile-id", NOBODYS_ID.lower()),),
    (("adapty-profile-id", "x"),),
    (("adapty-customer-user-id", "nobody"),),
    (("adapty-customer-user-id", "\xff"),),
    (CUSTOMER, ("adapty-profile-id", "22222222-2222-4222-8222-222222222222")),
    (),
)
VALUES: tuple[Any, ...] = (
    *({NAME: "x"}, {NAME: "y"}, {NAME: "x" * 5000}, {NAME: ""}, {NAME: None}, {NAME: 5}, {NAME: {}}),
    *({"other": "x"}, {}, [], None, 5),
)
BODIES = (
    *(json.dumps(value).encode() for value in VALUES),
    b"",
    b"{",
    b"\xff",
    b" " * 70_000,
    b'{"a": 1, "a": 2}',
)
MORE: tuple[Headers, ...] = (
    (JSON,),
    (JSON,),
    (JSON,),
    (("content-type", "text/plain"),),
    (JSON, ("accept", "text/html")),
)


@pytest.mark.parametrize("dialect", [None, *dialects()])
def test_a_mock_that_keeps_the_contract_is_never_blamed_in_its_own_journal(dialect: str | None) -> None:
    settings = MockSettings(dialects=() if dialect is None else (dialect,))
    api = create_api(CONTRACT, settings, clock=lambda: 0.0)
    draw = random.Random(7)  # noqa: S311  (any requests will do, and the same each time)
    for number in range(250):
        operation = draw.choice([*Operation, Operation.SET])
        headers = (*draw.choice(KEYS), *draw.choice(IDS), *draw.choice(MORE))
        body = draw.choice(BODIES) if operation is Operation.SET else b""
        request = Request(operation.method, CONTRACT.path, headers, body)
        facts = facts_of(request, settings.key, api.store)
        exchange = Exchange(number, request, api.handle(request), facts=facts, operation=operation)
        blamed = [result for result in judge(exchange, CONTRACT) if result.verdict is Verdict.VIOLATED]
        assert blamed == [], request
