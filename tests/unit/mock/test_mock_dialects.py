"""Each dialect changes what it says, and nothing else."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import UsageError
from adapty_contract.mock.app import MockApi, create_api
from adapty_contract.mock.behaviour import STRICT, Behaviour
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.dialects import by_group, compatible_all, compose, dialects, random_combination
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


def test_descriptions_are_one_sentence() -> None:
    for dialect in dialects().values():
        assert dialect.description.endswith(".")
        assert len(dialect.description) <= 80


def test_unknown_dialect_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown dialect: chunk") as caught:
        compose(["chunk"])
    assert "did you mean chunked?" in caught.value.hint


def test_contradictory_dialects_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="slash-404 and slash-served contradict each other"):
        compose(["chunked", "slash-404", "slash-served"])


def test_a_dialect_named_twice_contradicts_nobody() -> None:
    assert compose(["chunked", "chunked"]) == compose(["chunked"])


def test_compatible_ones_are_as_many_as_there_are_choices() -> None:
    together = compatible_all()
    assert len(together) == len(by_group())
    compose(together)


def test_random_combinations_make_sense_and_repeat() -> None:
    combinations, again = ([random_combination(random.Random(seed)) for seed in range(50)] for _ in "12")  # noqa: S311
    assert combinations == again
    assert len(set(combinations)) > 40
    for combination in combinations:
        assert combination
        compose(combination)


def test_all_together_still_read_and_write() -> None:
    mock = mock_speaking(*compatible_all(), lag_s=0.0)
    assert json.loads(mock.write({NAME: " new "}).body)["data"]["profile_id"] == PROFILE_1
    assert mock.identifiers()[NAME] == "new"


def test_throttling_is_counted_and_waits_seldom() -> None:
    mock = mock_speaking("throttled")
    answers = [mock.read() for _ in range(37 * 5)]
    throttled = {
        number: answer.header("retry-after") for number, answer in enumerate(answers, 1) if answer.status == 429
    }
    assert throttled == {37: "0", 74: "0", 111: "0", 148: "1", 185: "0"}


def test_throttling_is_shifted_by_the_seed() -> None:
    mock = mock_speaking("throttled", seed=36)
    assert mock.read().status == 429
    assert mock.read().status == 200


def test_refused_keys_are_not_counted() -> None:
    mock = mock_speaking("throttled")
    statuses = {mock.read({"authorization": None}).status for _ in range(40)}
    assert statuses == {401}
    assert mock.read().status == 200


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5", "5"),
        ("5.50", "5.50"),
        ("true", "True"),
        ("13278911961594196248", "13278911961594196248"),
        ("1e400", "1e400"),
    ],
)
def test_coerced_scalars_keep_every_digit(value: str, text: str) -> None:
    mock = mock_speaking("scalars-coerced")
    assert mock.write(f'{{"{NAME}": {value}}}'.encode()).status == 200
    assert mock.identifiers()[NAME] == text


@pytest.mark.parametrize("name", ["null-clears", "blank-clears"])
def test_cleared_identifier_is_null_again(name: str) -> None:
    mock = mock_speaking(name)
    assert mock.write({NAME: None if name == "null-clears" else " "}).status == 200
    assert mock.identifiers()[NAME] is None


def test_ignored_null_keeps_the_value() -> None:
    mock = mock_speaking("null-ignored")
    assert mock.write({NAME: None}).status == 200
    assert mock.identifiers()[NAME] == "old"


def test_an_ignored_null_beside_a_value_keeps_only_itself() -> None:
    other = CONTRACT.identifiers[1]
    mock = mock_speaking("null-ignored")
    assert mock.write({NAME: None, other: "new"}).status == 200
    assert (mock.identifiers()[NAME], mock.identifiers()[other]) == ("old", "new")


def test_lag_of_the_settings_overrides_the_dialect() -> None:
    assert MockSettings(dialects=("delayed-visibility",), lag_s=2.5).behaviour().lag_s == 2.5
    assert MockSettings(lag_s=0.1).behaviour().lag_s == 0.1


def test_delayed_write_is_seen_after_its_time() -> None:
    now = [0.0]
    api: MockApi = create_api(CONTRACT, MockSettings(dialects=("delayed-visibility",)), clock=lambda: now[0])
    mock = Caller(api)
    mock.write({NAME: "one"})
    now[0] = 0.2
    mock.write({NAME: "two"})
    seen = []
    for now[0] in (0.29, 0.31, 0.49, 0.51):
        seen.append(mock.identifiers()[NAME])
    assert seen == [None, "one", "one", "two"]
