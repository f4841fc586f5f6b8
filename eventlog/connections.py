"""Tells a connection that died in the pool, which another can replace, from a real outage."""

from __future__ import annotations

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

SHUT_DOWN = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown)


def died(error: PersistenceError) -> bool:
    """Whether the connection broke, as after a restart of Postgres; a full wait for one did not."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError) or isinstance(cause, PoolTimeout):
        return False
    return cause.sqlstate is None or isinstance(cause, SHUT_DOWN)
