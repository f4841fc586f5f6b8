"""The one way from a stream to its follower: in order, and acknowledged only when applied."""

from __future__ import annotations

from typing import Any, Final

from streams.follower import Follower
from streams.received import TopicRecord

BATCH: Final = 500
"""How many records at most are applied at once."""

WITHIN: Final = 0.005
"""For how many seconds at most a record waits for others to be applied with it."""


async def apply_stream(stream: Any, follower: Follower) -> None:
    """Apply what ``stream``, a Faust stream, brings, until the follower is told to stop."""
    # Only noack_take leaves acknowledging to us, after the documents are written.
    taken: list[Any]
    async for taken in stream.noack_take(BATCH, within=WITHIN):
        if not await follower.follow([_record(event) for event in taken]):
            return
        for event in taken:
            await stream.ack(event)


def _record(event: Any) -> TopicRecord:
    message = event.message
    return TopicRecord(
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=list(message.headers or ()),
    )
