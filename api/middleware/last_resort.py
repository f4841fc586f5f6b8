"""A fault of ours is 500 and a log entry with the request id, never a stack trace."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.conventions.problems import Problem, problem_response

_log = logging.getLogger("sojourn.api")


class LastResort:
    """Answers for whatever the rest of the app did not expect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watching)
        except Exception:
            request_id = scope.get("state", {}).get("request_id", "-")
            _log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if started:
                raise
            problem = Problem(500, "internal_error", f"Our fault. Quote {request_id} to support.")
            await problem_response(problem)(scope, receive, send)
