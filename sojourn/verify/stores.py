"""The live servers that are compared."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from elasticsearch import AsyncElasticsearch
from psycopg import Connection
from redis.asyncio import Redis

from projections.connect import connect_elasticsearch, connect_redis
from sojourn.settings import Settings
from sojourn.verify.log_rows import of_keys, snapshot
from sojourn.verify.sources import Sources


@dataclass(frozen=True)
class Stores:
    """``log`` is one snapshot of Postgres; ``fresh`` sees whatever is committed."""

    log: Connection[Any]
    fresh: Connection[Any]
    redis: Redis
    redis_prefix: str
    elasticsearch: AsyncElasticsearch
    index_prefix: str
    keys_url: str | None = None

    def sources(self, key: str) -> Sources:
        """The events of ``key`` as they are now."""
        return Sources.of(of_keys(self.fresh, [key]))


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncGenerator[Stores]:
    """Connections that only read; those to Postgres can't do anything else."""
    url = settings.need("postgres_commands_url")
    redis = connect_redis(settings.need("redis_url"), timeout=10)
    elasticsearch = connect_elasticsearch(settings.need("elasticsearch_url"), timeout=30)
    try:
        with snapshot(url) as log, psycopg.connect(url, autocommit=True) as fresh:
            fresh.read_only = True
            yield Stores(
                log=log,
                fresh=fresh,
                redis=redis,
                redis_prefix=settings.redis_prefix,
                elasticsearch=elasticsearch,
                index_prefix=settings.index_prefix,
                keys_url=settings.postgres_keys_queries_url or settings.postgres_keys_url,
            )
    finally:
        await elasticsearch.close()
        await redis.aclose()
