"""A database of its own for each test of the log, with the roles that production has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from eventlog.application import EventLog
from migrations.run import upgrade
from stack.addresses import Addresses
from tests.keyring import sealing


@dataclass(frozen=True)
class Database:
    """Where the database is, for each of its four roles."""

    owner_url: str
    commands_url: str
    queries_url: str
    workers_url: str

    @property
    def roles(self) -> tuple[str, str, str]:
        """The URLs of those that may not change the schema."""
        return self.commands_url, self.queries_url, self.workers_url


@pytest.fixture
def database(servers: Addresses) -> Iterator[Database]:
    parts = conninfo_to_dict(servers.postgres_url)
    name = f"log_{uuid4().hex[:12]}"

    def url(user: object, password: object) -> str:
        return f"postgresql://{user}:{password}@{parts['host']}:{parts['port']}/{name}"

    made = Database(
        owner_url=url(parts["user"], parts["password"]),
        commands_url=url(f"{name}_commands", "test"),
        queries_url=url(f"{name}_queries", "test"),
        workers_url=url(f"{name}_workers", "test"),
    )
    identifier = sql.Identifier(name)
    with psycopg.connect(servers.postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        upgrade(made.owner_url, *made.roles)
        yield made
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
        for role in ("commands", "queries", "workers"):
            owned = sql.Identifier(f"{name}_{role}")
            connection.execute(sql.SQL("DROP ROLE {}").format(owned))


@pytest.fixture
def log(database: Database) -> Iterator[EventLog]:
    with EventLog(database.commands_url, sealing=sealing()) as opened:
        yield opened
