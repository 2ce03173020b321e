"""What the benches have in common: the mock in a process of its own, and how figures are told."""

from __future__ import annotations

import http.client
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from adapty_contract.mock.seeds import CUSTOMER_1, CUSTOMER_2
from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.model import Profile

PROFILE = Profile(CUSTOMER_2.customer_user_id, CUSTOMER_2.profile_id)
OTHER = Profile(CUSTOMER_1.customer_user_id, CUSTOMER_1.profile_id)
KEY = MOCK_KEY


@dataclass(frozen=True)
class Mock:
    """A mock that runs elsewhere."""

    url: str

    def forget(self) -> None:
        """Empty its journal and put its profiles back."""
        self._ask("DELETE", "/__mock__/journal")
        self._ask("POST", "/__mock__/reset")

    def requests(self) -> int:
        """How many requests came to the API since `forget`, by the server's own count."""
        return len(json.loads(self._ask("GET", "/__mock__/journal"))["exchanges"])

    def front_page(self) -> bytes:
        """What a browser gets first; made when it is first asked for."""
        return self._ask("GET", "/")

    def connection(self) -> http.client.HTTPConnection:
        """A new connection to it."""
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)

    def _ask(self, method: str, path: str) -> bytes:
        connection = self.connection()
        connection.request(method, path)
        answer = connection.getresponse().read()
        connection.close()
        return answer


@contextmanager
def mock_process(*options: str) -> Iterator[Mock]:
    """`adapty-contract mock`, with these options too, in a process of its own, on a free loopback port."""
    environment = {name: value for name, value in os.environ.items() if name != "ADAPTY_API_KEY"}
    process = subprocess.Popen(
        [sys.executable, "-m", "adapty_contract", "mock", "--port", "0", "--journal-size", "100000", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        first = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", first)
        if not found:
            raise SystemExit(f"the mock did not start: {first!r}")
        yield Mock(found[0])
    finally:
        process.terminate()
        process.wait(timeout=10)


def machine() -> str:
    """The date and the kind of machine, in a line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {_processor()}, {cores} cores, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    found = re.search(r"(?m)^model name\s*:\s*(.+)$", text)
    return found[1].strip() if found else "unknown processor"


def spread(values: Sequence[float]) -> str:
    """Median, least and most, in seconds."""
    return f"{median(values):6.2f} s  ({min(values):.2f} to {max(values):.2f})"
