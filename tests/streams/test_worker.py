"""A worker brings every event of the topic to its sink, through restarts, floods and rubbish."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from kafka import KafkaProducer

from domain.listing.decisions import draft
from eventlog.partitioner import PARTITIONS
from projections.connect import connect_elasticsearch, connect_redis
from projections.listing_search.criteria import Criteria
from projections.listing_search.queries import search
from streams import overdue
from streams.pages import Pages
from streams.search import Search
from streams.topics import dead_letters_of
from tests.domain.facts import HOST, LISTING, NOW, offer
from tests.streams.conftest import PATIENCE, Pipeline
from tests.streams.fakes import FakeSink
from tests.streams.working import (
    Working,
    all_committed,
    assert_pages_equal_the_log,
    commit_all,
    committed_anything,
    count_of,
    retries,
    until_async,
)

pytestmark = pytest.mark.servers


@pytest.fixture
async def on_pages(pipeline: Pipeline) -> AsyncGenerator[Working]:
    settings = pipeline.platform.settings
    redis = connect_redis(settings.need("redis_url"))
    yield Working(pipeline, Pages(redis, settings.redis_prefix))
    await redis.aclose()


@pytest.fixture
async def on_search(pipeline: Pipeline) -> AsyncGenerator[Working]:
    settings = pipeline.platform.settings
    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    yield Working(pipeline, Search(client, settings.index_prefix))
    await client.close()


async def test_every_event_reaches_the_pages(on_pages: Working) -> None:
    on_pages.pipeline.append_season()
    with on_pages.pipeline.relaying():
        async with on_pages.running():
            await on_pages.until_done()
            on_pages.pipeline.append_listing(*draft(LISTING, HOST, offer()))
            await on_pages.until_done()
    await assert_pages_equal_the_log(on_pages)
    assert on_pages.count("healed_events_total") == 0


async def test_what_the_topic_never_brings_comes_from_the_log(
    on_pages: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "PATIENCE", 0.1)
    on_pages.pipeline.append_season()
    with on_pages.pipeline.relaying() as relay:
        relay.until_done()
    await asyncio.to_thread(commit_all, on_pages)
    async with on_pages.running():
        await on_pages.until_done()
    await assert_pages_equal_the_log(on_pages)
    assert on_pages.count("healed_events_total") == len(on_pages.pipeline.log())


async def test_every_event_reaches_the_search(on_search: Working) -> None:
    on_search.pipeline.append_season()
    prefix = on_search.pipeline.platform.settings.index_prefix
    client = connect_elasticsearch(on_search.pipeline.platform.settings.need("elasticsearch_url"))
    with on_search.pipeline.relaying():
        async with on_search.running():
            await on_search.until_done()
    await client.indices.refresh(index=f"{prefix}-listings")
    [boat] = (await search(client, prefix, Criteria(), NOW)).items
    await client.close()
    assert boat.title == "A boat"


async def test_a_worker_that_starts_again_goes_on_where_it_was(on_pages: Working) -> None:
    with on_pages.pipeline.relaying():
        for _ in range(3):
            async with on_pages.running():
                on_pages.pipeline.append_listing(*draft(LISTING, HOST, offer()))
                await on_pages.until_done()
        async with on_pages.running():
            committed = on_pages.settings.group
            await until_async(
                lambda: asyncio.to_thread(all_committed, on_pages, committed), "no commit"
            )
    await assert_pages_equal_the_log(on_pages)
    assert on_pages.count("retries_total") == 0


async def test_pages_that_were_flushed_come_back_by_themselves(on_pages: Working) -> None:
    on_pages.pipeline.append_season()
    settings = on_pages.pipeline.platform.settings
    with on_pages.pipeline.relaying():
        async with on_pages.running():
            await on_pages.until_done()
            redis: Any = connect_redis(settings.need("redis_url"))
            keys = [key async for key in redis.scan_iter(match=f"{settings.redis_prefix}:*")]
            await redis.delete(*keys)
            await redis.aclose()
            await on_pages.until_done()
    await assert_pages_equal_the_log(on_pages)


async def test_rubbish_on_the_topic_is_kept_apart_and_stops_nobody(on_pages: Working) -> None:
    pipeline = on_pages.pipeline
    producer: Any = KafkaProducer(bootstrap_servers=pipeline.settings.bootstrap)
    for partition in range(PARTITIONS):
        headers = [("position", b"x"), ("type", b"\xff")]
        producer.send(pipeline.settings.topic, value=b"\xff{", partition=partition, headers=headers)
    producer.send(pipeline.settings.topic, value=None, key=b"\xff", partition=0)
    producer.flush()
    producer.close()
    pipeline.append_season()
    with pipeline.relaying():
        async with on_pages.running():
            await on_pages.until_done()
            await until_async(
                lambda: asyncio.to_thread(all_committed, on_pages, on_pages.settings.group),
                "the rubbish was not passed",
            )
    await assert_pages_equal_the_log(on_pages)
    assert on_pages.count("dead_letters_total") == PARTITIONS + 1
    assert await asyncio.to_thread(
        count_of, pipeline, dead_letters_of(pipeline.settings.topic)
    ) == (PARTITIONS + 1)


async def test_workers_come_and_go_and_nothing_is_lost(on_pages: Working) -> None:
    pipeline = on_pages.pipeline
    other = Working(pipeline, on_pages.sink)

    async def appending(working: Working) -> bool:
        """Append one more listing; whether ``working`` has applied anything so far."""
        await asyncio.to_thread(pipeline.append_listing, *draft(LISTING, HOST, offer()))
        return working.count("applied_events_total") > 0

    with pipeline.relaying():
        async with on_pages.running():
            await until_async(lambda: appending(on_pages), "the first worker got no partition")
            async with other.running():
                await until_async(lambda: appending(other), "the second worker got no partition")
            await appending(on_pages)
            await on_pages.until_done()
    await assert_pages_equal_the_log(on_pages)


async def test_a_worker_stops_at_once_even_while_its_sink_is_down(pipeline: Pipeline) -> None:
    tried = asyncio.Event()

    def fail(_step: str) -> None:
        tried.set()
        raise ConnectionError("down")

    working = Working(pipeline, FakeSink(fail=fail))
    pipeline.append_season()
    with pipeline.relaying():
        async with working.running():
            await asyncio.wait_for(tried.wait(), PATIENCE)
            await until_async(lambda: retries(working), "it did not try again")
            started = time.monotonic()
        assert time.monotonic() - started < 10
    assert not await asyncio.to_thread(committed_anything, working)


async def test_a_topic_read_again_from_the_start_changes_nothing(on_pages: Working) -> None:
    on_pages.pipeline.append_season()
    with on_pages.pipeline.relaying():
        async with on_pages.running():
            await on_pages.until_done()
        again = Working(on_pages.pipeline, on_pages.sink)
        again.sink.name = "again"  # type: ignore[misc]
        async with again.running():
            await until_async(
                lambda: asyncio.to_thread(all_committed, again, again.settings.group), "no commit"
            )
    await assert_pages_equal_the_log(on_pages)
