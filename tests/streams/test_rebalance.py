"""Workers that come and go in the middle of a batch leave nothing out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import pytest
from faust.exceptions import ConsumerNotStarted
from redis.asyncio import Redis

from domain.listing.decisions import draft
from domain.listing.facts import ListingArchived
from domain.streams import listing_stream
from projections.connect import connect_redis
from projections.documents import PartKey
from projections.generation import Keys
from projections.parts import ListEntry, Part
from streams import applying
from streams.pages import Pages
from tests.domain.facts import HOST, LISTING, offer
from tests.streams.conftest import Pipeline
from tests.streams.working import Working, assert_pages_equal_the_log, until_async

pytestmark = pytest.mark.servers

LISTINGS = 60
"""Enough that every partition has some."""

LONG = 2.0
"""Seconds after which a batch has some of every partition, whoever takes them over."""


class Held(Pages):
    """Pages whose writer stands still, once it has read and folded, until it is let go."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        super().__init__(redis, prefix)
        self.in_flight = asyncio.Event()
        self.let_go = asyncio.Event()

    async def _write(
        self, keys: Keys, changed: Mapping[PartKey, Part[Any]], entries: Sequence[ListEntry]
    ) -> None:
        self.in_flight.set()
        await self.let_go.wait()
        await super()._write(keys, changed, entries)


@pytest.fixture
async def redis(pipeline: Pipeline) -> AsyncGenerator[Redis]:
    redis = connect_redis(pipeline.platform.settings.need("redis_url"))
    yield redis
    await redis.aclose()


async def test_a_batch_in_flight_does_no_harm_when_another_takes_it_over(
    pipeline: Pipeline, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "WITHIN", LONG)
    prefix = pipeline.platform.settings.redis_prefix
    held = Held(redis, prefix)
    slow, quick = Working(pipeline, held), Working(pipeline, Pages(redis, prefix))
    listings = [pipeline.append_listing(*draft(LISTING, HOST, offer())) for _ in range(LISTINGS)]
    with pipeline.relaying() as relay:
        relay.until_done()
        async with slow.running():
            await asyncio.wait_for(held.in_flight.wait(), 60)
            async with quick.running():

                async def overtakes() -> bool:
                    mine, applied = _partitions(quick), await quick.sink.applied()
                    ends = {record.partition: record.position for record in pipeline.log()}
                    return bool(mine) and all(
                        applied.get(p, 0) >= at for p, at in ends.items() if p in mine
                    )

                await until_async(overtakes, "the second worker took nothing over")
                for each in listings:
                    stream = listing_stream(each)
                    pipeline.append(ListingArchived(listing_id=each), stream=stream, key=each)
                await until_async(overtakes, "the second worker did not go on")
                assert slow.count("applied_events_total") == 0
                # What it writes now was read before all that.
                held.let_go.set()
                await slow.until_done()
    await assert_pages_equal_the_log(slow)
    applied = slow.count("applied_events_total") + quick.count("applied_events_total")
    assert applied > len(pipeline.log()), "nothing was applied twice: the test shows nothing"


def _partitions(working: Working) -> set[int]:
    """Those that are assigned to the worker now."""
    if not working.apps:
        return set()
    consumer: Any = working.apps[-1].consumer
    try:
        return {each.partition for each in consumer.assignment()}
    except ConsumerNotStarted:
        return set()


async def test_what_is_thrown_away_before_anything_is_committed_comes_again(
    pipeline: Pipeline, redis: Redis
) -> None:
    held = Held(redis, pipeline.platform.settings.redis_prefix)
    worker = Working(pipeline, held)
    for _ in range(LISTINGS):
        pipeline.append_listing(*draft(LISTING, HOST, offer()))
    with pipeline.relaying() as relay:
        relay.until_done()
    async with worker.running():
        await asyncio.wait_for(held.in_flight.wait(), 60)
        consumer: Any = worker.apps[-1].consumer
        partitions = consumer.assignment()

        async def fetched() -> bool:
            ends = [consumer.highwater(each) for each in partitions]
            return [await consumer.position(each) for each in partitions] == ends

        await until_async(fetched, "not every partition was fetched")
        consumer.stop_flow()
        # As Faust does at the end of a rebalance, and when it fetches in the middle of one.
        await consumer.perform_seek()
        assert [await consumer.position(each) for each in partitions] == [0] * len(partitions)
        consumer.resume_flow()
        held.let_go.set()
        await worker.until_done()
    await assert_pages_equal_the_log(worker)
