"""Stores for tests of read models: the real ones, each test under a prefix of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis

from projections.connect import connect_elasticsearch, connect_redis
from projections.generation import Generations, ensure_generation
from projections.listing_search.index import ensure_index
from stack.addresses import Addresses
from streams.pages import Pages
from streams.search import Search


@dataclass(frozen=True)
class RedisStore:
    """Redis under ``prefix``, its first generation shown."""

    redis: Redis
    prefix: str

    @property
    def generations(self) -> Generations:
        return Generations(self.redis, self.prefix)

    @property
    def pages(self) -> Pages:
        return Pages(self.redis, self.prefix)

    async def flush(self) -> None:
        """Lose everything, as FLUSHALL would."""
        untyped: Any = self.redis
        if keys := [key async for key in untyped.scan_iter(match=f"{self.prefix}:*")]:
            await self.redis.delete(*keys)


@dataclass(frozen=True)
class SearchStore:
    """Elasticsearch under ``prefix``, its first generation shown."""

    client: AsyncElasticsearch
    prefix: str

    @property
    def sink(self) -> Search:
        return Search(self.client, self.prefix)

    async def drop(self) -> None:
        """Lose everything."""
        indices = await self.client.indices.get(index=f"{self.prefix}-*")
        for name in indices:
            await self.client.indices.delete(index=name)


@pytest.fixture
async def pages(servers: Addresses) -> AsyncIterator[RedisStore]:
    store = RedisStore(connect_redis(servers.redis_url), f"test-{uuid4().hex[:10]}")
    await ensure_generation(store.redis, store.prefix, head=0)
    yield store
    await store.flush()
    await store.redis.aclose()


@pytest.fixture
async def index(servers: Addresses) -> AsyncIterator[SearchStore]:
    client = connect_elasticsearch(servers.elasticsearch_url)
    store = SearchStore(client, f"test-{uuid4().hex[:10]}")
    await ensure_index(store.client, store.prefix, head=0)
    yield store
    await store.drop()
    await store.client.close()
