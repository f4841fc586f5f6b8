"""Browsers of the configured origins, and of no others, may call the API and read its answers."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.middleware.headers import on_the_way_out

ALLOWED = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Min-Position, "
    "Last-Event-ID, traceparent, X-Request-ID"
)
EXPOSED = (
    "ETag, Link, Location, Sojourn-Position, Sojourn-Degraded, Idempotency-Replayed, Retry-After, "
    "RateLimit, RateLimit-Policy, X-Request-ID"
)
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
VARY = "Accept-Encoding, Origin, Authorization, Min-Position"
REMEMBER_SECONDS = 600


class Cors:
    """Answers preflights, and says on every answer who may read it and what it depends on."""

    def __init__(self, app: ASGIApp, origins: Iterable[str] = ()) -> None:
        self._app = app
        self._origins = frozenset(origin.rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("Origin")
        known = origin if origin in self._origins else None

        def tell(answer: MutableHeaders) -> None:
            answer["Vary"] = VARY
            answer.setdefault("Cache-Control", "private, no-store")
            if known:
                answer["Access-Control-Allow-Origin"] = known
                answer["Access-Control-Expose-Headers"] = EXPOSED

        sending = on_the_way_out(send, tell)
        if scope["method"] == "OPTIONS" and origin and "Access-Control-Request-Method" in headers:
            await preflight(allowed=known is not None)(scope, receive, sending)
            return
        await self._app(scope, receive, sending)


def preflight(*, allowed: bool) -> Response:
    """What a browser asks before it sends; an unknown origin learns nothing."""
    if not allowed:
        return Response(status_code=204)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": ALLOWED,
            "Access-Control-Max-Age": str(REMEMBER_SECONDS),
        },
    )
