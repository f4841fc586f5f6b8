"""Which of the topic's partitions a key belongs to; the same answer as every Kafka client's."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from kafka.partitioner import default as kafka_default

PARTITIONS = 12
"""How many partitions the event topic has. It never changes: order per key depends on it."""


@lru_cache(maxsize=16_384)
def partition_of(key: str) -> int:
    """The partition of ``key``, by Kafka's murmur2 over its UTF-8 bytes."""
    hashed = cast("int", kafka_default.murmur2(key.encode()))  # pyright: ignore[reportUnknownMemberType] - untyped
    return (hashed & 0x7FFFFFFF) % PARTITIONS
