"""The command line as people use it: in this process, or in one of its own where signals are sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapty_contract import cli

KEY_VARIABLE = "ADAPTY_API_KEY"


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str
    folder: Path
    """Where its reports are."""

    @property
    def report(self) -> dict[str, Any]:
        """The report that it wrote."""
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return found

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each clause in the report."""
        return {each["clause"]["id"]: each["verdict"] for each in self.report["clauses"]}

    @property
    def said(self) -> str:
        """Standard output and error, each run of white space one space: lines break where a terminal is narrow."""
        return " ".join(f"{self.out} {self.err}".split())


@dataclass
class CommandLine:
    """`adapty-contract` in a folder and with a home of its own, far from the settings of whoever runs the tests."""

    home: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in [name for name in os.environ if name.startswith(("ADAPTY", "COV", "FORCE_COLOR", "GITHUB_"))]:
            self.patch.delenv(name)
        work = self.home / "work"
        work.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "COLUMNS": "160",
            "NO_COLOR": "1",
        }
        for name, value in self.environment.items():
            self.patch.setenv(name, value)
        self.patch.chdir(work)

    @property
    def work(self) -> Path:
        """The folder that commands run in."""
        return self.home / "work"

    @property
    def journals(self) -> list[Path]:
        """The safety journals of all runs."""
        return sorted((self.home / "state" / "adapty-contract").glob("*.ndjson"))

    def __call__(self, *arguments: str, key: str | None = None, env: Mapping[str, str] | None = None) -> Outcome:
        """Run a command here and now."""
        self.capture.readouterr()
        with self.patch.context() as patch:
            patch.setattr(sys, "argv", ["adapty-contract", *arguments])
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            if key is not None:
                patch.setenv(KEY_VARIABLE, key)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        out, err = self.capture.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, out, err, self._folder(arguments))

    def start(self, *arguments: str, key: str) -> subprocess.Popen[str]:
        """Begin a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "adapty_contract", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.work,
            env={**os.environ, KEY_VARIABLE: key},
        )

    def ended(self, process: subprocess.Popen[str], *arguments: str) -> Outcome:
        """What a command that was started came to, once it is over."""
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
        return Outcome(process.returncode, out, err, self._folder(arguments))

    def _folder(self, arguments: tuple[str, ...]) -> Path:
        named = arguments.index("--report-dir") + 1 if "--report-dir" in arguments else None
        return self.work / (arguments[named] if named else "reports")
