"""Connections to the stores of the read models, with time limits, so that no reader hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff

if TYPE_CHECKING:
    from elasticsearch import AsyncElasticsearch


def connect_redis(url: str, *, timeout: float = 2.0) -> Redis:
    """A pool of connections to Redis or Valkey, opened on first use; seconds a round trip."""
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType] - untyped keyword arguments
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        health_check_interval=15,
        retry=Retry(ExponentialWithJitterBackoff(cap=0.1, base=0.01), retries=2),
    )


def connect_elasticsearch(url: str, *, timeout: float = 10.0) -> AsyncElasticsearch:
    """A client of Elasticsearch, opened on first use; seconds a request."""
    # Its import takes 0.1 s and 40 MB, which a worker that only needs Redis can do without.
    from elasticsearch import AsyncElasticsearch  # noqa: PLC0415

    return AsyncElasticsearch(url, request_timeout=timeout, max_retries=1, retry_on_timeout=False)
