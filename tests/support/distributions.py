"""The distributions as tests build them, and environments to install them in."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment and an empty folder from which its commands run."""

    home: Path
    cwd: Path

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment, in the empty folder, without what this process has in its environment."""
        program, *arguments = command
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.cwd), "LANG": "C.UTF-8", **variables}
        return subprocess.run(
            [self.home / "bin" / program, *arguments],
            cwd=self.cwd,
            env=clean,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def build(kind: str, source: Path, folder: Path) -> Path:
    """Build a distribution of the tree at `source`, without another environment: nothing is downloaded."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built
