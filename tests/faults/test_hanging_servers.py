"""A server that hangs, instead of refusing, costs its readers a few seconds and a 503."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from api.queries_app import ANSWER_WITHIN, create_queries_app
from tests.api.workbench import ISSUER, LISTING, bearer, client_of, problem
from tests.keyring import sealing


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes every connection and says nothing."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listening.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()


READS = [
    f"/v1/listings/{LISTING}",
    f"/v1/listings/{LISTING}/calendar?from=2027-01-01&to=2027-01-03",
    "/v1/listings?q=loft",
    "/v1/me",
    "/v1/audit/events",
]


async def test_reads_of_silent_servers_are_503_in_time(silent: int) -> None:
    app = create_queries_app(
        redis_url=f"redis://127.0.0.1:{silent}/0",
        elasticsearch_url=f"http://127.0.0.1:{silent}",
        postgres_url=f"postgresql://nobody:x@127.0.0.1:{silent}/none?connect_timeout=2",
        verify_key=ISSUER.public_key,
        secret=b"x" * 32,
        sealing=sealing(),
        exports_url="postgresql://nobody@127.0.0.1:9/none",
    )
    async with app.router.lifespan_context(app), client_of(app) as client:
        began = time.monotonic()
        answers = await asyncio.gather(
            *(client.get(path, headers=bearer(LISTING)) for path in READS)
        )
        assert time.monotonic() - began < ANSWER_WITHIN + 1
        assert [problem(answer) for answer in answers] == [(503, "unavailable")] * len(READS)
        assert all(answer.headers["retry-after"] for answer in answers)
