"""The same seed sends the same requests in every process, whatever was imported or ran there before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]

PROGRAM = """
import hashlib, sys
{imports}
sys.path.insert(0, {tests!r})
from adapty_contract.fuzz.model import run_model
from adapty_contract.fuzz.schema import run_schema
from adapty_contract.reporters.progress import SilentProgress
from support.bent import BentBench
runs = {{"model": (run_model, {{"walks": 40}}), "schema": (run_schema, {{"cases": 90}})}}
digests = []
for layer in {layers}:
    run, count = runs[layer]
    bench = BentBench(seed=4)
    run(bench.session, budget=600, seed=4, progress=SilentProgress(), **count)
    sent = repr(bench.sent()).encode("utf-8", "surrogatepass")
    digests.append((layer, len(bench.exchanges), hashlib.sha256(sent).hexdigest()))
print(sorted(digests))
"""

MUCH = """
import literals_of_somebody
import hypothesis.strategies as st
from hypothesis import find
find(st.integers(), lambda number: number > 5)
import schemathesis
from schemathesis.generation.hypothesis import setup
setup()
"""


def digests(layers: tuple[str, str], before: str, folder: Path, hash_seed: str) -> str:
    program = PROGRAM.format(imports=before, tests=str(TESTS), layers=layers)
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


@pytest.mark.slow
def test_same_seed_sends_the_same_requests_whatever_ran_before(tmp_path: Path) -> None:
    (tmp_path / "literals_of_somebody.py").write_text("A = ['customer', 'zebra', 'Ωmega', 123456]\nB = 'branch'\n")
    alone = digests(("model", "schema"), "", tmp_path, "1")
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["literals_of_somebody.py"], "nothing is left behind"
    assert alone == digests(("schema", "model"), MUCH, tmp_path, "2")
    assert "model" in alone
