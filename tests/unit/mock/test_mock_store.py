"""Stores keep what they are given, whoever writes at the same time, and whatever ends the process."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from adapty_contract.errors import UsageError
from adapty_contract.mock.lagging_store import LaggingStore
from adapty_contract.mock.sqlite_store import SqliteStore
from adapty_contract.mock.store import MAX_VALUE_LENGTH, MemoryStore, Store, StoredProfile, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Open = Callable[..., Store]

JANE = StoredProfile("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "jane", {"x": "1"})
NOBODY = StoredProfile("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")


@pytest.fixture(params=["memory", "file", "lagging"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    opened: list[Store] = []

    def open_(*profiles: StoredProfile, max_profiles: int = 10) -> Store:
        store: Store
        if request.param == "file":
            store = SqliteStore(tmp_path / "state.db", profiles, max_profiles=max_profiles)
        else:
            store = MemoryStore(profiles, max_profiles=max_profiles)
        if request.param == "lagging":
            ticks = iter(range(10**9))
            store = LaggingStore(store, 0.5, lambda: float(next(ticks)))  # always later than the lag
        opened.append(store)
        return store

    yield open_
    for store in opened:
        store.close()


def test_profiles_are_found_by_either_id_exactly(open_store: Open) -> None:
    store = open_store(JANE, NOBODY)
    assert store.by_customer_user_id("jane") == JANE
    assert store.by_profile_id(JANE.profile_id) == JANE
    assert store.by_profile_id(NOBODY.profile_id) == NOBODY
    assert store.every() == (JANE, NOBODY)
    for wrong in ("Jane", "jan", "jane ", "%", "", JANE.profile_id):
        assert store.by_customer_user_id(wrong) is None
    for wrong in (JANE.profile_id.upper(), JANE.profile_id[:-1], "", "jane"):
        assert store.by_profile_id(wrong) is None


def test_merge_overwrites_keeps_and_unsets(open_store: Open) -> None:
    store = open_store(JANE)
    assert store.merge(JANE.profile_id, {"y": "2"}) is not None
    assert store.merge(JANE.profile_id, {"x": None, "y": "3", "z": "4", "w": None}) is not None
    found = store.by_profile_id(JANE.profile_id)
    assert found is not None
    assert dict(found.identifiers) == {"y": "3", "z": "4"}


def test_merge_into_nothing_creates_nothing(open_store: Open) -> None:
    store = open_store(JANE)
    assert store.merge(NOBODY.profile_id, {"x": "1"}) is None
    assert store.every() == (JANE,)


@pytest.mark.parametrize(
    "value", ["", "\0", "é\u0301😀\u2028", "'; DROP TABLE profiles; --", "\\u0041", "\n\r\t", "x" * 60_000]
)
def test_values_come_back_as_they_were(open_store: Open, value: str) -> None:
    store = open_store(JANE)
    store.merge(JANE.profile_id, {"x": value})
    found = store.by_customer_user_id("jane")
    assert found is not None
    assert found.identifiers["x"] == value


def test_put_replaces_all_of_a_profile(open_store: Open) -> None:
    store = open_store(JANE)
    store.put(StoredProfile(JANE.profile_id, "june", {"y": "2"}))
    assert store.by_customer_user_id("jane") is None
    found = store.by_customer_user_id("june")
    assert found == StoredProfile(JANE.profile_id, "june", {"y": "2"})


def test_an_id_names_one_profile(open_store: Open) -> None:
    store = open_store(JANE)
    with pytest.raises(UsageError, match="another profile has the customer user id jane"):
        store.put(StoredProfile(NOBODY.profile_id, "jane"))
    assert store.every() == (JANE,)


def test_profiles_are_capped_but_can_be_replaced(open_store: Open) -> None:
    store = open_store(JANE, max_profiles=1)
    store.put(StoredProfile(JANE.profile_id, "june"))
    with pytest.raises(StoreFullError):
        store.put(NOBODY)


def test_values_are_capped(open_store: Open) -> None:
    store = open_store(JANE)
    with pytest.raises(StoreFullError):
        store.merge(JANE.profile_id, {"x": "x" * (MAX_VALUE_LENGTH + 1)})
    with pytest.raises(StoreFullError):
        store.put(StoredProfile(NOBODY.profile_id, None, {"x": "x" * (MAX_VALUE_LENGTH + 1)}))
    assert store.every() == (JANE,)


def test_reset_forgets_everything_else(open_store: Open) -> None:
    store = open_store(JANE)
    store.merge(JANE.profile_id, {"x": "2"})
    store.put(NOBODY)
    store.reset([JANE])
    assert store.every() == (JANE,)
    assert store.by_profile_id(JANE.profile_id) == JANE


def test_a_reset_that_fails_changes_nothing_in_a_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state.db", [JANE])
    with pytest.raises(UsageError):
        store.reset([NOBODY, JANE, StoredProfile("cccccccc-cccc-4ccc-8ccc-cccccccccccc", "jane")])
    assert store.every() == (JANE,)
    store.close()


def test_merges_of_many_threads_lose_nothing(open_store: Open) -> None:
    store = open_store(JANE)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.merge(JANE.profile_id, {f"n{number}": str(number)}), range(200)))
    found = store.by_profile_id(JANE.profile_id)
    assert found is not None
    assert dict(found.identifiers) == {"x": "1", **{f"n{number}": str(number) for number in range(200)}}


def test_a_file_keeps_profiles_and_adds_only_new_seeds(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    first = SqliteStore(path, [JANE])
    first.merge(JANE.profile_id, {"x": "changed"})
    first.close()
    second = SqliteStore(path, [JANE, NOBODY])
    assert second.every() == (StoredProfile(JANE.profile_id, "jane", {"x": "changed"}), NOBODY)
    second.close()


def test_two_stores_share_a_file(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "state.db", [JANE]) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: stores[number % 2].merge(JANE.profile_id, {f"n{number}": "x"}), range(40)))
    found = stores[0].by_profile_id(JANE.profile_id)
    assert found is not None
    assert len(found.identifiers) == 41
    for store in stores:
        store.close()


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, database = tmp_path / "text", tmp_path / "other.db"
    text.write_text("not a database, but long enough to be looked at as one\n" * 20, encoding="utf-8")
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE mine (x)")
    connection.commit()
    connection.close()
    for path in (text, database):
        before = path.read_bytes()
        with pytest.raises(UsageError, match="state file"):
            SqliteStore(path)
        assert path.read_bytes() == before
        assert sorted(tmp_path.iterdir()) == [database, text]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot use the state file"):
        SqliteStore(tmp_path / "missing" / "state.db")


WRITER = """
import sys
from pathlib import Path
from adapty_contract.mock.sqlite_store import SqliteStore
from adapty_contract.mock.store import StoredProfile

