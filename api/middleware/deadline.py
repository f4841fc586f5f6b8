"""Who asks is answered in time: a server that hangs is 503 with Retry-After, like one that is down.

What a command was doing goes on without its client, who learns by repeating it under the same key.
"""

from __future__ import annotations

import math

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.conventions.outages import unavailable
from api.conventions.problems import problem_response

_BODY = {b"content-length", b"transfer-encoding"}


class Deadline:
    """Gives the app ``seconds`` from the last byte of a request to the first of its answer."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        with anyio.CancelScope() as waiting:

            async def receiving() -> Message:
                message = await receive()
                whole = message["type"] == "http.request" and not message.get("more_body", False)
                if whole and not started:
                    waiting.deadline = anyio.current_time() + self._seconds
                return message

            async def sending(message: Message) -> None:
                nonlocal started
                started = True
                waiting.deadline = math.inf
                await send(message)

            if not _BODY & {name for name, _ in scope["headers"]}:
                waiting.deadline = anyio.current_time() + self._seconds
            await self._app(scope, receiving, sending)
        if waiting.cancelled_caught and not started:
            await problem_response(unavailable())(scope, receive, send)
