"""The floors of latency: the same servers, by clients that do nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, cast
from uuid import uuid4

from elasticsearch import Elasticsearch
from kafka import KafkaConsumer
from kafka.structs import TopicPartition
from redis import Redis

from benchmarks.timing import Round
from benchmarks.watching import Watching
from eventlog.partitioner import PARTITIONS
from sojourn.settings import Settings
from sojourn.topic import drop_topics, ensure_topics
from streams.sender import connect_producer

RECORD = b"x" * 1_000
"""About what an event has with its headers."""

PATIENCE = 30.0


class KafkaAndRedis:
    """Records through a topic into Redis, sent as the relay sends: nothing is decoded or folded."""

    def __init__(self, settings: Settings) -> None:
        self._topic = f"{settings.topic}.bare"
        self._bootstrap = settings.need("kafka_bootstrap")
        self._key = f"{settings.redis_prefix}:bare"
        self._redis = connected(settings.need("redis_url"))
        ensure_topics(self._bootstrap, self._topic, replication=1, min_insync=1)

    def close(self) -> None:
        """Remove the topic."""
        drop_topics(self._bootstrap, self._topic)
        self._redis.delete(self._key)
        self._redis.close()

    def round(self, records: int, rate: float) -> Round:
        """So many records, ``rate`` a second; timed from sending until Redis has each."""
        sent: list[float] = []
        stored: dict[int, float] = {}
        producer = connect_producer(self._bootstrap)
        with self._storing(stored):
            for number, _ in enumerate(_due(records, rate)):
                sent.append(perf_counter())
                producer.send(self._topic, key=b"%d" % number, value=RECORD)
            until(lambda: len(stored) == records, "Kafka or Redis stands still")
        producer.close()
        return Round(rate, tuple((stored[each] - sent[each]) * 1_000 for each in range(records)))

    @contextmanager
    def _storing(self, stored: dict[int, float]) -> Generator[None]:
        consumer: Any = KafkaConsumer(bootstrap_servers=self._bootstrap)
        partitions = [TopicPartition(self._topic, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        consumer.seek_to_end(*partitions)
        for partition in partitions:
            consumer.position(partition)
        stop = threading.Event()

        def store() -> None:
            while not stop.is_set():
                for records in consumer.poll(timeout_ms=100).values():
                    self._redis.hset(self._key, mapping={each.key: each.offset for each in records})
                    stored.update({int(each.key): perf_counter() for each in records})

        thread = threading.Thread(target=store, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            consumer.close()


class ElasticsearchAlone:
    """One small document a time into an index that refreshes as often as the search's."""

    def __init__(self, settings: Settings) -> None:
        self._client = Elasticsearch(settings.need("elasticsearch_url"), request_timeout=10)
        self._index = f"{settings.index_prefix}-bare"
        self._number = 0
        self._client.indices.create(
            index=self._index,
            settings={"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "500ms"},
        )

    def close(self) -> None:
        """Delete the index."""
        self._client.indices.delete(index=self._index)
        self._client.close()

    def until_refreshed(self, documents: int, rate: float) -> Round:
        """``rate`` documents a second; timed until a search of somebody else finds each."""
        written: dict[str, float] = {}
        with Watching(lambda: versions(self._client, self._index), every=0.01) as watching:
            for _ in _due(documents, rate):
                written[self._write(uuid4().hex)] = perf_counter()
            found = [watching.when({name: 1}) - at for name, at in written.items()]
        self._client.delete_by_query(index=self._index, query={"match_all": {}}, refresh=True)
        return Round(rate, tuple(max(0.0, each) * 1_000 for each in found))

    def refreshed_at_once(self, documents: int, rate: float) -> Round:
        """The same, each written, refreshed and searched for at once."""
        latencies: list[float] = []
        for _ in _due(documents, rate):
            began = perf_counter()
            name = self._write("the same")
            self._client.indices.refresh(index=self._index)
            self._client.search(index=self._index, query={"ids": {"values": [name]}})
            latencies.append((perf_counter() - began) * 1_000)
        return Round(rate, tuple(latencies))

    def _write(self, name: str) -> str:
        self._number += 1
        self._client.index(index=self._index, id=name, document={"number": self._number})
        return name


def versions(client: Elasticsearch, index: str) -> dict[str, int]:
    """The version of each document that a search finds now."""
    found: Any = client.search(index=index, size=1_000, version=True, source=False)
    return {hit["_id"]: hit["_version"] for hit in found["hits"]["hits"]}


def connected(url: str) -> Any:
    """A client of Redis that blocks."""
    return cast("Any", Redis).from_url(url)


def until(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait until ``holds``; fail with ``otherwise`` when it does not within half a minute."""
    give_up = perf_counter() + PATIENCE
    while not holds():
        assert perf_counter() < give_up, otherwise
        time.sleep(0.01)


def _due(number: int, rate: float) -> Generator[float]:
    """So many instants, ``rate`` a second, each when it has come."""
    began = perf_counter()
    for each in range(number):
        due = began + each / rate
        time.sleep(max(0.0, due - perf_counter()))
        yield due
