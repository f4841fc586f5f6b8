"""An answer that goes on: sent as it comes, and ended when its client is gone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

import anyio
from fastapi import Response
from starlette.types import Receive, Scope, Send

from api.middleware.head import AS_HEAD

HEADERS = {
    "Cache-Control": "no-store",
    # For reverse proxies that would keep events back until there are enough of them.
    "X-Accel-Buffering": "no",
}


class EventStream(Response):
    """Server-sent events; ``close`` is called whatever ends the answer."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncGenerator[bytes], close: Callable[[], object]) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._frames = frames
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, receive, group.cancel_scope)
                await self._send(scope, send)
                group.cancel_scope.cancel()
        finally:
            self._close()
            with anyio.CancelScope(shield=True):
                await self._frames.aclose()

    async def _send(self, scope: Scope, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        if not scope.get(AS_HEAD):
            async for frame in self._frames:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
