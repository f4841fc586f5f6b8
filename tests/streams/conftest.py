"""A platform's log and topic, for what runs between them."""

from __future__ import annotations

import gc
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from kafka import KafkaConsumer
from kafka.structs import TopicPartition
from prometheus_client import CollectorRegistry

from domain.events import Event
from domain.streams import listing_stream
from eventlog.append import Append, StreamWrite
from eventlog.application import EventLog
from eventlog.partitioner import PARTITIONS
from eventlog.reader import LogReader
from eventlog.record import LogRecord
from sojourn.wiring import sealing
from streams.checkpoint import Checkpoint, Seat
from streams.metrics import RelayMetrics
from streams.relay import RelaySettings, run_relay
from streams.sender import connect_producer
from tests.domain.facts import NOW
from tests.platforms import Platform
from tests.projections.stories import a_season

PATIENCE = 30.0


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition, failing with ``what`` when it does not come."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, what
        time.sleep(0.005)


@dataclass
class Pipeline:
    """Ways to write a platform's log, to relay it, and to read its topic."""

    platform: Platform
    writing: EventLog
    reading: LogReader
    versions: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def settings(self) -> RelaySettings:
        return RelaySettings(
            postgres_url=self.platform.settings.need("postgres_commands_url"),
            bootstrap=self.platform.settings.need("kafka_bootstrap"),
            topic=self.platform.settings.topic,
            stand_by_every=0.05,
        )

    def append(self, *events: Event, stream: str, key: UUID | str) -> None:
        """Append past the decisions."""
        expected = self.versions.get(stream, 0)
        self.versions[stream] = expected + len(events)
        write = StreamWrite(stream=stream, key=str(key), expected=expected, events=events)
        self.writing.append(
            Append(
                writes=(write,),
                reads={},
                occurred_at=NOW,
                actor="tester",
                correlation_id="test",
                causation_id=f"command:{uuid4()}",
            )
        )

    def append_season(self) -> None:
        """Append the story of :func:`a_season`, each event by itself."""
        for recorded in a_season().events:
            self.append(recorded.event, stream=recorded.stream, key=recorded.key)

    def append_listing(self, *events: Event) -> UUID:
        """Append to the stream of a new listing."""
        identity = uuid4()
        self.append(*events, stream=listing_stream(identity), key=identity)
        return identity

    def log(self) -> list[LogRecord]:
        return self.reading.read(0, 1_000_000)

    def checkpoint(self) -> Checkpoint:
        with Seat(self.settings.postgres_url, self.settings.name) as seat:
            return seat.load()

    def forget_checkpoint(self) -> None:
        with psycopg.connect(self.platform.settings.need("postgres_url")) as owner:
            owner.execute("TRUNCATE relay_checkpoint")

    def topic(self) -> list[Any]:
        """Every record of the topic, each partition's in order."""
        consumer: Any = KafkaConsumer(bootstrap_servers=self.settings.bootstrap)
        partitions = [TopicPartition(self.settings.topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        records: list[Any] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for found in consumer.poll(timeout_ms=200).values():
                records += found
        consumer.close()
        return records

    def relaying(self, **how: Any) -> Relaying:
        """A relay in a thread; use it in a ``with`` statement."""
        return Relaying(self, how)


class Relaying:
    """A relay that runs while its block does."""

    def __init__(self, pipeline: Pipeline, how: dict[str, Any]) -> None:
        self._pipeline = pipeline
        self._how = {"connect": connect_producer, **how}
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._registry = CollectorRegistry()

    @property
    def active(self) -> bool:
        return bool(self._registry.get_sample_value("sojourn_relay_active"))

    @property
    def restarts(self) -> int:
        return int(self._registry.get_sample_value("sojourn_relay_restarts_total") or 0)

    def __enter__(self) -> Relaying:
        metrics = RelayMetrics(self._registry)
        self._running = self._pool.submit(
            run_relay,
            self._pipeline.reading,
            self._pipeline.settings,
            metrics,
            self._stop,
            **self._how,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._running.result(PATIENCE)
        self._pool.shutdown()

    def until_done(self) -> None:
        """Wait until the broker has the whole log."""
        head = self._pipeline.reading.head()
        until(lambda: self._pipeline.checkpoint().position >= head, "the relay did not get there")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What the consumer of a stopped worker left open is collected here, in its own test.

    aiokafka does not close the socket of a connection that is being made when its loop ends. Left
    to chance, the collector would blame whichever test comes later.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def pipeline(platform: Platform) -> Iterator[Pipeline]:
    settings = platform.settings
    with (
        EventLog(settings.need("postgres_commands_url"), sealing=sealing(settings)) as writing,
        LogReader(settings.need("postgres_queries_url")) as reading,
    ):
        yield Pipeline(platform, writing, reading)
