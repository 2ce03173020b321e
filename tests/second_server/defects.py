"""What is wrong with the server when it is told to have a defect: each a small change of one step or two.

They are mistakes that real backends make. Most keep to the schema in every single answer; only what was asked before,
by whom, or over which connection, gives them away.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from .service import Service

_DEFECTS: dict[str, type[Service]] = {}


def defect(name: str) -> Callable[[type[Service]], type[Service]]:
    """Registers a server under the name of what is wrong with it; its docstring says so in a sentence."""

    def register(server: type[Service]) -> type[Service]:
        _DEFECTS[name] = server
        return server

    return register


def defects() -> dict[str, type[Service]]:
    """Every defective server, by name."""
    for path in sorted(Path(__file__).parent.glob("defective_*.py")):
        import_module(f".{path.stem}", __package__)
    return dict(_DEFECTS)
