"""Every client puts a key on the same partition, or order per key would be lost."""

from __future__ import annotations

from random import Random
from uuid import UUID

from aiokafka.partitioner import DefaultPartitioner as OfAiokafka
from kafka.partitioner.default import DefaultPartitioner as OfKafkaPython

from eventlog.partitioner import PARTITIONS, partition_of


def test_all_clients_agree_on_20_000_keys() -> None:
    numbers = Random(20)
    partitions = list(range(PARTITIONS))
    theirs, others = OfKafkaPython(), OfAiokafka()
    seen: set[int] = set()
    for _ in range(20_000):
        key = str(UUID(int=numbers.getrandbits(128)))
        ours = partition_of(key)
        seen.add(ours)
        assert theirs(key.encode(), partitions, partitions) == ours
        assert others(key.encode(), partitions, partitions) == ours
    assert seen == set(partitions)
