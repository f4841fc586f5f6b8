"""Drives a reactor without Kafka: along the log itself, and again about what is still open."""

from __future__ import annotations

import asyncio
import logging

from streams.backoff import Backoff
from streams.log import Log, decoded, pages_of
from streams.reactors.sink import Reactors

logger = logging.getLogger(__name__)

ASK_AGAIN_EVERY = 5.0
"""Every how many seconds the providers are asked about what is still open."""


async def catch_up(reactors: Reactors, log: Log, after: int = 0) -> int:
    """React to all that the log has behind ``after``, what the reactions add included; the end."""
    async for page in pages_of(log, after=after):
        await reactors.apply(decoded(page))
        await reactors.advance({record.partition: record.position for record in page})
        after = page[-1].position
    return after


async def follow_log(
    reactors: Reactors, log: Log, stop: asyncio.Event, *, every: float = 0.01
) -> None:
    """React to the log as it grows, until ``stop`` is set: for a platform in one process."""
    backoff = Backoff(logger, "reacting to the log")
    reached = 0
    while not stop.is_set():
        pause = every
        try:
            reached = await catch_up(reactors, log, reached)
            backoff.succeeded()
        except Exception as error:  # noqa: BLE001 - skipping would lose an event
            pause = backoff.failed(error)
        await _wait(stop, pause)


async def keep_asking(
    reactors: Reactors, log: Log, stop: asyncio.Event, *, every: float = ASK_AGAIN_EVERY
) -> None:
    """Ask about open outcomes at once and then every so often, until ``stop`` is set."""
    backoff = Backoff(logger, "asking about open payments")
    while not stop.is_set():
        pause = every
        try:
            await reactors.ask_again(log)
            backoff.succeeded()
        except Exception as error:  # noqa: BLE001 - the provider may be down; it comes back
            pause = max(pause, backoff.failed(error))
        await _wait(stop, pause)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait([waiting], timeout=seconds)
    waiting.cancel()
