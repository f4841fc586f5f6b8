"""Pools of connections, and whether one in them died, which another can replace."""

from __future__ import annotations

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

SHUT_DOWN = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown)


def died(error: PersistenceError) -> bool:
    """Whether the connection broke, as after a restart of Postgres; a full wait for one did not."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError) or isinstance(cause, PoolTimeout):
        return False
    return cause.sqlstate is None or isinstance(cause, SHUT_DOWN)


def open_pool(
    url: str, *, most: int, least: int = 1, timeout: float = 5.0
) -> ConnectionPool[Connection[TupleRow]]:
    """A pool without transactions, opened without waiting; seconds until a caller gives up."""
    pool: ConnectionPool[Connection[TupleRow]] = ConnectionPool(
        url,
        min_size=least,
        max_size=most,
        open=False,
        timeout=timeout,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
    )
    pool.open(wait=False)
    return pool
