"""Refresh tokens: each is good once, and one that comes back a second time ends its family.

Only hashes of tokens are kept. A family is what began with one sign-in.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import LiteralString, Protocol
from uuid import UUID, uuid4

from anyio import to_thread

from api.sign_in.accounts import Pool

LIFETIME = timedelta(days=30)

# A password that is replaced ends all sessions. Who begins one, or goes on with one, meanwhile
# waits for the password's row, and what comes of it is seen by who ends them.
OPEN: LiteralString = (
    "INSERT INTO sessions (token_hash, family, account_id, expires_at)"
    " SELECT %s, %s, account_id, clock_timestamp() + %s FROM credentials"
    " WHERE account_id = %s AND password_hash = %s FOR SHARE"
)
HOLD_STILL: LiteralString = (
    "SELECT FROM credentials JOIN sessions USING (account_id)"
    " WHERE token_hash = %s FOR SHARE OF credentials"
)
GO_ON: LiteralString = (
    "INSERT INTO sessions (token_hash, family, account_id, expires_at)"
    " VALUES (%s, %s, %s, clock_timestamp() + %s)"
)
USE: LiteralString = (
    "UPDATE sessions SET used_at = clock_timestamp() WHERE token_hash = %s AND used_at IS NULL"
    " AND revoked_at IS NULL AND expires_at > clock_timestamp() RETURNING family, account_id"
)
END_FAMILY: LiteralString = (
    "UPDATE sessions SET revoked_at = clock_timestamp() WHERE revoked_at IS NULL AND family IN"
    " (SELECT family FROM sessions WHERE token_hash = %s)"
)
END_REUSED: LiteralString = (
    "UPDATE sessions SET revoked_at = clock_timestamp() WHERE revoked_at IS NULL AND family IN"
    " (SELECT family FROM sessions WHERE token_hash = %s AND used_at IS NOT NULL)"
)


class Sessions(Protocol):
    """Who is signed in where."""

    async def open(self, account_id: UUID, kept: str) -> str | None:
        """Begins a family; its first token. None when the password hash is no longer ``kept``."""
        ...

    async def rotate(self, token: str) -> tuple[UUID, str] | None:
        """Whose token it is and the next one; None, and the family's end, when used before."""
        ...

    async def revoke(self, token: str) -> None:
        """Ends the family of the token, if there is one."""
        ...


class PostgresSessions:
    """Keeps sessions in their table."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, account_id: UUID, kept: str) -> str | None:
        """See :class:`Sessions`."""

        def insert() -> str | None:
            token = secrets.token_urlsafe(32)
            given = [_hash(token), uuid4(), LIFETIME, account_id, kept]
            with self._pool.connection() as connection:
                return token if connection.execute(OPEN, given).rowcount else None

        return await to_thread.run_sync(insert, abandon_on_cancel=True)

    async def rotate(self, token: str) -> tuple[UUID, str] | None:
        """See :class:`Sessions`."""

        def replace() -> tuple[UUID, str] | None:
            following = secrets.token_urlsafe(32)
            with self._pool.connection() as connection:
                connection.execute(HOLD_STILL, [_hash(token)])
                used = connection.execute(USE, [_hash(token)]).fetchone()
                if used is None:
                    connection.execute(END_REUSED, [_hash(token)])
                    return None
                family, account_id = used
                connection.execute(GO_ON, [_hash(following), family, account_id, LIFETIME])
            return account_id, following

        return await to_thread.run_sync(replace, abandon_on_cancel=True)

    async def revoke(self, token: str) -> None:
        """See :class:`Sessions`."""

        def end() -> None:
            with self._pool.connection() as connection:
                connection.execute(END_FAMILY, [_hash(token)])

        await to_thread.run_sync(end, abandon_on_cancel=True)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
