"""The steps of a generated walk, as values: what can be done with the profiles, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adapty_contract.fuzz.reducing import simpler_members, with_less
from adapty_contract.fuzz.texts import texts
from adapty_contract.scenarios.catalogue import real_values

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from adapty_contract.contract import Contract

MOST_STEPS = 12


class Whose(StrEnum):
    """One of the two test profiles; the main one where there is no other."""

    MAIN = "the profile"
    OTHER = "the other profile"


class By(StrEnum):
    """The header that names the profile; the one that it has where it has one only."""

    CUSTOMER = "by customer user id"
    PROFILE = "by profile id"


@dataclass(frozen=True, slots=True)
class Write:
    """A write of identifiers. `escaped` writes all but ASCII as escapes; `platform` is the header's value, if any."""

    values: tuple[tuple[str, str], ...]
    whose: Whose = Whose.MAIN
    by: By = By.CUSTOMER
    escaped: bool = False
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The latest write to this profile once more, as it was."""

    whose: Whose = Whose.MAIN


@dataclass(frozen=True, slots=True)
class Read:
    """A read that compares. `extra` is a header field that must make no difference."""

    whose: Whose = Whose.MAIN
    by: By = By.CUSTOMER
    extra: tuple[str, str] | None = None


class Refusal(StrEnum):
    """Why a write must be refused."""

    CUT = "JSON that is cut off"
    TRAILING = "JSON with something behind it"
    NOT_UTF_8 = "a byte that is no UTF-8"
    LIST = "a list around the object"
    STRING = "a string in place of the object"
    LIST_VALUE = "a list as a value"
    OBJECT_VALUE = "an object as a value"
    WRONG_KEY = "a wrong key"
    NO_KEY = "no key"
    UNKNOWN_CUSTOMER = "an unknown customer user id"
    UNKNOWN_PROFILE = "an unknown profile id"


@dataclass(frozen=True, slots=True)
class Refused:
    """A write that must be refused and leave no trace of the value it carries for `names`. `at` says where it is cut."""

    why: Refusal
    names: tuple[str, ...]
    at: int = 0
    whose: Whose = Whose.MAIN
    by: By = By.CUSTOMER


@dataclass(frozen=True, slots=True)
class Open:
    """A write whose acceptance is left open: `members` is the object, in which the text `CANARY` must never be read."""

    members: tuple[tuple[str, Any], ...]
    whose: Whose = Whose.MAIN
    by: By = By.CUSTOMER


Step = Write | Again | Read | Refused | Open
Walk = tuple[Step, ...]

CANARY = "(canary)"
"""Stands in an open write for a value that no identifier may get."""


def walks(contract: Contract) -> SearchStrategy[Walk]:
    """Sequences of 1 to `MOST_STEPS` steps; the earlier kinds are the simpler explanations of a failure."""
    from hypothesis import strategies as st

    whose, by = st.sampled_from(Whose), st.sampled_from(By)
    write = _writes(contract, whose, by)
    read = st.builds(Read, whose, by, st.one_of(st.none(), st.sampled_from(_extra_headers(contract))))
    names = st.lists(st.sampled_from(contract.identifiers), min_size=2, max_size=2, unique=True).map(tuple)
    refused = st.builds(Refused, st.sampled_from(Refusal), names, st.integers(0, 80), whose, by)
    step = st.one_of(
        write,
        write,
        write,
        read,
        st.builds(Again, whose),
        refused,
        refused,
        st.builds(Open, _open_members(contract), whose, by),
    )
    return st.lists(step, min_size=1, max_size=MOST_STEPS).map(tuple)


def _writes(contract: Contract, whose: SearchStrategy[Whose], by: SearchStrategy[By]) -> SearchStrategy[Write]:
    from hypothesis import strategies as st

    names = st.sampled_from(contract.identifiers)
    values = st.dictionaries(names, texts(), min_size=1, max_size=len(contract.identifiers))
    real = st.sampled_from(real_values(contract))
    platform = st.one_of(st.none(), st.none(), st.sampled_from(platforms(contract)))
    return st.builds(
        Write,
        st.one_of(*[values] * 7, real).map(lambda mapping: tuple(mapping.items())),
        whose,
        by,
        st.booleans(),
        platform,
    )


def _open_members(contract: Contract) -> SearchStrategy[tuple[tuple[str, Any], ...]]:
    """Objects with null, nothing, white space, a scalar, a member that is no identifier, or no member at all."""
    from hypothesis import strategies as st

    name = st.sampled_from(contract.identifiers)
    loose = st.sampled_from((None, "", " ", 0, 5, 2**53 - 1, -1, True, False))
    odd = st.sampled_from(("", "x", "__proto__", "profile_id", "customer_user_id", "data", "integration_identifiers"))
    one = st.dictionaries(name, loose, min_size=1, max_size=2)
    beside = st.builds(lambda first, second: {**first, **second}, one, st.dictionaries(name, texts(), max_size=2))
    unknown = st.builds(lambda key, rest: {key: CANARY, **rest}, odd, st.dictionaries(name, texts(), max_size=2))
    return st.one_of(one, beside, unknown, st.just({})).map(lambda mapping: tuple(mapping.items()))


def platforms(contract: Contract) -> tuple[str, ...]:
    """The documented values of the platform header."""
    schema: Mapping[str, Any] = contract.spec["components"]["parameters"]["adapty-platform"]["schema"]
    return tuple(schema["enum"])


def _extra_headers(contract: Contract) -> tuple[tuple[str, str], ...]:
    named = tuple(("adapty-platform", value) for value in platforms(contract))
    return (*named, ("Content-Type", "application/json"), ("Accept", "application/json"), ("Accept", "*/*"))


EXTRA_CLAUSES: Mapping[str, str] = {
    "adapty-platform": "platform-is-taken",
    "Content-Type": "read-takes-a-content-type",
    "Accept": "accept-is-immaterial",
}
"""The clause by which an extra header of a read makes no difference to its status."""


def clause_of(write: Write) -> str:
    """The clause that a write violates whose values come back otherwise: of what is peculiar to it, if anything is."""
    if write.platform:
        return "state-is-the-profiles-alone"
    return "json-spelling-is-immaterial" if write.escaped else "values-round-trip"


def plain(step: Step, is_violated: Callable[[str], bool]) -> Step:
    """The step without what is known to make a difference, so that this is not seen again in everything else."""
    by_platform = is_violated("state-is-the-profiles-alone") or is_violated("platform-is-taken")
    if isinstance(step, Write):
        platform = None if by_platform else step.platform
        return replace(step, platform=platform, escaped=step.escaped and not is_violated("json-spelling-is-immaterial"))
    if isinstance(step, Read) and step.extra:
        broken = by_platform or is_violated(EXTRA_CLAUSES[step.extra[0]])
        return replace(step, extra=None) if broken else step
    return step


def simpler_walks(walk: Walk) -> Iterator[Walk]:
    """Walks with fewer steps, then with simpler ones."""
    yield from (tuple(rest) for rest in with_less(walk))
    for at, step in enumerate(walk):
        yield from ((*walk[:at], simpler, *walk[at + 1 :]) for simpler in _simpler_steps(step))


def _simpler_steps(step: Step) -> Iterator[Step]:
    if step.whose is not Whose.MAIN:
        yield replace(step, whose=Whose.MAIN)
    if not isinstance(step, Again) and step.by is not By.CUSTOMER:
        yield replace(step, by=By.CUSTOMER)
    if isinstance(step, Read) and step.extra:
        yield replace(step, extra=None)
    if isinstance(step, Write):
        if step.escaped or step.platform:
            yield from (replace(step, escaped=False, platform=None), replace(step, escaped=False))
            yield replace(step, platform=None)
        yield from (replace(step, values=tuple(less.items())) for less in simpler_members(dict(step.values)))
    if isinstance(step, Open):
        yield from (replace(step, members=tuple(less.items())) for less in simpler_members(dict(step.members)))
