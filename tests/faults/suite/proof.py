"""What a platform must show when a fault is over and its traffic has stopped."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer

from eventlog.reader import LogReader
from projections.applied import RedisApplied
from projections.connect import connect_elasticsearch, connect_redis
from projections.generation import Generations
from projections.listing_search.applied import SearchApplied
from sojourn.settings import Settings
from sojourn.verify.lag import behind, catch_up
from tests.platforms import Platform
from tests.processes import sojourn

BOUND = 120.0
"""Seconds in which everything must have reached the head of the log."""


def heads(settings: Settings) -> dict[int, int]:
    """The last position of each partition in the log."""
    found: dict[int, int] = {}
    with LogReader(settings.need("postgres_queries_url"), timeout=30) as log:
        for record in log.scan():
            found[record.partition] = record.position
    return found


def caught_up(settings: Settings) -> float:
    """Seconds until both read models have reached the head; fails when that takes too long."""
    began = time.monotonic()
    asyncio.run(_caught_up(settings, heads(settings)))
    return time.monotonic() - began


async def _caught_up(settings: Settings, at: dict[int, int]) -> None:
    redis = connect_redis(settings.need("redis_url"))
    elasticsearch = connect_elasticsearch(settings.need("elasticsearch_url"))
    try:
        generations = Generations(redis, settings.redis_prefix)
        for name, applied in {
            "pages": RedisApplied(redis, settings.redis_prefix, generations),
            "search": SearchApplied(elasticsearch, settings.index_prefix),
        }.items():
            positions = await catch_up(applied, at, BOUND)
            late = "they are not there" if positions is None else behind(positions, at)
            assert not late, f"{name} did not catch up within {BOUND:g} s: {late}"
    finally:
        await redis.aclose()
        await elasticsearch.close()


def verified(platform: Platform, journal: Path) -> str:
    """The verdict of `sojourn verify`; anything but clean fails, and so does a parked stream."""
    told = ["--journal", str(journal)] if journal.exists() else []
    verdict = sojourn(platform, "verify", "--wait", f"{BOUND:g}", *told)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    # verify tells parked streams apart; here whoever parked one has let it go on by now.
    assert "parked: " not in verdict.stdout, verdict.stdout
    return verdict.stdout.strip().splitlines()[-1]


def topic_is_the_log(settings: Settings) -> int:
    """Per partition the topic, first occurrences only, is the log in order; how many records."""
    expected: defaultdict[int, list[int]] = defaultdict(list)
    with LogReader(settings.need("postgres_queries_url"), timeout=30) as log:
        for record in log.scan():
            expected[record.partition].append(record.position)
    found: defaultdict[int, dict[int, None]] = defaultdict(dict)
    read = 0
    consumer: Any = KafkaConsumer(
        settings.topic,
        bootstrap_servers=settings.need("kafka_bootstrap"),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    give_up = time.monotonic() + BOUND
    while {key: list(value) for key, value in found.items()} != expected:
        late = {part for part in expected if list(found[part]) != expected[part]}
        assert time.monotonic() < give_up, f"partitions {sorted(late)} are not the log in order"
        for partition, records in consumer.poll(timeout_ms=500, max_records=5_000).items():
            for record in records:
                read += 1
                if position := dict(record.headers).get("position"):
                    found[partition.partition].setdefault(int(position))
    consumer.close()
    return read
