"""``/metrics`` and ``/health/live`` of a process that serves nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import (
    CollectorRegistry,
    make_wsgi_app,  # pyright: ignore[reportUnknownVariableType] - a WSGI app
)

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

JSON = ("Content-Type", "application/json")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: who watches asks every few seconds."""


@contextmanager
def showing(
    registry: CollectorRegistry, host: str, port: int, alive: Callable[[], bool]
) -> Generator[int]:
    """Serve both while the block runs; yields the port.

    Health is 503 when the process is no longer ``alive``: it runs, and gets nothing done.
    """
    metrics = cast("WSGIApplication", make_wsgi_app(registry))

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/health/live":
            return metrics(environ, start)
        if alive():
            start("200 OK", [JSON])
            return [b'{"status":"ok"}']
        start("503 Service Unavailable", [JSON])
        return [b'{"status":"stuck"}']

    server = make_server(host, port, answer, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
