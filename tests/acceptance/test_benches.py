"""The benches run. What they measure is nobody's test: machines differ."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bench", "figures"),
    [
        ("scenarios", ("scenarios", "bare loop")),
        ("reference", ("build", "last field, from a file", "last field, from the mock")),
    ],
)
def test_a_bench_tells_its_figures(bench: str, figures: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / f"bench/{bench}.py"), "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for figure in figures:
        assert re.search(rf"{figure}.* \d+\.\d\d s  \(\d+\.\d\d to \d+\.\d\d\)", done.stdout)
    assert list(tmp_path.iterdir()) == []
