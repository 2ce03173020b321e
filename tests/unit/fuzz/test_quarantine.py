"""Generation leaves Hypothesis, and whoever else uses it in the process, as it found them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal import charmap

from adapty_contract.fuzz.drive import draw_cases
from adapty_contract.fuzz.quarantine import quarantine
from adapty_contract.fuzz.schema import run_schema
from adapty_contract.reporters.progress import SilentProgress
from support.bent import BentBench

REPLACED = (
    ("hypothesis.core", "RepresentationPrinter"),
    ("hypothesis.internal.conjecture.engine", "BUFFER_SIZE"),
    ("hypothesis.internal.conjecture.providers", "_get_local_constants"),
    ("hypothesis.internal.charmap", "intervals_from_codec"),
    ("hypothesis.internal.entropy", "register_random"),
    ("hypothesis.configuration", "__hypothesis_home_directory"),
)
"""What generation replaces while it runs."""


def state() -> dict[tuple[str, str], object]:
    return {(module, name): getattr(importlib.import_module(module), name) for module, name in REPLACED}


def falsifying_example() -> str:
    """What Hypothesis says of a plain test that fails."""

    @settings(database=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
    @given(number=st.integers(min_value=7), text=st.text(min_size=1))
    def fails(number: int, text: str) -> None:
        assert number < 7 or not text

    with pytest.raises(AssertionError) as caught:
        fails()
    return "\n".join(getattr(caught.value, "__notes__", []))


def test_counter_examples_of_other_tests_are_still_told() -> None:
    before = falsifying_example()
    run_schema(BentBench().session, budget=60, seed=1, progress=SilentProgress(), cases=70)
    assert "number=7" in before
    assert falsifying_example() == before


def test_everything_replaced_is_put_back() -> None:
    before = state()
    run_schema(BentBench().session, budget=60, seed=1, progress=SilentProgress(), cases=70)
    assert state() == before


def test_everything_is_put_back_after_a_failure_too() -> None:
    before = state()

    def failing() -> None:
        with quarantine():
            assert state() != before
            raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        failing()
    assert state() == before


def test_second_run_in_a_process_sends_what_the_first_one_did() -> None:
    runs = []
    for _ in range(2):
        bench = BentBench()
        run_schema(bench.session, budget=60, seed=5, progress=SilentProgress(), cases=90)
        runs.append(bench.sent())
    assert runs[0] == runs[1]


def test_hypothesis_keeps_its_files_elsewhere_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with quarantine():
        draw_cases(st.text(st.characters(codec="utf-8")), lambda _: True, seed=1, cases=20)
    assert list(tmp_path.iterdir()) == []


def test_what_utf_8_can_write_is_what_hypothesis_finds_out() -> None:
    encodable, lossy = charmap.intervals_from_codec("utf-8")
    with quarantine():
        quick, none = charmap.intervals_from_codec("utf-8")
        assert charmap.intervals_from_codec("ascii")[0].intervals == ((0, 127),)
    assert (quick.intervals, none.intervals) == (encodable.intervals, lossy.intervals)


def test_literals_of_loaded_modules_are_not_drawn() -> None:
    seen: list[str] = []
    with quarantine():
        draw_cases(st.text().map(seen.append), lambda _: True, seed=1, cases=1_200)
    assert len(seen) > 600
    assert not {text for text in seen if text.startswith("xyzzy")}, "the literal of this very test"
