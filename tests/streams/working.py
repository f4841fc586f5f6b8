"""A real worker of one sink, and ways to ask how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import faust
from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata, TopicPartition
from prometheus_client import CollectorRegistry

from eventlog.partitioner import PARTITIONS
from projections.connect import connect_redis
from projections.documents import read_parts
from projections.generation import Generations
from projections.unavailable import ReadModelUnavailable
from streams.checkpoint import Published
from streams.dead_letters.table import DeadLetterTable
from streams.metrics import WorkerMetrics
from streams.pages import folded
from streams.running import run_worker
from streams.sink import Sink
from streams.worker import WorkerSettings, create_worker
from tests.streams.conftest import PATIENCE, Pipeline


class Working:
    """A worker of one sink, and what it has applied."""

    def __init__(self, pipeline: Pipeline, sink: Sink) -> None:
        self.pipeline = pipeline
        self.sink = sink
        self.registry = CollectorRegistry()
        self.metrics = WorkerMetrics(self.registry)
        self.apps: list[faust.App] = []
        url = pipeline.platform.settings.need("postgres_workers_url")
        self.dead_letters = DeadLetterTable(url, sink.name)
        self.published = Published(url)

    @property
    def settings(self) -> WorkerSettings:
        return WorkerSettings(
            bootstrap=self.pipeline.settings.bootstrap,
            topic=self.pipeline.settings.topic,
            group=f"{self.pipeline.platform.name}-{self.sink.name}",
        )

    def create(self) -> faust.App:
        app = create_worker(
            self.sink,
            log=self.pipeline.reading,
            dead_letters=self.dead_letters,
            settings=self.settings,
            metrics=self.metrics,
            published=self.published,
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


async def retries(working: Working) -> bool:
    return working.count("retries_total") > 3


@contextmanager
def _group(working: Working, group: str) -> Generator[tuple[Any, list[TopicPartition]]]:
    """A client that asks and tells what ``group`` has committed, and the topic's partitions."""
    consumer: Any = KafkaConsumer(bootstrap_servers=working.settings.bootstrap, group_id=group)
    try:
        yield (
            consumer,
            [TopicPartition(working.settings.topic, number) for number in range(PARTITIONS)],
        )
    finally:
        consumer.close(autocommit=False)


def commit_all(working: Working) -> None:
    """Let the group believe that all of the topic was applied."""
    with _group(working, working.settings.group) as (consumer, partitions):
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        consumer.commit({each: OffsetAndMetadata(end, "", -1) for each, end in ends.items()})


def committed_anything(working: Working) -> bool:
    with _group(working, working.settings.group) as (consumer, partitions):
        return any(consumer.committed(partition) for partition in partitions)


def all_committed(working: Working, group: str) -> bool:
    """Whether the group has committed the whole topic, and its age says that it lives."""
    with _group(working, group) as (consumer, partitions):
        ends = consumer.end_offsets(partitions)
        committed = {partition: consumer.committed(partition) or 0 for partition in partitions}
    done = all(committed[partition] >= ends[partition] for partition in partitions)
    return done and working.count("committed_offset_age_seconds") < 5


def count_of(pipeline: Pipeline, topic: str) -> int:
    consumer: Any = KafkaConsumer(bootstrap_servers=pipeline.settings.bootstrap)
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    total = sum(consumer.end_offsets(partitions).values())
    consumer.close()
    return total


async def assert_pages_equal_the_log(working: Working) -> None:
    whole = folded({}, [record.decoded() for record in working.pipeline.log()])
    settings = working.pipeline.platform.settings
    redis = connect_redis(settings.need("redis_url"))
    stored = await read_parts(Generations(redis, settings.redis_prefix), list(whole))
    await redis.aclose()
    assert stored == whole
