"""Which operation a page, or a part of it, is about."""

from __future__ import annotations

from collections.abc import Sequence

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.codes import Endpoint, language_of, read_code, read_endpoint

UNKNOWN = "any"
"""Stands for the method where a page is about no operation, or about several without saying which."""


class Operations:
    """The operations of a page, by the lines on which it names them; a component's file has that of its page."""

    def __init__(self, blocks: Sequence[Block], given: str | None) -> None:
        fences = [block for block in blocks if block.kind == "fence"] if given is None else []
        found = [(block, read_endpoint(block)) for block in fences]
        self._endpoints = [endpoint for _, endpoint in found if endpoint is not None]
        self._otherwise = given or (UNKNOWN if self._endpoints else _sampled(fences))

    def is_first(self, endpoint: Endpoint) -> bool:
        """Whether it is the endpoint that the page names first."""
        return self._endpoints[:1] == [endpoint]

    def method(self, line: int) -> str:
        """The method, in lower case, of the operation that `line` belongs to: the last one named above."""
        if not self._endpoints:
            return self._otherwise
        above = [endpoint for endpoint in self._endpoints if endpoint.line <= line]
        return (above[-1] if above else self._endpoints[0]).method.lower()


def _sampled(fences: Sequence[Block]) -> str:
    """The method that all samples of a page agree upon."""
    requests = [read_code(language_of(block), block.text).request for block in fences]
    methods = {str(request.method.value).lower() for request in requests if request is not None}
    return methods.pop() if len(methods) == 1 else UNKNOWN
