"""Defects in who may ask."""

from __future__ import annotations

from contextlib import suppress

from .defects import defect
from .service import KEY, Asked, RefusalError, Service


@defect("key-known-by-its-prefix")
class KeyKnownByItsPrefix(Service):
    """A key is looked up by the part before its dot, and the secret behind the dot is never compared."""

    def is_key(self, key: str) -> bool:
        return key.partition(".")[0] == KEY.partition(".")[0]


@defect("write-done-before-the-key-is-checked")
class WriteDoneBeforeTheKeyIsChecked(Service):
    """A write with a wrong key is done, and then answered 401."""

    def sign_in(self, asked: Asked) -> None:
        if asked.method == "POST":
            with suppress(RefusalError):
                self.write(asked, self.find(asked))
        super().sign_in(asked)


@defect("profile-looked-up-before-the-key")
class ProfileLookedUpBeforeTheKey(Service):
    """Whoever has no key is told 404 for an unknown profile and 401 for a known one."""

    def sign_in(self, asked: Asked) -> None:
        self.find(asked)
        super().sign_in(asked)


@defect("connection-stays-signed-in")
class ConnectionStaysSignedIn(Service):
    """Once a connection has shown the key, nobody asks for it again on that connection."""

    def __init__(self) -> None:
        super().__init__()
        self.trusted: set[str] = set()

    def sign_in(self, asked: Asked) -> None:
        if asked.connection not in self.trusted:
            super().sign_in(asked)
            self.trusted.add(asked.connection)
