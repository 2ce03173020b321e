"""The benches run. What they measure is nobody's test: machines differ."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_bench_of_the_scenarios_tells_both_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench/scenarios.py"), "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "scenarios" in done.stdout
    assert "bare loop" in done.stdout
    assert list(tmp_path.iterdir()) == []
