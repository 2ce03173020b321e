"""Hypothesis as generation needs it here: leaving no files, drawing alike in every process, unharmed afterwards."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_MISSING = object()

_REPLACED_BY_SCHEMATHESIS = (
    ("hypothesis.core", "RepresentationPrinter"),
    ("hypothesis.core", "BUFFER_SIZE"),
    ("hypothesis.internal.conjecture.engine", "BUFFER_SIZE"),
    ("hypothesis.internal.entropy", "register_random"),
    ("hypothesis.strategies._internal.collections", "BUFFER_SIZE"),
    ("hypothesis.strategies._internal.core", "is_first_param_referenced_in_function"),
)
"""What schemathesis replaces when it first generates, for the whole process: counter-examples of everyone else's
Hypothesis tests would print blank from then on."""

_HOME = ("hypothesis.configuration", "__hypothesis_home_directory")
_UTF_8 = ("hypothesis.internal.charmap", "intervals_from_codec")
_LOCAL_CONSTANTS = ("hypothesis.internal.conjecture.providers", "_get_local_constants")


@contextmanager
def quarantine() -> Iterator[None]:
    """Within it, Hypothesis keeps its files in a folder that vanishes and draws no literals from loaded modules.

    Hypothesis mixes the literals of the modules that happen to be loaded into strings and numbers, so that one seed
    would give other requests after another import. At the end everything is as it was before, for other tests too.
    """
    from hypothesis.configuration import set_hypothesis_home_dir
    from hypothesis.internal.constants_ast import Constants

    with tempfile.TemporaryDirectory(prefix="adapty-contract-") as home, _kept(), _without_literals(Constants):
        set_hypothesis_home_dir(home)
        _set(*_UTF_8, _knowing_utf_8(_get(*_UTF_8)))
        yield


def _knowing_utf_8(compute: Callable[[str], Any]) -> Callable[[str], Any]:
    """Which characters a codec can write, at once for UTF-8: finding it out takes a second, and a file to keep it in."""
    from hypothesis.internal.intervalsets import IntervalSet

    def intervals(codec: str) -> Any:
        if codec == "utf-8":
            return IntervalSet([(0, 0xD7FF), (0xE000, 0x10FFFF)]), IntervalSet([])
        return compute(codec)

    return intervals


@contextmanager
def _kept() -> Iterator[None]:
    """Puts back what schemathesis and this module replace, and lets schemathesis replace it again when it needs to."""
    former = {place: _get(*place) for place in (*_REPLACED_BY_SCHEMATHESIS, _HOME, _UTF_8, _LOCAL_CONSTANTS)}
    replaced = _is_patched()
    try:
        yield
    finally:
        for place, value in former.items():
            _set(*place, value)
        if (setup := _schemathesis_setup()) is not None:
            setup._is_patched = replaced  # noqa: SLF001  (its only record of having done so)


@contextmanager
def _without_literals(empty: Callable[[], Any]) -> Iterator[None]:
    """Hypothesis finds no literals; what it remembers of them is forgotten before and after."""
    _forget_permitted_constants()
    _set(*_LOCAL_CONSTANTS, empty)
    try:
        yield
    finally:
        _forget_permitted_constants()


def _forget_permitted_constants() -> None:
    cache = _get("hypothesis.internal.conjecture.providers", "CONSTANTS_CACHE")
    cache.cache.clear()


def _schemathesis_setup() -> Any:
    """The function with which schemathesis replaces parts of Hypothesis; `None` while it is not loaded."""
    module = sys.modules.get("schemathesis.generation.hypothesis")
    return None if module is None else module.setup


def _is_patched() -> bool:
    return bool(getattr(_schemathesis_setup(), "_is_patched", False))


def _get(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name, _MISSING)


def _set(module: str, name: str, value: Any) -> None:
    if value is _MISSING:
        vars(importlib.import_module(module)).pop(name, None)
    else:
        setattr(importlib.import_module(module), name, value)
