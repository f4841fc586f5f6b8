"""Answers about what stands still say so, by the role that can't read the letters themselves."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import psycopg
import pytest
from fastapi import Request

from api.degraded import Degraded
from api.sign_in.accounts import connect_accounts
from streams.dead_letters.letter import Letter
from streams.dead_letters.table import DeadLetterTable
from tests.domain.facts import BOOKING, LISTING
from tests.platforms import Platform
from tests.streams.working import until_async

pytestmark = pytest.mark.servers


def asking(**path: UUID) -> Request:
    return Request({"type": "http", "path_params": path, "headers": []})


def letter(stream: str) -> Letter:
    return Letter(
        kind="poison",
        because="KeyError",
        partition=0,
        position=3,
        stream=stream,
        version=1,
        key=str(LISTING),
        data=b"secret",
    )


async def test_a_parked_stream_degrades_its_listing_and_what_it_is_about(
    shared_platform: Platform,
) -> None:
    settings = shared_platform.settings
    degraded = Degraded()
    with (
        DeadLetterTable(settings.need("postgres_workers_url"), "pages") as table,
        connect_accounts(settings.need("postgres_queries_url"), at_most=1) as pool,
    ):
        await table.keep([letter(f"booking-{BOOKING}")])
        looking = asyncio.create_task(degraded.keep_looking(pool))

        async def known() -> bool:
            return bool(degraded.of("pages"))

        await until_async(known, "nobody looked")
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
    assert degraded.of("pages") == {str(LISTING), str(BOOKING)}
    assert degraded.of("search") == frozenset()
    assert degraded.headers(asking(listing_id=LISTING)) == {"Sojourn-Degraded": "true"}
    assert degraded.headers(asking(booking_id=BOOKING)) == {"Sojourn-Degraded": "true"}
    assert degraded.headers(asking(listing_id=UUID(int=77))) == {}
    assert degraded.headers(asking()) == {}


async def test_the_query_role_reads_what_is_parked_and_no_letter(
    shared_platform: Platform,
) -> None:
    with psycopg.connect(shared_platform.settings.need("postgres_queries_url")) as connection:
        connection.execute("SELECT sink, stream FROM dead_letters")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT data FROM dead_letters")
