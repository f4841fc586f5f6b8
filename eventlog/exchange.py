"""Statements that go to Postgres together and come back together: one round trip, one wait.

psycopg's own pipeline polls the socket once a statement or more, which costs a batch of commands as
much as all their rows. This sends what is prepared, in binary, through the same connection.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError, errors
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

_FAILED = {ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE, ExecStatus.NONFATAL_ERROR}

Rows = list[tuple[bytes | None, ...]]


@dataclass(frozen=True)
class Statement:
    """One that connections prepare before their first exchange; parameters are ``$1`` and on."""

    name: str
    sql: str


class Exchange:
    """Gathers statements until :meth:`answers` is asked for."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._asked = 0
        self._in_flight = False

    def send(self, statement: Statement, *params: bytes) -> None:
        """Add ``statement`` to the round trip."""
        self._in_flight = True
        self._asked += 1
        self._pgconn.send_query_prepared(
            statement.name.encode(), params, [Format.BINARY] * len(params), Format.BINARY
        )

    def prepare(self, statement: Statement) -> None:
        """Have ``statement`` prepared on this connection, in its place in the round trip."""
        self._in_flight = True
        self._asked += 1
        self._pgconn.send_prepare(statement.name.encode(), statement.sql.encode())

    def answers(self) -> list[Rows]:
        """The rows of each statement since the last time, in binary.

        The first that failed is raised as psycopg's own error; those after it did not run.
        """
        self._pgconn.pipeline_sync()
        results = self._connection.wait(_communicate(self._pgconn))
        self._in_flight = False
        asked, self._asked = self._asked, 0
        for result in results:
            if result.status in _FAILED:
                raise errors.error_from_result(result)
        assert len(results) == asked, "each statement has one result"
        return [_rows(result) for result in results]

    def leave(self) -> None:
        """Leave the connection as psycopg knows it, with no transaction open."""
        if self._pgconn.status != ConnStatus.OK or self._in_flight:
            # Nobody knows what would still come.
            self._connection.close()
            return
        self._pgconn.exit_pipeline_mode()
        if self._pgconn.transaction_status != TransactionStatus.IDLE:
            self._connection.rollback()


_prepared: WeakKeyDictionary[Connection[Any], bool] = WeakKeyDictionary()


@contextmanager
def exchanging(connection: Connection[Any], statements: Sequence[Statement]) -> Generator[Exchange]:
    """An exchange on ``connection``, which has ``statements`` prepared; always the same ones.

    A transaction that is open at the end is rolled back.
    """
    connection.pgconn.enter_pipeline_mode()
    exchange = Exchange(connection)
    try:
        if connection not in _prepared:
            for statement in statements:
                exchange.prepare(statement)
            exchange.answers()
            _prepared[connection] = True
        yield exchange
    finally:
        exchange.leave()


def _communicate(pgconn: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    while pgconn.flush():
        # What Postgres has answered already must be read, or both sides would wait.
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            if (yield Wait.R) & Ready.R:
                pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status != ConnStatus.OK:
                raise OperationalError("the connection is lost")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _rows(result: PGresult) -> Rows:
    columns = range(result.nfields)
    return [
        tuple(result.get_value(row, column) for column in columns) for row in range(result.ntuples)
    ]
