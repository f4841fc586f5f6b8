"""Connections to the database of personal keys, and what it means when there are none."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout


class KeysUnavailable(Exception):
    """The database of keys does not answer, or there is no master key: try again in a moment."""


def small_pool(url: str, most: int) -> ConnectionPool[Connection[TupleRow]]:
    """Up to ``most`` connections, opened on first use; each statement is its own transaction."""
    pool: ConnectionPool[Connection[TupleRow]] = ConnectionPool(
        url,
        min_size=0,
        max_size=most,
        open=False,
        timeout=3.0,
        kwargs={"autocommit": True, "connect_timeout": 3},
        check=ConnectionPool.check_connection,
    )
    pool.open(wait=False)
    return pool


@contextmanager
def outages() -> Generator[None]:
    """Raises :class:`KeysUnavailable` in the place of whatever says that nobody answers."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed) as error:
        raise KeysUnavailable(f"the database of personal keys does not answer: {error}") from error
