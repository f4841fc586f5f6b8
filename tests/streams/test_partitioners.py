"""Every client puts a key on the same partition, or order per key would be lost."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any
from uuid import UUID

from kafka.partitioner.default import DefaultPartitioner

from eventlog.partitioner import PARTITIONS, partition_of


class OneTopic:
    """What kafka-python's partitioner asks of a cluster."""

    def topics(self) -> set[str]:
        return {"events"}

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return set(range(PARTITIONS))

    available_partitions_for_topic = partitions_for_topic


def test_all_clients_agree_on_20_000_keys() -> None:
    numbers = Random(20)  # noqa: S311 - keys for a test
    of_kafka_python: Any = DefaultPartitioner()
    of_aiokafka: Any = import_module("aiokafka.partitioner").DefaultPartitioner()
    partitions, cluster = list(range(PARTITIONS)), OneTopic()
    seen: set[int] = set()
    for _ in range(20_000):
        key = str(UUID(int=numbers.getrandbits(128)))
        data = key.encode()
        ours = partition_of(key)
        assert of_kafka_python.partition("events", key, data, None, None, cluster) == ours
        assert of_aiokafka(data, partitions, partitions) == ours
        seen.add(ours)
    assert seen == set(partitions)
