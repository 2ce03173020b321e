"""How a comparison is written: one module a format, each a function from the comparison to text."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from adapty_contract.drift.comparison import Comparison

Formatter: TypeAlias = Callable[[Comparison], str]

_FORMATS: dict[str, Formatter] = {}


def formatter(name: str) -> Callable[[Formatter], Formatter]:
    """Register a function as the format `name`."""

    def register(function: Formatter) -> Formatter:
        _FORMATS[name] = function
        return function

    return register


@functools.cache
def formats() -> Mapping[str, Formatter]:
    """All formats by name."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return MappingProxyType(_FORMATS)
