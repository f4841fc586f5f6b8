"""A Maven repository of one file on this machine, with the faults that tests ask for."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from stack.maven import Repository


class FileServer:
    """Serves `content` at every path; remembers the ranges that were asked for."""

    def __init__(self, content: bytes, *, honours_ranges: bool = True) -> None:
        self.content = content
        self.honours_ranges = honours_ranges
        self.asked: list[str] = []
        self.break_after: int | None = None
        self.answer_once: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    @property
    def repository(self) -> Repository:
        return Repository(f"http://127.0.0.1:{self._server.server_port}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range", "")
                served.asked.append(wanted)
                if served.answer_once:
                    self.send_error(served.answer_once.pop())
                    return
                span = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
                body = served.content
                if span and served.honours_ranges:
                    body = body[int(span[1]) : int(span[2]) + 1]
                self.send_response(206 if span and served.honours_ranges else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if served.break_after is not None:
                    body, served.break_after = body[: served.break_after], None
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                pass

        return Handler
