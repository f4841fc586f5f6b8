"""Each request is counted, timed by the route it took, and logged in one line."""

from __future__ import annotations

import logging
import time

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger("sojourn.access")


class Observation:
    """The counters of one app, and the registry that ``/metrics`` shows."""

    def __init__(self, app_name: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._app_name = app_name
        self._requests = Counter(
            "sojourn_http_requests",
            "Requests answered.",
            ("app", "method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "sojourn_http_request_seconds",
            "From the first byte of a request to the last byte of its answer.",
            ("app", "method", "route"),
            registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Notes one answered request."""
        method: str = scope["method"] if scope["method"] in _METHODS else "other"
        template: str = getattr(scope.get("route"), "path", "unmatched")
        self._requests.labels(self._app_name, method, template, str(status)).inc()
        self._seconds.labels(self._app_name, method, template).observe(seconds)
        client = scope["client"][0] if scope.get("client") else "-"
        request_id = scope.get("state", {}).get("request_id", "-")
        _log.info(
            "%s %s %d %.1fms %s %s",
            method,
            scope["path"].encode("unicode_escape").decode(),
            status,
            seconds * 1000,
            client,
            request_id,
        )

    def serve(self, app: FastAPI) -> None:
        """Adds ``/metrics`` to ``app``."""

        async def metrics(request: Request) -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        app.add_route("/metrics", metrics, include_in_schema=False)


class Observed:
    """Tells an :class:`Observation` about each request."""

    def __init__(self, app: ASGIApp, observation: Observation) -> None:
        self._app = app
        self._observation = observation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._observation.observe(scope, status, time.perf_counter() - began)
