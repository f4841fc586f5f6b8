"""The database defends itself: what each role may not do, and how long it may do what it may."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from eventlog.application import EventLog, LogUnavailable
from tests.domain.facts import nights
from tests.eventlog.appends import holding, writing
from tests.eventlog.conftest import Database

pytestmark = pytest.mark.servers

MAY: dict[str, dict[str, set[str]]] = {
    "commands": {
        "stored_events": {"SELECT", "INSERT", "MAINTAIN"},
        "receipts": {"SELECT", "INSERT"},
    },
    "queries": {"stored_events": {"SELECT"}, "receipts": set(), "claims": set()},
}
PRIVILEGES: LiteralString = "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN"


def urls(database: Database) -> dict[str, str]:
    return {"commands": database.commands_url, "queries": database.queries_url}


@pytest.mark.parametrize("role", MAY)
def test_a_role_has_just_these_privileges(database: Database, role: str) -> None:
    with psycopg.connect(urls(database)[role]) as connection:
        for table, expected in MAY[role].items():
            rows = connection.execute(
                "SELECT p FROM unnest(string_to_array(%s, ' ')) AS p"
                " WHERE has_table_privilege(%s, p)",
                [PRIVILEGES, table],
            ).fetchall()
            assert {name for [name] in rows} == expected, table


def test_no_role_owns_anything_or_may_make_anything(database: Database) -> None:
    for url in urls(database).values():
        with psycopg.connect(url) as connection:
            owned = connection.execute(
                "SELECT relname FROM pg_class WHERE relowner = current_user::regrole"
            ).fetchall()
            assert owned == []
            assert connection.execute(
                "SELECT has_schema_privilege('public', 'CREATE')"
            ).fetchone() == (False,)


def test_the_query_role_writes_nowhere(database: Database) -> None:
    with psycopg.connect(database.queries_url) as connection:
        writable = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'S')"
            " AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, MAINTAIN')"
        ).fetchall()
        assert writable == []
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TEMPORARY TABLE mine (n int)")


@pytest.mark.parametrize(
    ("role", "idle"), [("commands", "10s"), ("queries", "1min")], ids=["commands", "queries"]
)
def test_a_session_has_its_limits_from_its_role(database: Database, role: str, idle: str) -> None:
    with psycopg.connect(urls(database)[role]) as connection:
        for name, value in {
            "statement_timeout": "30s",
            "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": idle,
        }.items():
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)


def shorter(database: Database, name: LiteralString, value: str) -> None:
    with psycopg.connect(database.commands_url) as commands:
        [role] = commands.execute("SELECT current_user").fetchone() or [""]
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(role), sql.Identifier(name), value
            )
        )


def test_who_holds_the_log_and_falls_silent_loses_it(database: Database) -> None:
    shorter(database, "idle_in_transaction_session_timeout", "200ms")
    with (
        psycopg.connect(database.commands_url) as silent,
        EventLog(database.commands_url) as log,
    ):
        silent.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        log.append(writing(holding(nights(1, 2))))
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            silent.execute("SELECT 1")


def test_a_statement_that_takes_too_long_is_ended(database: Database) -> None:
    shorter(database, "statement_timeout", "200ms")
    with (
        psycopg.connect(database.commands_url) as connection,
        pytest.raises(psycopg.errors.QueryCanceled),
    ):
        connection.execute("SELECT pg_sleep(20)")


def test_an_append_does_not_wait_for_the_log_for_ever(log: EventLog, database: Database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        with pytest.raises(LogUnavailable, match="lock timeout"):
            log.append(writing(holding(nights(1, 2))))
    log.append(writing(holding(nights(1, 2))))
