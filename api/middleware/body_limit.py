"""A body may have so many bytes and no more, announced or not; 413 once somebody reads further."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BYTES = 1024 * 1024


class BodyTooLarge(HTTPException):
    """Raised where the body is read, so that who is not signed in learns that first.

    It is an HTTPException because the framework lets those through while it reads bodies.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__(413, f"A body may have at most {max_bytes} bytes.")


class BodyLimit:
    """Counts what is read of each body."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BYTES) -> None:
        self._app = app
        self._max = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("Content-Length", "0")
        too_large = announced.isdecimal() and int(announced) > self._max
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            if too_large:
                raise BodyTooLarge(self._max)
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max:
                raise BodyTooLarge(self._max)
            return message

        await self._app(scope, counting, send)
