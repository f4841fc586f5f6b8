"""The one way from a stream to its follower: in order, and acknowledged only when applied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final, TypeVar

from projections.ending import end
from streams.follower import Follower
from streams.received import TopicRecord

BATCH: Final = 500
"""How many records at most are applied at once."""

T = TypeVar("T")


async def apply_stream(stream: Any, follower: Follower) -> None:
    """Apply what ``stream``, a Faust stream, brings, until the follower is told to stop."""
    # Acknowledging is left to us, after the documents are written.
    stream.enable_acks = False
    async with aclosing(at_hand(stream.events(), BATCH)) as batches:
        async for taken in batches:
            if not await follower.follow([_record(event) for event in taken]):
                return
            for event in taken:
                await stream.ack(event)


async def at_hand(source: AsyncIterator[T], most: int) -> AsyncGenerator[list[T]]:
    """All that ``source`` has brought, ``most`` at a time: waits for the first of a batch alone.

    It is read while a batch is worked on. Faust's own `noack_take` waits on a timer instead, which
    wakes an idle worker hundreds of times a second and lets every record wait.
    """
    here: list[T] = []
    news, room = asyncio.Event(), asyncio.Event()

    async def read() -> None:
        try:
            async for item in source:
                here.append(item)
                news.set()
                while len(here) >= most:
                    room.clear()
                    await room.wait()
        finally:
            news.set()

    reading = asyncio.ensure_future(read())
    try:
        while True:
            await news.wait()
            grown = 0
            # The source needs a turn of the loop for each item that it has.
            while grown < len(here) < most:
                grown = len(here)
                await asyncio.sleep(0)
            if not here:
                break
            batch = here.copy()
            here.clear()
            room.set()
            if not reading.done():
                news.clear()
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
