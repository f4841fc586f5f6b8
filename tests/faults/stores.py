"""Everything that a platform keeps, as raw bytes, to look for what must not be there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import psycopg
from kafka import KafkaConsumer
from kafka.structs import TopicPartition
from psycopg import sql

from projections.connect import connect_elasticsearch, connect_redis
from sojourn.migrate import keys_owner
from sojourn.settings import Settings
from streams.topics import dead_letters_of
from tests.platforms import Platform

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def found_in(platform: Platform, wanted: bytes) -> set[str]:
    """The stores in which ``wanted`` stands somewhere, in any case of its letters."""
    everything = (
        *_tables("postgres", platform.settings.need("postgres_url")),
        *_tables("keys", keys_owner(platform.settings)),
        *_topics(platform.settings),
        *asyncio.run(_read_models(platform.settings)),
        *_logs(platform),
    )
    return {name for name, kept in everything if wanted.lower() in kept.lower()}


def _tables(name: str, url: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(url) as connection:
        for (table,) in connection.execute(TABLES).fetchall():
            statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
            with connection.cursor().copy(statement) as copy:
                yield f"{name} {table}", b"".join(bytes(part) for part in copy)


def _topics(settings: Settings) -> Iterator[tuple[str, bytes]]:
    for topic in (settings.topic, dead_letters_of(settings.topic)):
        consumer: Any = KafkaConsumer(bootstrap_servers=settings.need("kafka_bootstrap"))
        try:
            parts = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(parts)
            consumer.seek_to_beginning(*parts)
            ends = consumer.end_offsets(parts)
            while any(consumer.position(part) < end for part, end in ends.items()):
                for records in consumer.poll(timeout_ms=500).values():
                    for record in records:
                        headers = b"".join(value for _, value in record.headers)
                        yield "kafka", (record.key or b"") + (record.value or b"") + headers
        finally:
            consumer.close()


async def _read_models(settings: Settings) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    redis: Any = connect_redis(settings.need("redis_url"))
    names: AsyncIterator[bytes] = redis.scan_iter(match=f"{settings.redis_prefix}:*", count=1_000)
    async for name in names:
        match (await redis.type(name)).decode():
            case "hash":
                kept = b"".join(b"".join(pair) for pair in (await redis.hgetall(name)).items())
            case "zset":
                kept = b"".join(await redis.zrange(name, 0, -1))
            case _:
                kept = await redis.get(name)
        found.append(("redis", name + kept))
    await redis.aclose()
    client = connect_elasticsearch(settings.need("elasticsearch_url"))
    await client.indices.refresh(index=f"{settings.index_prefix}-*")
    answer = await client.search(index=f"{settings.index_prefix}-*", size=1_000)
    hits = cast("Any", answer)["hits"]["hits"]
    found += [("elasticsearch", json.dumps(hit, ensure_ascii=False).encode()) for hit in hits]
    await client.close()
    return found


def _logs(platform: Platform) -> Iterator[tuple[str, bytes]]:
    for path in platform.folder.glob("*.log"):
        yield f"log {path.name}", path.read_bytes()
