"""A client of the mock in the same process, without sockets: for tests of code that can be given one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.mock.identity import CUSTOMER_HEADER
from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.model import Request, Response

if TYPE_CHECKING:
    from adapty_contract.mock.app import MockApi
    from adapty_contract.model import Headers

Changes = Mapping[str, str | None]
NO_CHANGES: Final[Changes] = MappingProxyType({})


class Caller:
    """Calls a MockApi as a correct client would, unless told otherwise."""

    def __init__(self, api: MockApi, *, customer_user_id: str = "customer-1", key: str = MOCK_KEY) -> None:
        """The calls are about the profile of this customer."""
        self.api = api
        self._headers: Headers = (("authorization", f"Api-Key {key}"), (CUSTOMER_HEADER, customer_user_id))

    def read(self, headers: Changes = NO_CHANGES) -> Response:
        """GET. `headers` as for `call`."""
        return self.call("GET", headers=headers)

    def write(self, document: Any, headers: Changes = NO_CHANGES) -> Response:
        """POST of `document`: bytes as they are, everything else as JSON. `headers` as for `call`."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.call("POST", body, headers={"content-type": "application/json", **headers})

    def call(
        self,
        method: str,
        body: bytes = b"",
        *,
        target: str | None = None,
        headers: Changes = NO_CHANGES,
        more: Headers = (),
    ) -> Response:
        """Any request. `headers` have another value, or none with `None`; `more` come on top of all."""
        kept = tuple(header for header in self._headers if header[0] not in headers)
        changed = tuple((name, value) for name, value in headers.items() if value is not None)
        target = self.api.contract.path if target is None else target
        return self.api.handle(Request(method, target, (*kept, *changed, *more), body))

    def identifiers(self) -> dict[str, str | None]:
        """What a read tells. Raises AssertionError unless it is answered 200."""
        response = self.read()
        if response.status != 200:
            raise AssertionError(f"a read was answered {response.status}: {response.body!r}")
        found: dict[str, str | None] = json.loads(response.body)
        return found
