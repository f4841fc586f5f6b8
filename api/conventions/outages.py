"""A server behind the API that is down or too slow is 503 with Retry-After, never 500."""

from __future__ import annotations

import elastic_transport
import elasticsearch
import psycopg
import psycopg_pool
import redis.exceptions

from api.conventions.problems import Problem
from commands.execute import Unavailable
from eventlog.application import LogUnavailable
from eventlog.personal.pool import KeysUnavailable
from projections.unavailable import ReadModelUnavailable

RETRY_AFTER = 2
"""Seconds after which a client does well to try again."""

OUTAGES: tuple[type[Exception], ...] = (
    Unavailable,
    LogUnavailable,
    KeysUnavailable,
    ReadModelUnavailable,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg_pool.PoolTimeout,
    psycopg_pool.PoolClosed,
    psycopg_pool.TooManyRequests,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    elastic_transport.ConnectionError,
    elastic_transport.ConnectionTimeout,
)


def unavailable(detail: str = "A server this needs can't be reached; try again.") -> Problem:
    """The problem to tell while something behind the API is down."""
    return Problem(503, "unavailable", detail, headers={"Retry-After": str(RETRY_AFTER)})


def of_search(error: elasticsearch.ApiError) -> Problem | None:
    """503 when Elasticsearch is overloaded, starting or without its index; else not an outage."""
    status = error.meta.status
    return unavailable() if status in (404, 429) or status >= 500 else None
