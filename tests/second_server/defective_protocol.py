"""Defects in what HTTP asks."""

from __future__ import annotations

from dataclasses import replace

from .defects import defect
from .service import PATH, Answer, Asked, Service


@defect("head-needs-no-key")
class HeadNeedsNoKey(Service):
    """HEAD is let through for health checks, and tells anybody whether a profile exists."""

    def sign_in(self, asked: Asked) -> None:
        if asked.method != "HEAD":
            super().sign_in(asked)


@defect("delete-refused-but-done")
class DeleteRefusedButDone(Service):
    """DELETE empties the profile before a filter behind it answers 405."""

    def route(self, asked: Asked) -> Answer:
        if asked.method == "DELETE":
            self.sign_in(asked)
            self.find(asked).values.clear()
        return super().route(asked)


@defect("write-without-slash-is-lost")
class WriteWithoutSlashIsLost(Service):
    """A gateway follows the redirect to the slash by itself, as GET: a write is answered 200 and never made."""

    def route(self, asked: Asked) -> Answer:
        lost = asked.path == PATH.removesuffix("/")
        return super().route(replace(asked, path=PATH, method="GET") if lost else asked)


@defect("headers-taken-for-utf-8")
class HeadersTakenForUtf8(Service):
    """Every header is decoded as UTF-8, and one that is not ends in a 500, as it does with bottle's own headers."""

    def answer(self, asked: Asked) -> Answer:
        utf8 = {name: value.encode("latin-1").decode() for name, value in asked.headers.items()}
        return super().answer(replace(asked, headers=utf8))
