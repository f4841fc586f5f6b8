"""A proxy before Elasticsearch that keeps single documents of a bulk request back."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Refuses = Callable[[str], bool]
"""Whether a document, by its id, is refused this time."""


class Proxy(ThreadingHTTPServer):
    """Between a client and Elasticsearch; ``failed`` counts the items that it kept back."""

    daemon_threads = True

    def __init__(self, server: str, refuses: Refuses, error: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = server
        self.refuses = refuses
        self.error = error
        self.failed = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed or stopped is nothing to tell of."""

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, answer = (
            self._bulk(body) if "_bulk" in self.path else self._ask(body or None)
        )
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _forward  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing."""

    def _bulk(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        proxy = self._proxy
        lines = body.splitlines()
        pairs = list(zip(lines[::2], lines[1::2], strict=True))
        ids = [json.loads(action)["index"]["_id"] for action, _ in pairs]
        refused = [proxy.refuses(identity) for identity in ids]
        proxy.failed += sum(refused)
        passing = [pair for pair, no in zip(pairs, refused, strict=True) if not no]
        # An empty bulk is an error; a search for nothing has the headers that the client wants.
        kept = b"".join(line + b"\n" for pair in passing for line in pair)
        status, headers, answer = self._ask(kept) if passing else self._ask(None, "GET", "/")
        if status >= 300:
            return status, headers, answer
        done = iter(json.loads(answer)["items"] if passing else [])
        items = [
            {"index": {"_id": identity, **proxy.error}} if no else next(done)
            for identity, no in zip(ids, refused, strict=True)
        ]
        told = {"took": 1, "errors": any(refused), "items": items}
        return 200, headers, json.dumps(told).encode()

    def _ask(
        self, body: bytes | None, method: str = "", path: str = ""
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        place = urlsplit(self._proxy.behind)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("content-length", "host", "connection", "accept-encoding")
        }
        connection.request(method or self.command, path or self.path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), read

    @property
    def _proxy(self) -> Proxy:
        assert isinstance(self.server, Proxy)
        return self.server


@contextmanager
def refusing(server: str, refuses: Refuses, *, status: int, kind: str) -> Generator[Proxy]:
    """A :class:`Proxy` before the Elasticsearch at ``server``; items fail as ``status`` says."""
    error = {"status": status, "error": {"type": kind, "reason": "this one item"}}
    proxy = Proxy(server, refuses, error)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
