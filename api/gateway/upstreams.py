"""The two apps behind the gateway, and one pool of connections to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp

from api.conventions.outages import unavailable

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 120.0
LONGEST_HEADER = 256 * 1024
"""More than an app can be asked for: a Link repeats the query, of up to 64 KiB."""

IDLE_TIMEOUT = 3.0
"""Shorter than the apps' own, so that no request meets a connection that is being closed."""

# An upstream that is gone, and one that says nothing.
FAILURES = (aiohttp.ClientError, TimeoutError)


@dataclass
class Upstreams:
    """Where the apps answer: ``http://host:port``, without a slash behind."""

    commands: str
    queries: str
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    def of(self, method: str) -> str:
        """The app that takes ``method``."""
        return self.queries if method in {"GET", "HEAD"} else self.commands

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool; opened on first use, inside the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_TIMEOUT),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT
                ),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                max_line_size=LONGEST_HEADER,
                max_field_size=LONGEST_HEADER,
            )
        return self._session

    async def close(self) -> None:
        """Gives the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def document(self, upstream: str, path: str) -> Any:
        """The JSON at ``path`` of an upstream; 503 when it does not answer."""
        try:
            async with self.session.get(upstream + path) as answer:
                answer.raise_for_status()
                return await answer.json()
        except FAILURES:
            raise unavailable() from None
