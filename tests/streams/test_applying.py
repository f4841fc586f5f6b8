"""What a stream has at hand is applied together, at once, and never more than a batch of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from streams.applying import at_hand

SOON = 0.01


async def brings(items: asyncio.Queue[int]) -> AsyncIterator[int]:
    """As Faust's streams do: a turn of the loop for each item."""
    while True:
        await asyncio.sleep(0)
        yield await items.get()


async def counts(to: int) -> AsyncIterator[int]:
    for number in range(to):
        yield number


async def fails() -> AsyncIterator[int]:
    yield 1
    raise ValueError("the topic is gone")


async def test_what_is_there_comes_together_and_what_comes_meanwhile_next() -> None:
    items: asyncio.Queue[int] = asyncio.Queue()
    for number in range(5):
        items.put_nowait(number)

    async with aclosing(at_hand(brings(items), 100, SOON)) as batches:
        assert await anext(batches) == [0, 1, 2, 3, 4]
        items.put_nowait(5)
        await asyncio.sleep(0)
        items.put_nowait(6)
        assert await anext(batches) == [5, 6]


async def test_a_full_batch_waits_for_nobody() -> None:
    items: asyncio.Queue[int] = asyncio.Queue()
    for number in range(20):
        items.put_nowait(number)
    async with aclosing(at_hand(brings(items), 10, within=60)) as batches:
        assert await asyncio.wait_for(anext(batches), 10) == list(range(10))


async def test_a_batch_has_at_most_so_many() -> None:
    async with aclosing(at_hand(counts(7), 3, SOON)) as batches:
        taken = [batch async for batch in batches]
    assert [number for batch in taken for number in batch] == list(range(7))
    assert max(map(len, taken)) == 3


async def test_no_more_is_read_than_a_batch_while_one_is_worked_on() -> None:
    items: asyncio.Queue[int] = asyncio.Queue()
    for number in range(100):
        items.put_nowait(number)

    async with aclosing(at_hand(brings(items), 10, SOON)) as batches:
        assert await anext(batches) == list(range(10))
        for _ in range(200):
            await asyncio.sleep(0)
        assert items.qsize() == 100 - 10 - 10


async def test_what_a_source_fails_of_is_raised_after_what_it_brought() -> None:
    async with aclosing(at_hand(fails(), 10, SOON)) as batches:
        assert await anext(batches) == [1]
        with pytest.raises(ValueError, match="the topic is gone"):
            await anext(batches)
