"""A receiver of webhooks: keeps what it is sent, and answers as a test tells it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The webhook-id."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """``answer`` says what a request is answered with: status, headers, body; it may take long."""

    port: int = 0
    received: list[Received] = field(default_factory=list[Received])
    answer: Callable[[Received], tuple[int, dict[str, str], bytes]] = lambda _request: (
        204,
        {},
        b"",
    )
    turn: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/hooks") -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        """What came to one path."""
        with self.turn:
            return [each for each in self.received if each.path == path]

    def until(self, path: str, count: int, seconds: float = 30) -> list[Received]:
        """Wait for ``count`` requests to one path."""
        give_up = time.monotonic() + seconds
        while len(found := self.at(path)) < count:
            assert time.monotonic() < give_up, f"{len(found)} of {count} came to {path}"
            time.sleep(0.01)
        return found


@contextmanager
def receiving() -> Generator[Receiver]:
    """A receiver while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.path, headers, self.rfile.read(size))
            with receiver.turn:
                receiver.received.append(request)
            status, more, body = receiver.answer(request)
            try:
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
