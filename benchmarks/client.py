"""A client that costs little: requests are made in advance, answers are only counted.

Raw connections of uvloop with httptools, in the process of the benchmark, which does nothing else
meanwhile; requests and answers cost it some tens of microseconds, and the app many times that.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import cast

import httptools
import uvloop

from benchmarks.timing import Round


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """See httptools."""
        answer = self._parser.get_status_code(), b"".join(self._body)
        self._parser = httptools.HttpResponseParser(self)
        self._body = []
        if self._answered and not self._answered.done():
            self._answered.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._answered and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the app hung up"))

    async def ask(self, request: bytes, status: int) -> bytes:
        """Send it and wait for the answer's body; it must have ``status``."""
        assert self._transport is not None, "it is connected"
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        told, body = await self._answered
        if told != status:
            raise AssertionError(f"answered {told}, not {status}: {body[:500]!r}")
        return body

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()


def as_fast_as_possible(
    port: int,
    requests: Sequence[bytes],
    status: int,
    clients: int,
    heard: Callable[[bytes, bytes], object] = lambda _request, _body: None,
) -> Round:
    """``clients`` connections, each of which asks again as soon as it ``heard`` the answer."""
    latencies: list[float] = []
    left = iter(requests)

    async def client(connection: Connection) -> None:
        for request in left:
            began = perf_counter()
            body = await connection.ask(request, status)
            latencies.append((perf_counter() - began) * 1_000)
            heard(request, body)

    async def everyone() -> float:
        connections = [await _connect(port) for _ in range(clients)]
        began = perf_counter()
        await asyncio.gather(*(client(connection) for connection in connections))
        took = perf_counter() - began
        for connection in connections:
            connection.close()
        return took

    return Round(len(requests) / uvloop.run(everyone()), tuple(latencies))


def at_a_pace(port: int, requests: Sequence[bytes], status: int, rate: float) -> Round:
    """``rate`` requests a second, whatever becomes of those before; timed from when each is due."""
    latencies: list[float] = []

    async def one(idle: deque[Connection], request: bytes, due: float) -> None:
        connection = idle.popleft() if idle else await _connect(port)
        await connection.ask(request, status)
        latencies.append((perf_counter() - due) * 1_000)
        idle.append(connection)

    async def everyone() -> None:
        idle = deque([await _connect(port) for _ in range(64)])
        began = perf_counter()
        asked: list[asyncio.Task[None]] = []
        for number, request in enumerate(requests):
            due = began + number / rate
            while (early := due - perf_counter()) > 0:  # noqa: ASYNC110 - nothing tells the time
                # Timers of uvloop are whole milliseconds; the last one is waited for by turns.
                await asyncio.sleep(early if early > 0.002 else 0)
            asked.append(asyncio.create_task(one(idle, request, due)))
        await asyncio.gather(*asked)
        for connection in idle:
            connection.close()

    uvloop.run(everyone())
    return Round(rate, tuple(latencies))


async def _connect(port: int) -> Connection:
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(Connection, "127.0.0.1", port)
    return made
