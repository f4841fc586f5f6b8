"""Every request has an id, its own or a given one, and the correlation id of what it causes."""

from __future__ import annotations

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from api.middleware.headers import on_the_way_out

REQUEST_ID = "X-Request-ID"
TRACE = "traceparent"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACE = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.{0,200})?")


def trace_id(traceparent: str) -> str | None:
    """The trace id of a W3C traceparent header, None when it is not valid."""
    match = _TRACE.fullmatch(traceparent)
    if not match or (match[1] == "00" and match[4]):
        return None
    return None if set(match[2]) == {"0"} or set(match[3]) == {"0"} else match[2]


class Correlation:
    """Reads or makes the ids, hands them on in the request's state, and returns them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        request_id = given.get(REQUEST_ID, "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = uuid4().hex
        traceparent = given.get(TRACE, "")
        trace = trace_id(traceparent)
        scope.setdefault("state", {}).update(
            request_id=request_id,
            correlation_id=trace or request_id,
            traceparent=traceparent if trace else None,
        )

        def tell(headers: MutableHeaders) -> None:
            headers[REQUEST_ID] = request_id
            if trace:
                headers[TRACE] = traceparent

        await self._app(scope, receive, on_the_way_out(send, tell))
