"""The log, the claims and the receipts as of one moment, in one read-only transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, IsolationLevel

from eventlog.reader import SELECT, record_of
from eventlog.record import LogRecord

PAGE = 2_000

Rows = list[tuple[Any, ...]]


@contextmanager
def snapshot(url: str) -> Generator[Connection[Any]]:
    """A transaction that sees one moment and can't write, whatever its role may do."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        # It holds no lock that anybody waits for, and looks elsewhere for as long as that takes.
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection


def head(connection: Connection[Any]) -> int:
    """The position of the last event."""
    query = "SELECT coalesce(max(notification_id), 0) FROM stored_events"
    [[position]] = connection.execute(query).fetchall()
    return position


def pages(connection: Connection[Any], until: int) -> Iterator[list[LogRecord]]:
    """The log up to position ``until``, in order, a page at a time."""
    after = 0
    while page := select(
        connection,
        " WHERE notification_id > %s AND notification_id <= %s"
        " ORDER BY notification_id, originator_id LIMIT %s",
        [after, until, PAGE],
    ):
        yield page
        after = page[-1].position


def of_keys(connection: Connection[Any], keys: Sequence[str]) -> list[LogRecord]:
    """Every event of ``keys``, in order."""
    return select(connection, " WHERE key = ANY(%s) ORDER BY notification_id", [list(keys)])


def at_positions(connection: Connection[Any], positions: Sequence[int]) -> list[LogRecord]:
    """The events at ``positions``, those that there are."""
    return select(connection, " WHERE notification_id = ANY(%s)", [list(positions)])


def keys_behind(connection: Connection[Any], after: str, limit: int) -> list[str]:
    """Up to ``limit`` keys of the log that sort behind ``after``."""
    query = "SELECT DISTINCT key FROM stored_events WHERE key > %s ORDER BY key LIMIT %s"
    return [key for (key,) in connection.execute(query, [after, limit]).fetchall()]


def streams_among(connection: Connection[Any], streams: Sequence[str]) -> set[str]:
    """Those of ``streams`` that the log has."""
    query = (
        "SELECT originator_id FROM stored_events"
        " WHERE originator_version = 1 AND originator_id = ANY(%s)"
    )
    return {stream for (stream,) in connection.execute(query, [list(streams)]).fetchall()}


def select(
    connection: Connection[Any], rest: LiteralString, values: Sequence[object]
) -> list[LogRecord]:
    """The events that ``rest``, the end of a statement, asks for."""
    rows: Rows = connection.execute(SELECT + rest, values, prepare=True).fetchall()
    return [record_of(row) for row in rows]
