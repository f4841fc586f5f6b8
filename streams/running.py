"""Runs a worker until it is told to stop, starting it anew whenever it dies of something."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

import faust

from projections.ending import end
from streams.backoff import Backoff

logger = logging.getLogger(__name__)


async def run_worker(
    create: Callable[[], faust.App],
    stop: asyncio.Event,
    *,
    started: Callable[[faust.App], object] = lambda _app: None,
) -> None:
    """Run what ``create`` makes until ``stop`` is set; ``started`` is told of each start.

    A worker that can't start, as when Kafka is down, or that crashes, is replaced by a new one
    after a pause; what it had not acknowledged comes again.
    """
    backoff = Backoff(logger, "the worker", first=0.5, longest=10.0)
    while not stop.is_set():
        app = create()
        died = await _lives(app, stop, started)
        if died:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), backoff.failed(died))


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def _lives(
    app: faust.App, stop: asyncio.Event, started: Callable[[faust.App], object]
) -> Exception | None:
    """Run ``app`` until ``stop`` is set or it dies; returns what of."""

    async def life() -> None:
        await app.start()
        started(app)
        await app.wait_until_stopped()
        raise RuntimeError(f"it died of {app.crash_reason!r}")

    living, stopping = asyncio.ensure_future(life()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([living, stopping], return_when=asyncio.FIRST_COMPLETED)
        error = living.exception() if living.done() else None
    finally:
        await end(living, stopping)
        await _stop(app)
    return error if isinstance(error, Exception) and not stop.is_set() else None


async def _stop(app: faust.App) -> None:
    try:
        await app.stop()
    except Exception:
        logger.exception("the worker did not stop cleanly")
