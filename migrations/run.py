"""Brings the databases to the newest schema and gives each role exactly what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

COMMANDS_GRANTS = (
    # MAINTAIN allows the table lock; UPDATE, DELETE and TRUNCATE of the log stay refused.
    "GRANT SELECT, INSERT, MAINTAIN ON stored_events TO {role}",
    "GRANT SELECT, INSERT ON receipts TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON claims, credentials, sessions TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON relay_checkpoint, timers_checkpoint TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON timers TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON reactions, reactor_positions TO {role}",
    "GRANT SELECT ON dead_letters TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON snapshots TO {role}",
)
WORKERS_GRANTS = (
    "GRANT SELECT ON stored_events, relay_checkpoint TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON dead_letters TO {role}",
)
QUERIES_GRANTS = (
    "GRANT SELECT ON stored_events, event_log, relay_checkpoint TO {role}",
    "GRANT SELECT ON timers, timers_checkpoint, reactions, reactor_positions TO {role}",
    # Which listings' pages stand still; what stands in the letters is not for them.
    "GRANT SELECT (sink, kind, state, key, stream) ON dead_letters TO {role}",
    "GRANT SELECT ON webhook_deliveries TO {role}",
    # Administrators look accounts up by address; the password hashes stay out of reach.
    "GRANT SELECT (account_id, email_hash) ON credentials TO {role}",
)


REVOKE_TEMPORARY = """
DO $$ BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$
"""

# On the roles, since what a session sets does not last behind a pooler that shares connections.
# A stuck client must not hold the log's lock, and a runaway query must not hold a reader.
COMMANDS_LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
}
READERS_LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}


def upgrade(owner_url: str, commands_url: str, queries_url: str, workers_url: str) -> None:
    """Run every revision, then create or update the three roles named by their URLs.

    ``owner_url`` may change the schema; the others carry a user and a password each. Running it
    again changes nothing.
    """
    engine = create_engine(_sqlalchemy_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        # One migration at a time, however many processes start together.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('sojourn migrations'))"))
        command.upgrade(_config(connection), "head")
        # Else every role may fill the disk with tables of its own.
        connection.execute(text(REVOKE_TEMPORARY))
        _grant(connection, commands_url, COMMANDS_GRANTS, COMMANDS_LIMITS)
        _grant(connection, queries_url, QUERIES_GRANTS, READERS_LIMITS)
        _grant(connection, workers_url, WORKERS_GRANTS, READERS_LIMITS)
    engine.dispose()


KEYS_GRANTS = (
    "GRANT SELECT, INSERT, UPDATE ON personal_keys TO {role}",
    "GRANT SELECT ON erasures TO {role}",
    "GRANT SELECT, INSERT, DELETE ON exports TO {role}",
)
KEYS_QUERIES_GRANTS = ("GRANT SELECT ON personal_keys, erasures, exports TO {role}",)


def upgrade_keys(owner_url: str, keys_url: str, queries_url: str) -> None:
    """The same for the database of personal keys, which is made if the server has none.

    ``owner_url`` may create it and change its schema.
    """
    _create_database(owner_url)
    engine = create_engine(_sqlalchemy_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('sojourn migrations'))"))
        config = _config(connection)
        config.set_main_option("path_separator", "os")
        config.set_main_option(
            "version_locations", str(Path(__file__).parent / "keys" / "versions")
        )
        command.upgrade(config, "head")
        # Who may sign in to the server's other databases may not look here.
        connection.exec_driver_sql("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        _grant(connection, keys_url, KEYS_GRANTS, COMMANDS_LIMITS)
        _grant(connection, queries_url, KEYS_QUERIES_GRANTS, READERS_LIMITS)
    engine.dispose()


def _create_database(owner_url: str) -> None:
    name = str(conninfo_to_dict(owner_url)["dbname"])
    server = make_conninfo(owner_url, dbname="postgres")
    try:
        psycopg.connect(owner_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        # What else may be wrong shows when the server itself is asked.
        with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _grant(
    connection: Connection, url: str, grants: tuple[str, ...], limits: Mapping[str, str]
) -> None:
    parts = conninfo_to_dict(url)
    quote = connection.dialect.identifier_preparer.quote_identifier
    role, password = quote(str(parts["user"])), str(parts.get("password") or "")
    exists = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": parts["user"]}
    ).scalar()
    literal = "'" + password.replace("'", "''") + "'"
    verb = "ALTER" if exists else "CREATE"
    connection.exec_driver_sql(f"{verb} ROLE {role} LOGIN PASSWORD {literal}".replace("%", "%%"))
    for name, value in {**limits, "timezone": "UTC"}.items():
        connection.exec_driver_sql(f"ALTER ROLE {role} SET {name} = '{value}'")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    for grant in grants:
        connection.exec_driver_sql(grant.format(role=role))


def _sqlalchemy_url(url: str) -> str:
    return "postgresql+psycopg://" + url.split("://", 1)[1]