store = SqliteStore(Path(sys.argv[1]), [StoredProfile("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")])
for number in range(10**9):
    store.merge("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", {"x": str(number), "y": str(number)})
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_file_is_whole_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    for round_ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(20 + round_ * 7):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
            told = [line for line in writer.stdout.read().split("\n") if line]
        store = SqliteStore(path)
        (profile,) = store.every()
        store.close()
        last = int(told[-1]) if told else 19 + round_ * 7
        assert int(profile.identifiers["x"]) >= last
        assert profile.identifiers["x"] == profile.identifiers["y"]


def test_lag_is_per_profile_and_put_is_seen_at_once() -> None:
    now = [0.0]
    store = LaggingStore(MemoryStore([JANE, NOBODY]), 1.0, lambda: now[0])
    store.merge(JANE.profile_id, {"x": "2"})
    assert store.by_customer_user_id("jane") == JANE
    assert store.every()[0].identifiers == {"x": "2"}
    store.merge(NOBODY.profile_id, {"x": "3"})
    now[0] = 1.0
    assert store.by_profile_id(JANE.profile_id) == StoredProfile(JANE.profile_id, "jane", {"x": "2"})
    store.merge(JANE.profile_id, {"x": "4"})
    store.put(JANE)
    assert store.by_profile_id(JANE.profile_id) == JANE
