"""A client that costs little: requests are made in advance, answers are only counted.

Raw connections of uvloop with httptools, in the process of the benchmark, which does nothing else
meanwhile; requests and answers cost it some tens of microseconds, and the app many times that.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Self, TypeVar, cast

import httptools
import uvloop

from benchmarks.timing import Round

T = TypeVar("T")


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self.position = ""
        """The token of the last answer, if it had one: how far it has read or written."""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """See httptools."""
        if name.lower() == b"sojourn-position":
            self.position = value.decode()

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

    async def everyone() -> None:
        async with Pool(port) as pool:

            async def one(request: bytes, due: float) -> None:
                async with pool.one() as connection:
                    await connection.ask(request, status)
                latencies.append((perf_counter() - due) * 1_000)

            await paced(one, requests, rate)

    uvloop.run(everyone())
    return Round(rate, tuple(latencies))


async def paced(
    one: Callable[[T, float], Coroutine[Any, Any, None]], items: Sequence[T], rate: float
) -> None:
    """``rate`` calls of ``one`` a second, each told when it was due, and wait for all of them.

    A thread that sleeps between them tells when: timers of the event loop are whole milliseconds,
    and to wait by turns would take a processor from the app.
    """
    loop = asyncio.get_running_loop()
    begun: list[asyncio.Task[None]] = []

    def begin(item: T, due: float) -> None:
        begun.append(loop.create_task(one(item, due)))

    def tell() -> None:
        began = perf_counter()
        for number, item in enumerate(items):
            due = began + number / rate
            time.sleep(max(0.0, due - perf_counter()))
            loop.call_soon_threadsafe(begin, item, due)

    await asyncio.to_thread(tell)
    await asyncio.gather(*begun)


class Pool:
    """Connections to one port, made when all others are in use."""

    def __init__(self, port: int, ready: int = 64) -> None:
        self._port = port
        self._ready = ready
        self._idle: deque[Connection] = deque()

    async def __aenter__(self) -> Self:
        self._idle.extend([await _connect(self._port) for _ in range(self._ready)])
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._idle:
            connection.close()

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[Connection]:
        """One that nobody else uses meanwhile."""
        connection = self._idle.popleft() if self._idle else await _connect(self._port)
        yield connection
        self._idle.append(connection)


async def _connect(port: int) -> Connection:
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(Connection, "127.0.0.1", port)
    return made
