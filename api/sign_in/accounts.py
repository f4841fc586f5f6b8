"""Whose e-mail address it is, known by its keyed hash alone."""

from __future__ import annotations

from typing import Any, LiteralString, Protocol
from uuid import UUID

from anyio import to_thread
from psycopg import Connection
from psycopg_pool import ConnectionPool

Pool = ConnectionPool[Connection[Any]]


def connect_accounts(postgres_url: str, *, at_most: int) -> Pool:
    """A closed pool; a connection that died in it is replaced before anybody gets it."""
    return ConnectionPool(
        postgres_url,
        min_size=0,
        max_size=at_most,
        open=False,
        timeout=5,
        check=ConnectionPool.check_connection,
    )


FIND_CREDENTIAL: LiteralString = (
    "SELECT account_id, password_hash FROM credentials WHERE email_hash = %s"
)
FIND_ACCOUNT: LiteralString = "SELECT account_id FROM credentials WHERE email_hash = %s"
FIND_HASH: LiteralString = "SELECT password_hash FROM credentials WHERE account_id = %s"
REPLACE_HASH: LiteralString = (
    "UPDATE credentials SET password_hash = %s WHERE account_id = %s AND password_hash = %s"
)
END_SESSIONS: LiteralString = (
    "UPDATE sessions SET revoked_at = clock_timestamp()"
    " WHERE account_id = %s AND revoked_at IS NULL"
)


class Credentials(Protocol):
    """Where password hashes are kept."""

    async def by_email(self, email_hash: bytes) -> tuple[UUID, str] | None:
        """The account and its password hash, None when nobody signs in with the address."""
        ...

    async def password_of(self, account_id: UUID) -> str | None:
        """The account's password hash, None when it can't sign in."""
        ...

    async def replace_password(self, account_id: UUID, kept: str, chosen: str) -> bool:
        """Put the hash ``chosen`` in the place of ``kept`` and end all sessions of the account.

        False, and nothing is changed, when the hash is another by now.
        """
        ...


class AddressBook(Protocol):
    """Where accounts are found by e-mail address."""

    async def account_of(self, email_hash: bytes) -> UUID | None:
        """The account that has the address."""
        ...


class PostgresCredentials:
    """Reads the credentials table."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def by_email(self, email_hash: bytes) -> tuple[UUID, str] | None:
        """See :class:`Credentials`."""

        def find() -> tuple[UUID, str] | None:
            with self._pool.connection() as connection:
                return connection.execute(FIND_CREDENTIAL, [email_hash]).fetchone()

        return await to_thread.run_sync(find, abandon_on_cancel=True)

    async def password_of(self, account_id: UUID) -> str | None:
        """See :class:`Credentials`."""

        def find() -> str | None:
            with self._pool.connection() as connection:
                row = connection.execute(FIND_HASH, [account_id]).fetchone()
                return row[0] if row else None

        return await to_thread.run_sync(find, abandon_on_cancel=True)

    async def replace_password(self, account_id: UUID, kept: str, chosen: str) -> bool:
        """See :class:`Credentials`."""

        def replace() -> bool:
            # Leaving the connection's block commits both, or neither.
            with self._pool.connection() as connection:
                given = [chosen, account_id, kept]
                if connection.execute(REPLACE_HASH, given).rowcount == 0:
                    return False
                connection.execute(END_SESSIONS, [account_id])
                return True

        return await to_thread.run_sync(replace, abandon_on_cancel=True)


class PostgresAddressBook:
    """Reads the credentials table, never its password hashes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def account_of(self, email_hash: bytes) -> UUID | None:
        """See :class:`AddressBook`."""

        def find() -> UUID | None:
            with self._pool.connection() as connection:
                row = connection.execute(FIND_ACCOUNT, [email_hash]).fetchone()
                return row[0] if row else None

        return await to_thread.run_sync(find, abandon_on_cancel=True)
