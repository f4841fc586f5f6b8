"""A worker brings every event of the topic to its sink, through restarts, floods and rubbish."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import faust
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import TopicPartition
from prometheus_client import CollectorRegistry

from domain.listing.decisions import draft
from eventlog.partitioner import PARTITIONS
from projections.connect import connect_elasticsearch, connect_redis
from projections.documents import read_parts
from projections.generation import Generations
from projections.listing_search.criteria import Criteria
from projections.listing_search.queries import search
from projections.unavailable import ReadModelUnavailable
from streams.metrics import WorkerMetrics
from streams.pages import Pages, folded
from streams.running import run_worker
from streams.search import Search
from streams.sink import Sink
from streams.topics import dead_letters_of
from streams.worker import WorkerSettings, create_worker
from tests.domain.facts import HOST, LISTING, NOW, offer
from tests.streams.conftest import PATIENCE, Pipeline

pytestmark = pytest.mark.servers


class Working:
    """A worker of one sink, and what it has applied."""

    def __init__(self, pipeline: Pipeline, sink: Sink) -> None:
        self.pipeline = pipeline
        self.sink = sink
        self.registry = CollectorRegistry()
        self.metrics = WorkerMetrics(self.registry)
        self.apps: list[faust.App] = []

    @property
    def settings(self) -> WorkerSettings:
        return WorkerSettings(
            bootstrap=self.pipeline.settings.bootstrap,
            topic=self.pipeline.settings.topic,
            group=f"{self.pipeline.platform.name}-{self.sink.name}",
        )

    def create(self) -> faust.App:
        app = create_worker(
            self.sink, log=self.pipeline.reading, settings=self.settings, metrics=self.metrics
        )
        self.apps.append(app)
        return app

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Working]:
        stop = asyncio.Event()
        task = asyncio.create_task(run_worker(self.create, stop))
        try:
            yield self
        finally:
            stop.set()
            await asyncio.wait_for(task, PATIENCE)

    async def until_done(self) -> None:
        """Wait until the whole log is applied."""
        wanted: dict[int, int] = {}
        for event in self.pipeline.log():
            wanted[event.partition] = event.position

        async def applied() -> bool:
            with contextlib.suppress(ReadModelUnavailable):
                return await self.sink.applied() == wanted
            return False

        await until_async(applied, "the worker did not get there")

    def count(self, name: str) -> float:
        return self.registry.get_sample_value(f"sojourn_worker_{name}") or 0


async def until_async(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < give_up, what
        await asyncio.sleep(0.01)


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


async def assert_pages_equal_the_log(working: Working) -> None:
    whole = folded({}, [record.decoded() for record in working.pipeline.log()])
    settings = working.pipeline.platform.settings
    redis = connect_redis(settings.need("redis_url"))
    stored = await read_parts(Generations(redis, settings.redis_prefix), list(whole))
    await redis.aclose()
    assert stored == whole


async def test_every_event_reaches_the_pages(on_pages: Working) -> None:
    on_pages.pipeline.append_season()
    with on_pages.pipeline.relaying():
        async with on_pages.running():
            await on_pages.until_done()
            on_pages.pipeline.append_listing(*draft(LISTING, HOST, offer()))
            await on_pages.until_done()
    await assert_pages_equal_the_log(on_pages)
    assert on_pages.count("healed_events_total") == 0


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


def all_committed(working: Working, group: str) -> bool:
    """Whether the group has committed the whole topic, and its age says that it lives."""
    consumer: Any = KafkaConsumer(
        bootstrap_servers=working.pipeline.settings.bootstrap, group_id=group
    )
    partitions = [TopicPartition(working.settings.topic, number) for number in range(PARTITIONS)]
    ends = consumer.end_offsets(partitions)
    committed = {partition: consumer.committed(partition) or 0 for partition in partitions}
    consumer.close()
    done = all(committed[partition] >= ends[partition] for partition in partitions)
    return done and working.count("committed_offset_age_seconds") < 5


def count_of(pipeline: Pipeline, topic: str) -> int:
    consumer: Any = KafkaConsumer(bootstrap_servers=pipeline.settings.bootstrap)
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    total = sum(consumer.end_offsets(partitions).values())
    consumer.close()
    return total
