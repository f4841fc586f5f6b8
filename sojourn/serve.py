"""Serves one HTTP app until SIGTERM or Ctrl-C, then finishes what it has begun and ends well."""

from __future__ import annotations

import logging
import signal
import socket
from typing import TYPE_CHECKING, Any

import uvicorn

from api.malformed import ProblemProtocol
from sojourn.errors import Stop
from sojourn.pauses import pause_little

if TYPE_CHECKING:
    from starlette.types import ASGIApp

GRACE = 5
"""Seconds that running requests have to finish."""

BACKLOG = 2048

_log = logging.getLogger("sojourn.serve")


def serve(app: ASGIApp, host: str, port: int, setting: str) -> None:
    """Serve ``app``; raises Stop when the port, told by ``setting``, can't be had."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=ProblemProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )
    listening = _listen(host, port, setting)
    pause_little()
    _log.info("listening on http://%s:%d", *listening.getsockname()[:2])
    # Uvicorn raises the signal again once it has shut down; by then it has had its effect.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _already_stopping)
    with listening:
        _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Tells the app that it is to end what would never end, before it waits for requests."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end streams, and wait for the rest."""
        state = getattr(self.config.app, "state", None)
        if (closing := getattr(state, "closing", None)) is not None:
            closing()
        await super().shutdown(sockets)


def _listen(host: str, port: int, setting: str) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Stop(f"can't listen on {host}:{port} ({error.strerror}): set {setting}") from None


def _already_stopping(_number: int, _frame: Any) -> None:
    pass
