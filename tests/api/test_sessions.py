"""A password that is replaced ends every session, those that begin or go on meanwhile included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest

from api.sign_in.accounts import (
    END_SESSIONS,
    REPLACE_HASH,
    Pool,
    PostgresCredentials,
    connect_accounts,
)
from api.sign_in.sessions import PostgresSessions
from tests.platforms import Platform

pytestmark = pytest.mark.servers

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def pool(shared_platform: Platform) -> AsyncIterator[Pool]:
    pool = connect_accounts(shared_platform.settings.need("postgres_commands_url"), at_most=4)
    pool.open()
    yield pool
    await asyncio.to_thread(pool.close)


@pytest.fixture
def account(pool: Pool) -> UUID:
    """Somebody who signs in with the password hash `old`."""
    account_id = uuid4()
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO credentials (account_id, email_hash, password_hash)"
            " VALUES (%s, %s, 'old')",
            [account_id, account_id.bytes],
        )
    return account_id


async def test_a_password_is_replaced_once_and_every_session_ends(
    pool: Pool, account: UUID
) -> None:
    credentials, sessions = PostgresCredentials(pool), PostgresSessions(pool)
    tokens = [await sessions.open(account, "old") for _ in range(2)]
    assert not await credentials.replace_password(account, "another", "new")
    assert await credentials.password_of(account) == "old"
    tokens[0] = (await sessions.rotate(tokens[0] or "") or (account, ""))[1]
    assert await credentials.replace_password(account, "old", "new")
    assert [await sessions.rotate(token or "") for token in tokens] == [None, None]
    assert await sessions.open(account, "old") is None
    assert await sessions.open(account, "new") is not None


@pytest.mark.parametrize("what", ["rotate", "open"])
async def test_a_session_that_moves_while_the_password_is_replaced_ends_too(
    pool: Pool, account: UUID, shared_platform: Platform, what: str
) -> None:
    sessions = PostgresSessions(pool)
    token = await sessions.open(account, "old")
    assert token is not None
    owner_url = shared_platform.settings.need("postgres_url")
    with psycopg.connect(owner_url, autocommit=True) as owner, pool.connection() as replacing:
        replacing.execute(REPLACE_HASH, ["new", account, "old"])
        moving = asyncio.create_task(
            sessions.rotate(token) if what == "rotate" else sessions.open(account, "old")
        )
        # Only Postgres knows who waits.
        while not moving.done() and (owner.execute(WAITING).fetchone() or (0,))[0] == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        replacing.execute(END_SESSIONS, [account])
        replacing.commit()
        assert await moving is None
