"""The one way from a stream to its follower: in order, and acknowledged only when applied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Final, TypeVar

from projections.ending import end
from streams.follower import Follower
from streams.received import TopicRecord

BATCH: Final = 500
"""How many records at most are applied at once."""

WITHIN: Final = 0.002
"""For how many seconds a record waits for others: without, busy cores did more batches, later."""

T = TypeVar("T")


async def apply_stream(stream: Any, follower: Follower) -> None:
    """Apply what ``stream``, a Faust stream, brings, until the follower is told to stop."""
    # Acknowledging is left to us, after the documents are written.
    stream.enable_acks = False
    async with aclosing(at_hand(stream.events(), BATCH, WITHIN)) as batches:
        async for taken in batches:
            if not await follower.follow([_record(event) for event in taken]):
                return
            for event in taken:
                await stream.ack(event)


async def at_hand(source: AsyncIterator[T], most: int, within: float) -> AsyncGenerator[list[T]]:
    """What ``source`` brings, at most so many at a time; the first waits ``within`` s for others.

    It is read while a batch is worked on. Faust's own `noack_take` does the same by a timer that
    wakes an idle worker, too, hundreds of times a second.
    """
    here: list[T] = []
    news, enough, room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def read() -> None:
        try:
            async for item in source:
                here.append(item)
                news.set()
                if len(here) >= most:
                    enough.set()
                    room.clear()
                    await room.wait()
        finally:
            news.set()
            enough.set()

    reading = asyncio.ensure_future(read())
    try:
        while True:
            await news.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await enough.wait()
            if not here:
                break
            batch = here.copy()
            here.clear()
            if not reading.done():
                news.clear()
                enough.clear()
                room.set()
            yield batch
        await reading
    finally:
        await end(reading)


def _record(event: Any) -> TopicRecord:
    message = event.message
    return TopicRecord(
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=list(message.headers or ()),
    )
