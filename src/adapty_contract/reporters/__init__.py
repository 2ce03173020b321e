"""Render the record of a run. One module per format; each registers itself, and this is the only list of names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapty_contract.record import RunRecord

Render = Callable[[RunRecord], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A registered report format: its name, the name of its file, one sentence, and what renders it."""

    name: str
    filename: str
    summary: str
    render: Render


_REGISTRY: dict[str, Format] = {}


def reporter(name: str, *, filename: str) -> Callable[[Render], Render]:
    """Register a pure function from record to file content; the first line of its docstring describes the format."""

    def register(render: Render) -> Render:
        if any(name == other.name or filename == other.filename for other in _REGISTRY.values()):
            raise ValueError(f"two report formats are called {name} or write {filename}")
        _REGISTRY[name] = Format(name, filename, (render.__doc__ or "").partition("\n")[0], render)
        return render

    return register


def formats() -> Mapping[str, Format]:
    """Every format by its name, in the order of their names."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return MappingProxyType(dict(sorted(_REGISTRY.items())))
